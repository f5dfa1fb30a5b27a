"""Splink, recordlinkage and dedupe on the public sets, in one process with ours, each as its documentation shows it.

Splink: its stock comparisons, unsupervised, clusters at the threshold that is best for it. recordlinkage: ECM with
Jaro–Winkler. dedupe: trained with the truth of the set itself (an advantage).
"""

import contextlib
import io
import logging
import multiprocessing
import os
import resource
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from time import perf_counter

import numpy as np
import pandas as pd

from bench.registry.public import PublicSet, pairwise, plain_mapping

Result = tuple[float, float, float, float]


def closure(count: int, pairs: np.ndarray) -> np.ndarray:
    """Connected components."""
    from scipy.sparse import coo_matrix  # noqa: PLC0415
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    graph = coo_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    return connected_components(graph, directed=False)[1]


def best(count: int, pairs: np.ndarray, score: np.ndarray, truth: np.ndarray) -> tuple[float, float, float]:
    """Precision, recall, F1 at the threshold that is best for the peer."""
    thresholds = (0.01, 0.05, 0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999)
    found = [pairwise(closure(count, pairs[score >= threshold]), truth) for threshold in thresholds]
    return max(found, key=lambda result: result[2])


def splink(data: PublicSet) -> Result:
    import splink.comparison_library as cl  # noqa: PLC0415
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on  # noqa: PLC0415

    start = perf_counter()
    fields = plain_mapping(data.mapping).fields
    frame = (
        data.frame.reset_index(drop=True)[list(fields)]
        .astype(object)
        .where(data.frame.reset_index(drop=True)[list(fields)].notna(), None)
    )
    for name in fields:
        frame[name] = frame[name].map(lambda value: None if value is None or value == "" else str(value))
    frame["unique_id"] = np.arange(len(frame))
    kinds = {
        "name": cl.NameComparison,
        "text": lambda f: cl.JaroWinklerAtThresholds(f, [0.9, 0.7]),
        "date": lambda f: cl.LevenshteinAtThresholds(f, [1, 2]),
        "code": lambda f: cl.LevenshteinAtThresholds(f, [1, 2]),
    }
    names = list(fields)
    rules = [block_on(a, b) for k, a in enumerate(names) for b in names[k + 1 :]][:14]
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[kinds[kind](name) for name, kind in fields.items()],
        blocking_rules_to_generate_predictions=rules,
    )
    linker = Linker(DuckDBAPI().register(frame), settings, log_level=None)
    linker.training.estimate_probability_two_random_records_match(rules[:2], recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
    for rule in (rules[0], rules[-1]):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    predicted = linker.inference.predict(threshold_match_probability=0.01).as_pandas_dataframe()
    pairs = predicted[["unique_id_l", "unique_id_r"]].to_numpy(np.int64)
    return (*best(len(frame), pairs, predicted["match_probability"].to_numpy(), data.truth), perf_counter() - start)


def recordlinkage(data: PublicSet) -> Result:
    import recordlinkage as rl  # noqa: PLC0415

    start = perf_counter()
    fields = plain_mapping(data.mapping).fields
    frame = data.frame.reset_index(drop=True)[list(fields)].astype(str).replace({"nan": "", "None": ""})
    index = rl.Index()
    for a in list(fields)[:2] + [name for name, kind in fields.items() if kind == "date"]:
        for b in list(fields)[1:5]:
            if a != b:
                index.block([a, b])
    pairs = index.index(frame)
    compare = rl.Compare()
    for name, kind in fields.items():
        if kind in ("name", "text"):
            compare.string(name, name, method="jarowinkler", threshold=0.85, label=name)
        else:
            compare.string(name, name, method="damerau_levenshtein", threshold=0.85, label=name)
    vectors = compare.compute(pairs, frame)
    model = rl.ECMClassifier()
    linked = model.fit_predict(vectors)
    found = closure(len(frame), np.array([list(pair) for pair in linked], np.int64).reshape(-1, 2))
    return (*pairwise(found, data.truth), perf_counter() - start)


class _ByValue(dict[int, float]):
    """What dedupe's index asks of BTrees, and today's BTrees no longer give: pairs of value and key, largest first."""

    def byValue(self, least: float) -> list[tuple[float, int]]:  # noqa: N802  their name
        return sorted(((value, key) for key, value in self.items() if value >= least), reverse=True)


def dedupe(data: PublicSet) -> Result:
    import dedupe as dd  # noqa: PLC0415
    from dedupe import canopy_index, variables  # noqa: PLC0415

    union = canopy_index.mass_weightedUnion
    canopy_index.mass_weightedUnion = lambda found: _ByValue(dict(union(found).items()))
    start = perf_counter()
    fields = plain_mapping(data.mapping).fields
    frame = data.frame.reset_index(drop=True)
    rows = {
        k: {f: str(row[f]) if pd.notna(row[f]) and row[f] != "" else None for f in fields}
        for k, row in enumerate(frame.to_dict("records"))
    }
    model = dd.Dedupe([variables.String(name, has_missing=True) for name in fields], num_cores=0)
    groups: dict[str, list[int]] = {}
    for k, label in enumerate(data.truth):
        groups.setdefault(label, []).append(k)
    same = [(rows[g[0]], rows[g[1]]) for g in groups.values() if len(g) > 1][:300]
    different = [
        (rows[k], rows[(k * 7 + 13) % len(rows)])
        for k in range(300)
        if data.truth[k] != data.truth[(k * 7 + 13) % len(rows)]
    ]
    model.prepare_training(rows, sample_size=1500)
    model.mark_pairs({"match": same, "distinct": different})
    model.train(recall=0.95)
    found = np.arange(len(rows))
    for members, _ in model.partition(rows, 0.5):
        found[list(members)] = min(members)
    return (*pairwise(found, data.truth), perf_counter() - start)


PEERS: dict[str, Callable[[PublicSet], Result]] = {
    "Splink": splink,
    "recordlinkage": recordlinkage,
    "dedupe": dedupe,
}


def limited(peer: Callable[[PublicSet], Result], data: PublicSet, seconds: int) -> Result | str:
    """Run a peer in a process of its own, stopped after so many seconds of processor time."""
    ours, theirs = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.get_context("fork").Process(target=_carry_out, args=(peer, data, seconds, theirs))
    child.start()
    theirs.close()
    try:
        return ours.recv()
    except EOFError:
        return f"stopped after {seconds} s of processor time"
    finally:
        child.join()


def _carry_out(peer: Callable[[PublicSet], Result], data: PublicSet, seconds: int, answer: Connection) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    answer.send(quietly(peer, data))


def quietly(peer: Callable[[PublicSet], Result], data: PublicSet) -> Result | str:
    """Run a peer without its chatter; a failure is told, not hidden."""
    logging.disable(logging.WARNING)
    try:
        with (
            Path(os.devnull).open("w", encoding="utf-8") as nothing,
            contextlib.redirect_stdout(nothing),
            contextlib.redirect_stderr(io.StringIO()),
        ):
            return peer(data)
    except Exception as error:  # noqa: BLE001  whatever a peer raises belongs in the table
        return f"{type(error).__name__}: {error}"[:60]
    finally:
        logging.disable(logging.NOTSET)
