"""文明办: the Civilisation Office, CSV in GB18030, the widest register."""

from typing import Final

import numpy as np

from seed.agencies.sheet import Block, Cell, availability, choose, decimals, joined_on, serials, skill_labels
from seed.streams import Ints, Texts, draw, texts
from seed.words import WISH_SHARES, WISHES

HEADINGS: Final = (
    "志愿者编号", "姓名", "性别", "证件类型", "证件号码", "出生日期", "手机号码", "政治面貌", "学历", "从业状况",
    "居住区", "居住街道",
    "居住村居", "详细地址", "服务意向", "专业特长", "可服务时间", "注册日期", "累计服务时长(小时)", "星级",
)  # fmt: skip
PAPERS: Final = texts(["居民身份证", "护照", "港澳居民来往内地通行证", "台湾居民来往大陆通行证"])
_JOINTS: Final = ("、", "、", "、", ";", "；", ",", "，", "/")
#: Hours from which a star is given, one to five.
_STARS: Final = (100, 300, 600, 1000, 1500)


def columns(block: Block) -> list[list[Cell]]:
    """The columns of one block in the order of the headings; the first is the external id."""
    people, records, ground = block.people, block.records, block.ground
    hours = people.hours[records.row]
    return [
        column.tolist()
        for column in (
            records.external_id,
            records.name,
            np.where(records.female, "女", "男"),
            PAPERS[people.identity_kind[records.row]],
            records.identity,
            records.birth,
            records.telephone,
            people.politics[records.row],
            people.education[records.row],
            occupations(block),
            ground.district[records.where],
            ground.street[records.where],
            ground.name[records.where],
            records.line,
            wishes(block),
            skill_labels(block, _JOINTS),
            availability(block),
            joined_on(block, 6.0),
            decimals(hours),
            texts(["无", "一星", "二星", "三星", "四星", "五星"])[np.digitize(hours, _STARS)],
        )
    ]


def external_ids(index: Ints) -> Texts:
    """``SH`` and ten digits."""
    numbered: Texts = "SH" + serials(index, 10)
    return numbered


def occupations(block: Block) -> Texts:
    """在校学生, 在业, 退休 and so on, by age."""
    age = block.people.age[block.records.row]
    working = choose(block, ("在业", "自由职业", "企业职员", "机关事业单位人员", "失业"), (50, 12, 25, 10, 3))
    student = (age < 19) | ((age < 23) & (block.rng.random(len(block)) < 0.75))  # noqa: PLR2004
    return np.where(student, "在校学生", np.where(age >= 58, "退休", working))  # noqa: PLR2004 between 55 and 60


def wishes(block: Block) -> Texts:
    """One to three categories of service that people would like."""
    drawn = draw(block.rng, len(WISHES), 3 * len(block), WISH_SHARES).reshape(-1, 3).tolist()
    count = draw(block.rng, 4, len(block), np.array([0.08, 0.4, 0.35, 0.17])).tolist()
    signs = draw(block.rng, len(_JOINTS), len(block)).tolist()
    return texts(
        [
            _JOINTS[sign].join(dict.fromkeys(WISHES[wish] for wish in row[:many]))
            for row, many, sign in zip(drawn, count, signs, strict=True)
        ]
    )
