"""``python -m bench.registry.hidden FOLDER``: linkage of a hidden set, five files and truth.csv (``seed.testset``).

Reads the files through the shipped mappings, trains and links in memory, and prints precision, recall and review.
"""

import csv
import sys
from datetime import date
from pathlib import Path
from time import perf_counter

import numpy as np

from registry.linkage.engine import linked
from registry.linkage.features import packed, unpacked
from registry.linkage.scorecard import shipped_scorecard
from registry.linkage.training import trained
from registry.mappings import mapping_for
from registry.reading import open_table
from registry.rows import Entry, RowJudge, RowReader
from registry.standardise.places import Gazetteer
from registry.standardise.record import Standardiser

SOURCES = ("civilisation", "youth_league", "red_cross", "civil_affairs", "education")
TODAY = date(2026, 11, 22)


def units() -> Gazetteer:
    folder = Path(__file__).resolve().parents[2] / "seed" / "divisions"
    names = {"31": "上海市"}
    for name in ("districts.csv", "shanghai.csv"):
        with (folder / name).open(encoding="utf-8") as file:
            names |= {row[0]: row[1] for row in list(csv.reader(file))[1:]}
    return Gazetteer(names)


def records(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Features and true persons (−1: not in the truth)."""
    with (folder / "truth.csv").open(encoding="utf-8") as file:
        truth = {(row[0], row[1]): row[2] for row in list(csv.reader(file))[1:]}
    codes: dict[str, int] = {}
    features, persons = [], []
    for source in SOURCES:
        mapping, path = mapping_for(source), next(folder.glob(source + ".*"))
        judge = RowJudge(mapping, Standardiser(units(), TODAY, mapping.area_code))
        seen: set[str] = set()
        for layout, line in RowReader(mapping).lines(open_table(path, sheets=mapping.sheets)):
            entry = judge.entry(layout, line.number, line.cells)
            if isinstance(entry, Entry) and entry.external_id not in seen:
                seen.add(entry.external_id)
                features.append(packed(entry.standard, source))
                person = truth.get((source, entry.external_id))
                persons.append(-1 if person is None else codes.setdefault(person, len(codes)))
    return unpacked(features), np.array(persons, np.int64)


def pairs(groups: np.ndarray) -> int:
    sizes = np.unique(groups, return_counts=True)[1].astype(np.int64)
    return int((sizes * (sizes - 1) // 2).sum())


def main() -> int:
    features, truth = records(Path(sys.argv[1]))
    start = perf_counter()
    scorecard = trained(features, shipped_scorecard())
    middle = perf_counter()
    found = linked(features, scorecard)
    end = perf_counter()
    known = truth >= 0
    both = np.stack([found.root[known], truth[known]], axis=1)
    right = pairs(np.unique(both, axis=0, return_inverse=True)[1].ravel())
    review = len(np.unique(np.concatenate([found.reviews.left, found.reviews.right])))
    print(f"records {len(features)}, candidate pairs {found.candidates}, capped blocks {found.capped}")
    print(f"precision {right / pairs(found.root[known]):.6f}, recall {right / pairs(truth[known]):.5f}")
    print(f"review: {len(found.reviews)} pairs ({len(found.reviews) / len(features):.3%}), {review} records")
    print(f"training {middle - start:.1f} s, linking and clustering {end - middle:.1f} s {found.seconds}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
