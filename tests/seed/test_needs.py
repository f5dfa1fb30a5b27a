"""The week's needs and the hotline's tickets, in the contract's columns."""

from collections import defaultdict
from datetime import datetime

from dateutil.rrule import rrulestr

from models.taxonomy import SKILLS
from seed.divisions import units
from seed.identity import INVENTED_TELEPHONE
from seed.words import RED_CROSS_CERTIFICATES, SKILL_LABELS

NEEDS = (
    "编号,标题,类别,说明,社区代码,地点,开始,结束,重复,角色,最少人数,目标人数,最多人数,要求技能,优先级,缺一不可,"
    "联系人,联系电话"
)
HOTLINE = "工单编号,来电时间,诉求类型,诉求内容,诉求地址,所属街道,紧急程度,处理时限,来电人,来电号码"


def test_headings_are_the_contracts(city):
    assert city.needs.read_text(encoding="utf-8").splitlines()[0] == NEEDS
    assert city.hotline.read_text(encoding="utf-8").splitlines()[0] == HOTLINE


def test_needs_parse_and_lie_in_the_week(city, read_table):
    needs = defaultdict(list)
    for row in read_table(city.needs):
        needs[row["编号"]].append(row)
        starts, ends = (datetime.strptime(row[name], "%Y-%m-%d %H:%M") for name in ("开始", "结束"))  # noqa: DTZ007
        assert datetime(2026, 11, 23) <= starts < ends < datetime(2026, 11, 30)  # noqa: DTZ001 local, as written
        assert 0 <= int(row["最少人数"]) <= int(row["目标人数"]) <= int(row["最多人数"])
        assert int(row["最多人数"]) >= 1
        assert row["优先级"] in {"1", "2", "3"}
        assert row["缺一不可"] in {"是", "否"}
        assert not row["重复"] or rrulestr(row["重复"], dtstart=starts)[0] == starts
        assert INVENTED_TELEPHONE.match(row["联系电话"])
    assert len(needs) == city.need_count == 250
    for rows in needs.values():
        assert len({(row["标题"], row["开始"], row["社区代码"], row["优先级"]) for row in rows}) == 1
        assert len({row["角色"] for row in rows}) == len(rows)


def test_needs_stand_in_known_places_and_ask_for_known_skills(city, read_table):
    codes = {unit.code12 for unit in units("small")}
    known = {label for labels, _ in SKILL_LABELS.values() for label in labels}
    known |= {name for name, *_ in RED_CROSS_CERTIFICATES}
    for row in read_table(city.needs):
        assert row["社区代码"] in codes
        assert set(filter(None, row["要求技能"].split("、"))) <= known
    assert set(SKILL_LABELS) == set(SKILLS)


def test_saturday_at_nine_asks_for_more_first_aiders_than_any_other_hour(city, read_table):
    asked = defaultdict(int)
    for row in read_table(city.needs):
        if "救护员证" in row["要求技能"]:
            asked[row["开始"]] += int(row["目标人数"])
    assert max(asked, key=asked.__getitem__) == "2026-11-28 09:00"
    assert asked["2026-11-28 09:00"] >= 45


def test_the_remote_island_asks_and_nobody_lives_there(city, usable, read_table):
    assert [row for row in read_table(city.needs) if row["社区代码"].startswith("310151202")]
    assert not [row for row in usable["civilisation"] if row[11] == "横沙乡"]


def test_weekends_and_evenings_carry_much_of_the_week(city, read_table):
    starts = [datetime.strptime(row["开始"], "%Y-%m-%d %H:%M") for row in read_table(city.needs)]  # noqa: DTZ007
    weekend = sum(day.weekday() >= 5 for day in starts) / len(starts)
    evening = sum(day.hour >= 18 for day in starts) / len(starts)
    assert 0.45 < weekend < 0.75
    assert evening > 0.08


def test_hotline_has_a_ticket_twice_and_tickets_that_are_no_need(city, read_table):
    tickets = read_table(city.hotline)
    numbers = [row["工单编号"] for row in tickets]
    assert len(set(numbers)) == 40
    assert len(numbers) == city.ticket_count > 40
    assert {"求助", "建议", "咨询", "投诉"} == {row["诉求类型"] for row in tickets}
    assert all(INVENTED_TELEPHONE.match(row["来电号码"]) for row in tickets)
