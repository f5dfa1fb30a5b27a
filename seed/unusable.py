"""Rows that cannot be used, on purpose: a good intake sets each aside with its line and the reason."""

from collections.abc import Sequence
from itertools import cycle
from typing import Final, Literal

import numpy as np

from seed.agencies.sheet import Cell
from seed.mess import ErrorRates
from seed.streams import Texts

Fault = Literal["blank", "repeated_header", "too_few_columns", "impossible_date", "total", ""]

_IMPOSSIBLE: Final = ("1987-13-45", "2008-06-31", "1999-02-30", "20010-1-1", "1976-00-17")
_IDENTITY: Final = {"证件号码", "身份证号", "证件号"}
_BIRTH: Final = {"出生日期", "出生年月"}
_TELEPHONE: Final = {"手机号码", "联系电话", "电话", "监护人电话", "学生电话"}


def with_unusable(
    rows: Sequence[Sequence[Cell]],
    headings: Sequence[str],
    *,
    external_ids: Texts,
    rates: ErrorRates,
    rng: np.random.Generator,
    left: int,
) -> tuple[list[Sequence[Cell]], list[Fault]]:
    """The rows with unusable ones strewn in, and for each what is wrong with it (empty: nothing).

    Parameters
    ----------
    external_ids : text (at least twice as many as unusable rows are expected)
        Numbers that no record has, for the rows that look like one.
    left : int
        Cells that remain of a row with too few. A workbook cannot be short of columns: there 1 leaves a row without a
        name.
    """
    faults: tuple[tuple[Fault, float], ...] = (
        ("blank", rates.blank_row),
        ("repeated_header", rates.repeated_header),
        ("too_few_columns", rates.too_few_columns),
        ("impossible_date", rates.impossible_date if _BIRTH & set(headings) else 0.0),
    )
    strewn: dict[int, Fault] = {}
    for kind, rate in faults:
        for place in np.flatnonzero(rng.random(len(rows)) < rate).tolist():
            strewn.setdefault(place, kind)
    numbers = cycle(external_ids)
    mixed: list[Sequence[Cell]] = []
    kinds: list[Fault] = []
    for place, row in enumerate(rows):
        if fault := strewn.get(place):
            whole = [str(next(numbers)), *row[1:]]
            mixed.append(whole[:left] if fault == "too_few_columns" else _unusable(fault, whole, headings, rng))
            kinds.append(fault)
        mixed.append(row)
        kinds.append("")
    return mixed, kinds


def total_row(headings: Sequence[str], records: int) -> list[Cell]:
    """The sum that somebody left at the bottom."""
    return ["合计", f"共 {records} 人", *[""] * (len(headings) - 2)]


def _unusable(fault: Fault, row: Sequence[Cell], headings: Sequence[str], rng: np.random.Generator) -> Sequence[Cell]:
    if fault == "blank":
        return [] if rng.random() < 0.5 else [""] * len(headings)  # noqa: PLR2004 both are met
    if fault == "repeated_header":
        return list(headings)
    bad = _IMPOSSIBLE[int(rng.integers(len(_IMPOSSIBLE)))]
    return [_spoilt(name, cell, bad) for name, cell in zip(headings, row, strict=True)]


def _spoilt(heading: str, cell: Cell, bad: str) -> Cell:
    """A row with an impossible birth date has no number that could replace it, and no telephone."""
    if heading in _BIRTH:
        return bad
    return "" if heading in _IDENTITY | _TELEPHONE else cell
