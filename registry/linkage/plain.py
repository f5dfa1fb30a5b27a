# ruff: noqa: PLR2004  compiled code: levels are numbers, loops are loops
"""Linkage of tables of any columns, without identity numbers: what a mapping says of each column is all it knows.

For feeds from elsewhere, and for public benchmarks. Comparisons by edit distances, weights by expectation maximisation
(Fellegi and Sunter 1969; Winkler 1988), rarer values weighing more, and clusters by the mean weight between them, so
that one strong pair does not chain what the others speak against.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from registry.linkage.compiled import kernel
from registry.linkage.strings import CELLS, closeness, edits
from registry.standardise.names import visible

I64 = npt.NDArray[np.int64]
F64 = npt.NDArray[np.float64]

EXACT, CLOSE, NEAR, FAR, MISSING = range(5)
_KINDS: Final = ("name", "text", "date", "code")
_SOUNDS: Final = {
    c: str(k) for k, group in enumerate(("aeiouyhw", "bfpv", "cgjkqsxz", "dt", "l", "mn", "r")) for c in group
}
_ROUNDS: Final = 60
#: The most that a rare or common value moves a weight, log2.
_RAREST: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainMapping:
    """Column → kind (name, text, date, code), and pairs of columns that people exchange."""

    fields: Mapping[str, str]
    swaps: tuple[tuple[str, str], ...] = ()
    cap: int = 100
    threshold: float = 0.0


@dataclass(slots=True)
class _Column:
    """One column: a code for each distinct value (0 absent), and its characters."""

    kind: str
    codes: I64
    characters: npt.NDArray[np.uint8]
    lengths: I64
    frequency: F64
    coarse: I64


def linked_plain(rows: Sequence[Mapping[str, Any]], mapping: PlainMapping, feed: Sequence[str] | None = None) -> I64:
    """Link rows; give for each the lowest row of its cluster.

    Parameters
    ----------
    feed
        When given, only rows of different feeds are compared, and a cluster has one row of each at most.
    """
    columns = [_column(kind, [row.get(name) for row in rows]) for name, kind in mapping.fields.items()]
    feeds = np.unique(np.array(feed), return_inverse=True)[1].astype(np.int64) if feed is not None else None
    left, right = _candidates(columns, feeds, mapping.cap)
    names = list(mapping.fields)
    swaps = [(names.index(a), names.index(b)) for a, b in mapping.swaps]
    levels = _levels(columns, swaps, left, right)
    weights = _weights(columns, levels, left)
    return _clusters(len(rows), left, right, weights - mapping.threshold, feeds)


def _column(kind: str, values: list[Any]) -> _Column:
    texts = [_plain(value, kind) for value in values]
    distinct = sorted(set(texts) - {""})
    code_of = {text: code for code, text in enumerate(["", *distinct])}
    codes = np.array([code_of[text] for text in texts], np.int64)
    characters = np.zeros((len(code_of), CELLS), np.uint8)
    for text, code in code_of.items():
        cells = text.encode("latin-1", "replace")[:CELLS]
        characters[code, : len(cells)] = np.frombuffer(cells, np.uint8)
    lengths = np.array([min(CELLS, len(text)) for text in code_of], np.int64)
    counts = np.bincount(codes, minlength=len(code_of)).astype(float)
    coarse_texts = ["" if not text else _coarse(text, kind) for text in code_of]
    kinds = {text: number for number, text in enumerate(["", *sorted(set(coarse_texts) - {""})])}
    coarse = np.array([kinds[text] for text in coarse_texts], np.int64)[codes]
    return _Column(kind, codes, characters, lengths, counts / max(1.0, counts[1:].sum()), coarse)


def _plain(value: Any, kind: str) -> str:
    if value is None or value != value:  # noqa: PLR0124  not a number
        return ""
    text = visible(str(value)).lower()
    kept = [c for c in text if c.isalnum() or (c == " " and kind == "text")]
    return "".join(kept)


def _coarse(text: str, kind: str) -> str:
    """Give a form under which mistyped values often meet: the sound of a name, the beginning of anything else."""
    if kind == "name":
        sounds = [_SOUNDS.get(c, c) for c in text]
        rest = [b for a, b in pairwise(sounds) if b not in ("0", a)]
        return text[0] + "".join(rest)[:3]
    return text[:4] if kind == "text" else text


def _candidates(columns: list[_Column], feeds: I64 | None, cap: int) -> tuple[I64, I64]:
    """Pair rows that share the coarse forms of any two columns, or a rare whole value of one."""
    found = [_pairs_of(column.codes, cap) for column in columns]
    for a, b in combinations(columns, 2):
        key = np.where((a.coarse > 0) & (b.coarse > 0), a.coarse * (int(b.coarse.max(initial=0)) + 1) + b.coarse, 0)
        found.append(_pairs_of(key, cap))
    packed = np.unique(np.concatenate(found))
    left, right = packed >> 32, packed & 0xFFFFFFFF
    if feeds is not None:
        apart = feeds[left] != feeds[right]
        left, right = left[apart], right[apart]
    return left, right


def _pairs_of(key: I64, cap: int) -> I64:
    rows = np.flatnonzero(key)
    order = rows[np.argsort(key[rows], kind="stable")]
    pairs: I64 = _blocks(key[order], order, cap)
    return pairs


@kernel
def _blocks(keys: Any, rows: Any, cap: int) -> Any:
    total, start = 0, 0
    n = keys.shape[0]
    for end in range(1, n + 1):
        if end == n or keys[end] != keys[start]:
            if end - start <= cap:
                total += (end - start) * (end - start - 1) // 2
            start = end
    pairs = np.empty(total, np.int64)
    count, start = 0, 0
    for end in range(1, n + 1):
        if end == n or keys[end] != keys[start]:
            if end - start <= cap:
                for a in range(start, end):
                    for b in range(a + 1, end):
                        pairs[count] = (min(rows[a], rows[b]) << 32) | max(rows[a], rows[b])
                        count += 1
            start = end
    return pairs


def _levels(columns: list[_Column], swaps: list[tuple[int, int]], left: I64, right: I64) -> npt.NDArray[np.uint8]:
    levels = np.empty((len(left), len(columns)), np.uint8)
    for place, column in enumerate(columns):
        a, b = column.codes[left], column.codes[right]
        distinct, where = np.unique(np.minimum(a, b) * len(column.lengths) + np.maximum(a, b), return_inverse=True)
        one, two = distinct // len(column.lengths), distinct % len(column.lengths)
        kind = _KINDS.index(column.kind)
        levels[:, place] = _level_of(column.characters, column.lengths, one, two, kind)[where.ravel()]
    for i, j in swaps:
        exchanged = _exchanged(columns[i], columns[j], left, right)
        worse = exchanged & (levels[:, i] >= NEAR) & (levels[:, j] >= NEAR)
        levels[worse, i] = CLOSE
        levels[worse, j] = CLOSE
    return levels


def _exchanged(one: _Column, two: _Column, left: I64, right: I64) -> npt.NDArray[np.bool_]:
    """Say on which pairs the values of two columns changed places."""
    of_one, of_two = _texts(one), _texts(two)
    known = {text: code for code, text in enumerate(of_two)}
    turned = np.array([known.get(text, -1) if code else -1 for code, text in enumerate(of_one)], np.int64)
    a, b = turned[one.codes], two.codes
    found: npt.NDArray[np.bool_] = (a[left] == b[right]) & (a[right] == b[left]) & (a[left] > 0) & (a[right] > 0)
    return found


def _texts(column: _Column) -> list[bytes]:
    return [bytes(cells[:length]) for cells, length in zip(column.characters, column.lengths, strict=True)]


@kernel
def _level_of(characters: Any, lengths: Any, one: Any, two: Any, kind: int) -> Any:
    levels = np.empty(one.shape[0], np.uint8)
    for k in range(one.shape[0]):
        i, j = one[k], two[k]
        if i == 0 or j == 0:
            levels[k] = 4
        elif i == j:
            levels[k] = 0
        elif kind <= 1:
            close = closeness(characters[i], lengths[i], characters[j], lengths[j])
            levels[k] = 1 if close >= 0.92 else 2 if close >= 0.82 else 3
        else:
            distance = edits(characters[i], lengths[i], characters[j], lengths[j])
            levels[k] = 1 if distance <= 1 else 2 if distance <= 2 else 3
    return levels


def _weights(columns: list[_Column], levels: npt.NDArray[np.uint8], left: I64) -> F64:
    """Give match weights: expectation maximisation over patterns, then what the rarity of agreeing values adds."""
    patterns, where = np.unique(levels, axis=0, return_inverse=True)
    where = where.ravel()
    counts = np.bincount(where, minlength=len(patterns)).astype(float)
    m = np.tile(np.array([0.75, 0.15, 0.05, 0.05]), (len(columns), 1))
    u = np.tile(np.array([0.05, 0.02, 0.08, 0.85]), (len(columns), 1))
    prior = 0.1
    for _ in range(_ROUNDS):
        ratio = np.log2(prior / (1 - prior)) + _evidence(patterns, m, u)
        likely = counts / (1 + np.exp2(-np.clip(ratio, -60, 60)))
        prior = float(np.clip(likely.sum() / counts.sum(), 1e-6, 0.999))
        m, u = _shares(patterns, likely), _shares(patterns, counts - likely)
    weights: F64 = (np.log2(prior / (1 - prior)) + _evidence(patterns, m, u))[where]
    for place, column in enumerate(columns):
        usual = float((column.frequency**2).sum())
        own = column.frequency[column.codes[left]]
        rare = np.clip(np.log2(max(usual, 1e-12) / np.maximum(own, 1e-12)), -_RAREST, _RAREST)
        weights = weights + np.where(levels[:, place] == EXACT, rare * 0.6, 0.0)
    return weights


def _evidence(patterns: npt.NDArray[np.uint8], m: F64, u: F64) -> F64:
    total = np.zeros(len(patterns))
    for place in range(patterns.shape[1]):
        level = patterns[:, place]
        seen = level < MISSING
        total[seen] += np.log2(m[place, level[seen]] / u[place, level[seen]])
    return total


def _shares(patterns: npt.NDArray[np.uint8], weight: F64) -> F64:
    shares = np.empty((patterns.shape[1], MISSING))
    for place in range(patterns.shape[1]):
        counted = np.bincount(patterns[:, place], weights=weight, minlength=MISSING + 1)[:MISSING] + 0.5
        shares[place] = counted / counted.sum()
    return shares


def _clusters(count: int, left: I64, right: I64, weights: F64, feeds: I64 | None) -> I64:
    """Join clusters by the sum of weights between them, strongest mean first; a pair nobody compared speaks against."""
    members = {row: [row] for row in range(count)}
    of = list(range(count))
    edge: dict[tuple[int, int], float] = {
        (i, j): w for i, j, w in zip(left.tolist(), right.tolist(), weights.tolist(), strict=True)
    }
    order = np.lexsort((right, left, -np.round(weights, 6)))
    for place in order[weights[order] > 0].tolist():
        a, b = of[int(left[place])], of[int(right[place])]
        if a == b:
            continue
        if a > b:
            a, b = b, a
        if feeds is not None and {int(feeds[r]) for r in members[a]} & {int(feeds[r]) for r in members[b]}:
            continue
        if _mean(edge, members[a], members[b]) <= 0:
            continue
        for row in members[b]:
            of[row] = a
        members[a] += members.pop(b)
    return np.array(of, np.int64)


#: What a pair that shares no key is taken to weigh, log2.
_UNSEEN: Final = -4.0


def _mean(edge: Mapping[tuple[int, int], float], one: list[int], two: list[int]) -> float:
    total = 0.0
    for i in one:
        for j in two:
            total += max(-8.0, min(8.0, edge.get((i, j) if i < j else (j, i), _UNSEEN)))
    return total / (len(one) * len(two))
