"""民政局: Civil Affairs, CSV in UTF-8, the fields of the national volunteer information system (MZ/T 061)."""

from typing import Final

import numpy as np

from models.taxonomy import SKILLS
from seed.agencies.civilisation import PAPERS, occupations, wishes
from seed.agencies.sheet import Block, Cell, choose, decimals, joined_on, serials
from seed.places import whole_address
from seed.streams import Ints, Texts, texts
from seed.words import QUALIFICATIONS, TEAMS

HEADINGS: Final = (
    "志愿者编号", "姓名", "证件类型", "证件号码", "性别", "出生日期", "国籍", "民族", "政治面貌", "最高学历",
    "从业状况", "服务区域",
    "服务类别", "联系电话", "电子邮箱", "居住区域", "详细地址", "通过专业资格认证", "所属志愿团体", "注册时间",
    "服务总时长", "服务评价",
)  # fmt: skip
_QUALIFIED: Final = 0.22
_ADULT: Final = 20


def columns(block: Block) -> list[list[Cell]]:
    """The columns of one block in the order of the headings; the first is the external id."""
    people, records = block.people, block.records
    kind = people.identity_kind[records.row]
    return [
        column.tolist()
        for column in (
            records.external_id,
            records.name,
            PAPERS[kind],
            records.identity,
            np.where(records.female, "女", "男"),
            records.birth,
            np.where(kind == 1, "其他", "中国"),
            np.where(kind == 1, "", people.nation[records.row]),
            people.politics[records.row],
            people.education[records.row],
            occupations(block),
            _area(block, (0.7, 0.9)),
            wishes(block),
            records.telephone,
            _mails(block),
            _area(block, (0.2, 0.45)),
            whole_address(block.ground, records.where, records.line),
            _qualifications(block),
            choose(block, ("", *(block.ground.street[:1] + "志愿服务队"), *TEAMS[-1:], "邻里互助志愿服务队")),
            joined_on(block, 8.0),
            decimals(people.hours[records.row] * 0.8),
            choose(block, ("", "优秀", "良好", "合格"), (40, 20, 30, 10)),
        )
    ]


def external_ids(index: Ints) -> Texts:
    """``3101`` and twelve digits, as the national system numbers."""
    numbered: Texts = "3101" + serials(index, 12, 104_395_301)
    return numbered


def _area(block: Block, edges: tuple[float, float]) -> Texts:
    """A 12-, 9- or 6-digit code, or names joined by ``/``."""
    ground, where, drawn = block.ground, block.records.where, block.rng.random(len(block))
    street = np.where(drawn < edges[0] / 2, ground.district_code[where], ground.street_code[where])
    codes = np.where(drawn < edges[0], street, ground.code[where])
    names = ground.district[where] + "/" + ground.street[where] + "/" + ground.name[where]
    return np.where(drawn < edges[1], codes, np.where(drawn > 0.7, names, ground.code[where]))  # noqa: PLR2004


def _mails(block: Block) -> Texts:
    """Addresses under a domain that is kept free for examples (RFC 2606), for a third of the people."""
    names = "v" + serials(block.people.number[block.records.row], 8, 60_247_241) + "@example.org"
    return np.where(block.rng.random(len(block)) < 0.33, names, "")  # noqa: PLR2004 a third


def _qualifications(block: Block) -> Texts:
    """A professional qualification for a fifth of the adults who have a skill that goes with one."""
    skills, age = block.people.skills[block.records.row], block.people.age[block.records.row]
    held = texts([""] * len(block))
    lucky = (block.rng.random(len(block)) < _QUALIFIED) & (age >= _ADULT)
    for title, skill in QUALIFICATIONS:
        held[lucky & (skills == SKILLS.index(skill)).any(axis=1)] = title
    return held
