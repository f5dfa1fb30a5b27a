"""教委: the Education Commission, XLSX with one sheet a school: pupils with their guardian's telephone."""

from typing import Final

import numpy as np

from seed.agencies.schools import school_of
from seed.agencies.sheet import Block, Cell, choose, serials, skill_labels
from seed.places import whole_address
from seed.streams import Ints, Texts, texts

HEADINGS: Final = (
    "学号", "姓名", "性别", "出生日期", "年级", "班级", "监护人姓名", "监护人电话", "学生电话", "家庭住址", "兴趣特长",
    "志愿服务时长",
    "家长同意",
)  # fmt: skip
#: From the age of 12.
_GRADES: Final = texts(["初一", "初二", "初三", "高一", "高二", "高三"])
_YOUNGEST: Final = 12


def columns(block: Block) -> list[list[Cell]]:
    """The columns of one block in the order of the headings; the first is the external id."""
    people, records, rng = block.people, block.records, block.rng
    row = records.row
    guardian = np.maximum(people.parent[row], 0)
    own = records.telephone_owner == row
    student = np.where(own & (rng.random(len(block)) < 0.6), records.telephone, "")  # noqa: PLR2004
    student = np.where(~own & (rng.random(len(block)) < 0.25), people.telephone[guardian], student)  # noqa: PLR2004
    return [
        column.tolist()
        for column in (
            records.external_id,
            records.name,
            np.where(records.female, "女", "男"),
            records.birth,
            _GRADES[np.clip(people.age[row] - _YOUNGEST, 0, len(_GRADES) - 1)],
            texts([f"{number}班" for number in rng.integers(1, 11, len(block)).tolist()]),
            people.name[guardian],
            people.telephone[guardian],
            student,
            whole_address(block.ground, records.where, records.line),
            skill_labels(block),
            np.round(people.hours[row] * 0.7, 1),
            choose(block, ("是", "否", ""), (88, 5, 7)),
        )
    ]


def sheets(block: Block) -> list[str]:
    """The school, that is the sheet, of each record."""
    return [str(name) for name in school_of(block.people, block.size)[block.records.row]]


def external_ids(index: Ints) -> Texts:
    """``G31`` and eight digits."""
    numbered: Texts = "G31" + serials(index, 8, 7_368_787)
    return numbered
