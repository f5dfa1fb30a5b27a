"""团委: the Youth League, XLSX: a merged title, the headings, then members of 14 to 34 with masked ID numbers."""

import re
from datetime import date
from typing import Final

import numpy as np

from seed.agencies.schools import school_of
from seed.agencies.sheet import Block, Cell, choose, iso, joined_on, serials, skill_labels
from seed.streams import Ints, Texts, pick, texts
from seed.words import FACULTIES, PATTERNS, UNIVERSITIES, WORKPLACES

SHEET: Final = "志愿者名册"
TITLE: Final = "上海市青年志愿者名册（{day} 导出）"
HEADINGS: Final = (
    "注册号", "真实姓名", "性别", "身份证号", "联系电话", "出生年月", "学校/单位", "院系/部门", "团员身份", "技能标签",
    "空闲时段",
    "信用时数", "所在区", "入会时间",
)  # fmt: skip
_ISO: Final = re.compile(r"[12]\d{3}-[01]\d-[0-3]\d")
_SCHOOL_AGE: Final = 18
_GRADUATE: Final = 23
_GRIDS: Final = texts([grid for _, grid, _ in PATTERNS])


def columns(block: Block) -> list[list[Cell]]:
    """The columns of one block in the order of the headings; the first is the external id."""
    people, records = block.people, block.records
    place, part = _affiliations(block)
    return [
        records.external_id.tolist(),
        records.name.tolist(),
        np.where(records.female, "女", "男").tolist(),
        records.identity.tolist(),
        _telephones(block),
        _months(block),
        place.tolist(),
        part.tolist(),
        _membership(block).tolist(),
        skill_labels(block, ("、", "、", ",", "/")).tolist(),
        np.where(block.rng.random(len(block)) < 0.05, "", _GRIDS[people.pattern[records.row]]).tolist(),  # noqa: PLR2004
        np.round(people.hours[records.row] * 0.6, 1).tolist(),
        block.ground.district[records.where].tolist(),
        joined_on(block, 3.0).tolist(),
    ]


def external_ids(index: Ints) -> Texts:
    """``TW`` and nine digits."""
    numbered: Texts = "TW" + serials(index, 9, 73_687_871)
    return numbered


def title(on: np.datetime64) -> str:
    """The merged row above the headings."""
    return TITLE.format(day=iso(np.array([on]))[0])


def _telephones(block: Block) -> list[Cell]:
    """Text, and in a quarter of the cells a number."""
    number = block.rng.random(len(block)) < 0.25  # noqa: PLR2004
    cells = block.records.telephone.tolist()
    return [int(cell) if as_number and cell.isdecimal() and cell.isascii() else cell
            for cell, as_number in zip(cells, number.tolist(), strict=True)]  # fmt: skip


def _months(block: Block) -> list[Cell]:
    """``2001-09``, ``2001年9月``, ``2001.09`` or a date cell; what is not a date stays as it was typed."""
    drawn = block.rng.random(len(block)).tolist()
    return [_month(text, at) for text, at in zip(block.records.birth.tolist(), drawn, strict=True)]


def _month(text: str, at: float) -> Cell:
    if not _ISO.fullmatch(text):
        return text[:7] if text.startswith("0000") else text
    year, month, day = (int(part) for part in text.split("-"))
    if at < 0.12:  # noqa: PLR2004 an eighth are typed as a whole date and kept by the spreadsheet as one
        return date(year, month, day)
    return (f"{year}年{month}月", f"{year}.{month:02d}", text[:7], text[:7], text[:7])[int(at * 1000) % 5]


def _affiliations(block: Block) -> tuple[Texts, Texts]:
    age, size = block.people.age[block.records.row], len(block)
    school = school_of(block.people, block.size)[block.records.row]
    study, work = pick(block.rng, UNIVERSITIES, size), pick(block.rng, WORKPLACES, size)
    place = np.where(age < _SCHOOL_AGE, school, np.where(age < _GRADUATE, study, work))
    faculty, office = pick(block.rng, FACULTIES, size), choose(block, ("", "行政部", "技术部", "市场部", "财务部"))
    return place, np.where(age < _SCHOOL_AGE, "", np.where(age < _GRADUATE, faculty, office))


def _membership(block: Block) -> Texts:
    politics = block.people.politics[block.records.row]
    party = np.char.startswith(politics.astype("U6"), "中共")
    return np.where(party, "保留团籍的党员", np.where(politics == "共青团员", "共青团员", "群众"))
