"""What each agency's records are worth, and what goes back to it in its own columns."""

import csv
import io
from datetime import timedelta

import pytest
from sqlalchemy import select

from models import AuditEvent
from models.authority import SYSTEM, Actor, Role, Scope
from registry.consolidate import consolidate
from registry.figures import count_registry, registry_by_month, registry_figures
from registry.handback import DIFFERS, SERVED, hand_back
from registry.intake import import_file
from registry.queries.quality import feed_qualities
from registry.refusals import NoSuchRecord, NotPermitted
from tests.registry.files import CIVILISATION, RED_CROSS, civilisation_row, number, red_cross_row, written


@pytest.fixture
def registry(session, now, tmp_path):
    """Three records of two people; one stands twice in one agency, and the other agency writes her name otherwise."""
    who = {"证件号码": number("1990-05-06", 22), "手机号码": "10100000002"}
    civil = [civilisation_row(1, "钱敏", **who), civilisation_row(2, "钱敏", **who), civilisation_row(3, "", **who)]
    cross = [
        red_cross_row(1, "錢敏", 证件号=number("1990-05-06", 22), Gender="M"),
        red_cross_row(2, "吴平", 电话="10100000009"),
    ]
    files = {
        "civilisation": written(tmp_path / "c.csv", CIVILISATION, civil, "gb18030"),
        "red_cross": written(tmp_path / "r.csv", RED_CROSS, cross),
    }
    for source, path in files.items():
        import_file(session, SYSTEM, source=source, path=path, now=now)
    consolidate(session, SYSTEM, now=now)
    return session


def test_feeds_are_told_apart(registry):
    found = {one.source: one for one in feed_qualities(registry, SYSTEM)}
    civil, cross = found["civilisation"], found["red_cross"]
    assert (civil.records, civil.gone, civil.inside, civil.shared) == (2, 0, 2, 2)
    assert (cross.records, cross.gone, cross.inside, cross.shared) == (2, 0, 0, 1)
    assert civil.to_mend == {"name_missing": 1}
    assert (civil.complete["id_number"], civil.complete["email"], civil.complete["telephone"]) == (1.0, 0.0, 1.0)
    assert (cross.complete["id_number"], cross.complete["telephone"], cross.sampled) == (0.5, 0.5, 2)


def test_what_is_known_better_goes_back_and_no_number_does(registry, now):
    content = b"".join(hand_back(registry, SYSTEM, source="red_cross", now=now)).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content)))
    assert list(rows[0]) == [*RED_CROSS.split(","), DIFFERS, *SERVED]
    assert [(row["会员号"], row["Gender"], row[DIFFERS]) for row in rows] == [("RC1", "女", "Gender"), ("RC2", "", "")]
    assert "10100000002" not in content
    acts = registry.scalars(select(AuditEvent.action).where(AuditEvent.action == "records.handed_back")).all()
    assert acts == ["records.handed_back"]


def test_records_are_handed_out_by_stewards_only(registry, now):
    auditor = Actor(account_id=1, scopes=(Scope(role=Role.AUDITOR, unit_code=""),))
    with pytest.raises(NotPermitted):
        hand_back(registry, auditor, source="red_cross", now=now)
    with pytest.raises(NoSuchRecord):
        hand_back(registry, SYSTEM, source="education", now=now)


def test_figures_are_kept_until_a_file_comes_in(registry, now, tmp_path):
    counted = registry_figures(registry, SYSTEM, now=now)
    assert (counted.counted_at, counted.feeds) == (now, feed_qualities(registry, SYSTEM))
    later = now + timedelta(hours=1)
    count_registry(registry, now=later)
    kept = registry_figures(registry, SYSTEM, now=later + timedelta(hours=1))
    assert (kept.counted_at, kept.feeds, kept.whole) == (later, counted.feeds, counted.whole)
    more = written(tmp_path / "more.csv", RED_CROSS, [red_cross_row(7, "郑浩", 电话="10100000007")])
    last = later + timedelta(hours=2)
    import_file(registry, SYSTEM, source="red_cross", path=more, now=last)
    assert registry_figures(registry, SYSTEM, now=last).counted_at == last


def test_each_month_keeps_its_last_figures(registry, now):
    for days in (0, 1, 40):
        count_registry(registry, now=now + timedelta(days=days))
    months = registry_by_month(registry, SYSTEM)
    assert [(one.month.month, one.persons, one.feeds["civilisation"][0]) for one in months] == [(11, 2, 2), (1, 2, 2)]
    assert 0 < months[0].feeds["civilisation"][1] < 1
    coordinator = Actor(account_id=1, scopes=(Scope(role=Role.COORDINATOR, unit_code="310101002"),))
    with pytest.raises(NotPermitted):
        registry_by_month(registry, coordinator)
