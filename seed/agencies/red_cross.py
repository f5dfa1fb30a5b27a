"""红十字会: the Red Cross, CSV in UTF-8 with a byte order mark, one row a certificate."""

from typing import Final

import numpy as np

from seed.agencies.sheet import Block, Cell, choose, decimals, iso, joined_on, serials, skill_labels
from seed.places import whole_address
from seed.records import other_adult
from seed.romanise import romanised
from seed.streams import Ints, Texts, draw, padded, texts
from seed.words import RED_CROSS_CERTIFICATES, TEAMS

HEADINGS: Final = (
    "会员号", "姓名", "Pinyin", "Gender", "证件号", "电话", "血型", "证书类型", "证书编号", "发证日期", "有效期至",
    "服务队", "特长",
    "现住址", "紧急联系人", "紧急联系电话", "入会日期", "Service Hours",
)  # fmt: skip
_TWO_CERTIFICATES: Final = 0.18
_DAYS_A_YEAR: Final = 365


def columns(block: Block) -> list[list[Cell]]:
    """The columns of one block; people with two certificates stand twice, under the same external id."""
    records, people = block.records, block.people
    kin = np.maximum(people.parent, other_adult(people))[records.row]
    once = [
        records.external_id,
        records.name,
        romanised(records.name),
        _genders(block),
        records.identity,
        records.telephone,
        choose(block, ("", "A", "B", "O", "AB", "A型", "O型"), (20, 22, 20, 24, 8, 3, 3)),
        skill_labels(block),
        whole_address(block.ground, records.where, records.line),
        np.where(kin >= 0, people.name[kin], ""),
        np.where(kin >= 0, people.telephone[kin], ""),
        joined_on(block, 7.0),
        decimals(people.hours[records.row] * 0.3),
    ]
    twice = block.rng.random(len(block)) < _TWO_CERTIFICATES
    row: Ints = np.sort(np.concatenate([np.arange(len(block)), np.flatnonzero(twice)]), kind="stable")
    certificates = _certificates(block, row)
    spread = [column[row] for column in once]
    whole = [*spread[:7], *certificates, choose(block, ("", *TEAMS))[row], *spread[7:]]
    return [column.tolist() for column in whole]


def external_ids(index: Ints) -> Texts:
    """``RC`` and seven digits."""
    numbered: Texts = "RC" + serials(index, 7, 736_879)
    return numbered


def _genders(block: Block) -> Texts:
    """M/F and 男/女 side by side, as two generations of forms left them."""
    latin = block.rng.random(len(block)) < 0.7  # noqa: PLR2004 most
    return np.where(block.records.female, np.where(latin, "F", "女"), np.where(latin, "M", "男"))


def _certificates(block: Block, row: Ints) -> list[Texts]:
    """Kind, number, day of issue and day of expiry, a line each of `row`; a second one differs in kind."""
    names, years, weights, letters = (texts(list(part)) for part in zip(*RED_CROSS_CERTIFICATES, strict=True))
    kind = draw(block.rng, len(names), len(row), weights.astype(np.float64))
    second = np.concatenate([[False], row[1:] == row[:-1]])
    repeated = second & (kind == np.roll(kind, 1))
    kind[repeated] = (kind[repeated] + 1) % len(names)
    since = block.rng.integers(20, 5 * _DAYS_A_YEAR, len(row))
    issued = block.on - since.astype("timedelta64[D]")
    valid = years[kind].astype(np.int64)
    until = iso(issued + (valid * _DAYS_A_YEAR).astype("timedelta64[D]"))
    serial = padded(np.arange(len(row)) + 3 * block.before + block.before // 2, 8)
    return [names[kind], letters[kind] + serial, iso(issued), np.where(valid == 0, "长期", until)]
