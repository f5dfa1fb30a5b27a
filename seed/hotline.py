"""An export of the citizen hotline 12345: some tickets ask for volunteers, some do not, some come twice."""

import csv
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np

from seed.divisions import REMOTE_STREET, Size, Unit, units
from seed.identity import telephones
from seed.name_tables import SURNAMES
from seed.places import road_of
from seed.streams import draw, stream

HEADINGS: Final = (
    "工单编号", "来电时间", "诉求类型", "诉求内容", "诉求地址", "所属街道", "紧急程度", "处理时限", "来电人",
    "来电号码",
)  # fmt: skip
TICKET_COUNTS: Final[dict[Size, int]] = {"small": 40, "district": 400, "city": 4_000}

#: (type, text with {house} for a place, weight)
_TICKETS: Final = (
    ("求助", "{house}有一位八十多岁的独居老人，出院回家行动不便，希望有人陪同去医院复诊。", 6),
    ("求助", "老人不会用手机预约挂号，希望社区派志愿者上门教一下。", 5),
    ("求助", "{house}双职工家庭，孩子放学后没人看，问有没有作业辅导的地方。", 4),
    ("建议", "路口早高峰非机动车很乱，建议安排志愿者引导。", 4),
    ("建议", "{house}楼下垃圾投放点没人值守，居民乱扔，希望增加指导人员。", 5),
    ("求助", "视障居民想请人每周读报，并陪同到公园散步。", 2),
    ("咨询", "问哪里可以免费量血压、测血糖，老人走不远。", 3),
    ("求助", "家里两位老人想理发，腿脚不便下不了楼。", 3),
    ("求助", "最近情绪很低落，想找人说说话。", 2),
    ("建议", "小区楼道堆满杂物，消防通道不通，希望组织清理。", 3),
    ("投诉", "{house}楼上漏水，物业一直不处理。", 3),
    ("投诉", "隔壁装修噪音太大，周末也不停。", 2),
    ("咨询", "社保卡遗失如何补办。", 2),
    ("求助", "听障人士办事需要手语翻译，周六上午去社区事务中心。", 1),
)
_URGENCY: Final = (("一般", 5, 70), ("紧急", 2, 25), ("特急", 1, 5))
_TWICE: Final = 0.06
_CALLERS: Final = 95_000_000


def write_hotline(path: Path, *, size: Size, seed: int, week: str, count: int | None = None) -> int:
    """Write ``hotline.csv`` with tickets of the days before the week; the number of rows, doubled tickets counted."""
    rows = list(_tickets(size, seed, week, TICKET_COUNTS[size] if count is None else count))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADINGS)
        writer.writerows(rows)
    return len(rows)


def _tickets(size: Size, seed: int, week: str, count: int) -> Iterator[tuple[str, ...]]:
    rng = stream(seed, "hotline", week)
    monday = datetime.combine(date.fromisocalendar(int(week[:4]), int(week[-2:]), 1), datetime.min.time())
    known = {unit.code: unit for unit in units(size)}
    homes = [
        unit for unit in known.values() if unit.level == "neighbourhood" and not unit.code.startswith(REMOTE_STREET)
    ]
    for number in range(count):
        called = monday - timedelta(minutes=int(rng.integers(60, 6 * 24 * 60)))
        ticket = _ticket(rng, seed, number, called=called, home=homes[int(rng.integers(len(homes)))], known=known)
        yield ticket
        if rng.random() < _TWICE:
            yield ticket


def _ticket(
    rng: np.random.Generator, seed: int, number: int, *, called: datetime, home: Unit, known: dict[str, Unit]
) -> tuple[str, ...]:
    kind, text, _ = _TICKETS[int(draw(rng, len(_TICKETS), 1, np.array([float(row[2]) for row in _TICKETS]))[0])]
    urgency, days, _ = _URGENCY[int(draw(rng, 3, 1, np.array([float(row[2]) for row in _URGENCY]))[0])]
    surname = SURNAMES.split()[int(rng.integers(60))].rstrip("0123456789")
    address = f"{road_of(home.name)}{int(rng.integers(1, 600))}弄{int(rng.integers(1, 40))}号"
    return (
        f"SH{called:%Y%m%d}{number:06d}",
        f"{called:%Y-%m-%d %H:%M:%S}",
        kind,
        text.format(house=address),
        f"{known[home.code[:6]].name}{known[home.code[:9]].name}{address}",
        known[home.code[:9]].name,
        urgency,
        f"{called + timedelta(days=days):%Y-%m-%d %H:%M}",
        f"{surname}{('先生', '女士', '阿姨')[int(rng.integers(3))]}",
        str(telephones(seed, _CALLERS + np.array([number]))[0]),
    )
