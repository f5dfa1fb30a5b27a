"""Review, merge, split and undo; signing up; what pages read."""

import pytest
from sqlalchemy import select

from models import Account, Actor, Base, Person, PersonEvent, ReviewPair, SourceRecord
from models.authority import SYSTEM, Role, Scope
from models.linkage import ReviewState, VerdictKind
from models.person import PersonState
from registry.consolidate import consolidate
from registry.intake import import_file
from registry.links import links
from registry.merge import merge_persons, split_person, undo_event
from registry.queries import person_view, resolved_person, review_progress, summary, waiting_pairs
from registry.refusals import (
    ConflictingNumbers,
    NoSuchPerson,
    NothingToUndo,
    NotPermitted,
    PairClaimed,
    PairNotWaiting,
    ReasonMissing,
    SignUpIncomplete,
    WouldEmptyPerson,
)
from registry.reveal import reveal
from registry.review import claim, claim_next, decide, undo_decision
from registry.signup import SelfServiceEntry, register, update_self
from tests.registry.files import CIVILISATION, RED_CROSS, civilisation_row, number, red_cross_row, written

STEWARD = Actor(account_id=None, scopes=(Scope(role=Role.STEWARD, unit_code=""),))
KEPT = ("person", "person_link", "person_tag", "person_free", "person_like", "person_attribute")


@pytest.fixture
def city(session, now, tmp_path):
    """Four persons, and a pair that waits: a parent's number on a child's record."""
    parent = number("1980-05-06", 11)
    civil = written(
        tmp_path / "civilisation.csv",
        CIVILISATION,
        [
            civilisation_row(
                1, "周建国", 证件号码=parent, 手机号码="10100000001", 专业特长="英语", 可服务时间="周末全天"
            ),
            civilisation_row(2, "钱敏", 证件号码=number("1990-05-06", 22), 手机号码="10100000002"),
            civilisation_row(3, "孙丽", 手机号码="10100000003", 出生日期="1988-01-02"),
        ],
    )
    cross = written(
        tmp_path / "red_cross.csv", RED_CROSS, [red_cross_row(1, "周小宝", 证件号=parent), red_cross_row(2, "孙力")]
    )
    import_file(session, SYSTEM, source="civilisation", path=civil, now=now)
    import_file(session, SYSTEM, source="red_cross", path=cross, now=now)
    consolidate(session, SYSTEM, now=now)
    return session


def rows(session):
    return {
        name: session.execute(select(t := Base.metadata.tables[name]).order_by(*t.primary_key)).all() for name in KEPT
    }


def test_a_parents_number_on_a_childs_record_waits_for_a_steward(city, now):
    (pair,) = waiting_pairs(city, STEWARD)
    assert (pair.reason, pair.left.values["name"], pair.right.values["name"]) == ("id_shared", "周建国", "周小宝")
    assert pair.left.values["id_number"] == "990000********0113"
    assert round(sum(c.weight for c in pair.comparisons), 1) == round(pair.weight, 1)


def test_a_pair_is_decided_once_and_remembered(city, now, tmp_path):
    (pair,) = waiting_pairs(city, STEWARD)
    decide(city, STEWARD, pair_id=pair.id, kind=VerdictKind.DIFFERENT, now=now)
    with pytest.raises(PairNotWaiting):
        decide(city, STEWARD, pair_id=pair.id, kind=VerdictKind.SAME, now=now)
    again = written(
        tmp_path / "again.csv",
        RED_CROSS,
        [red_cross_row(1, "周小宝", 证件号=number("1980-05-06", 11), 电话="10100000001")],
    )
    import_file(city, SYSTEM, source="red_cross", path=again, now=now)
    consolidate(city, SYSTEM, now=now)
    assert waiting_pairs(city, STEWARD) == ()
    assert review_progress(city, STEWARD).decided_by == {None: {"same": 0, "different": 1}}


def test_a_decision_the_same_merges_and_undone_restores_every_row(city, now):
    before = rows(city)
    (pair,) = waiting_pairs(city, STEWARD)
    decide(city, STEWARD, pair_id=pair.id, kind=VerdictKind.SAME, now=now)
    assert city.get(Person, pair.right.person_id).state is PersonState.MERGED
    assert resolved_person(city, pair.right.person_id) == pair.left.person_id
    undo_decision(city, STEWARD, pair_id=pair.id, now=now)
    assert rows(city) == before
    assert city.get(ReviewPair, pair.id).state is ReviewState.WAITING


def test_a_claim_keeps_others_away_until_it_ends(city, now):
    accounts = [Account(login=name, display_name=name, created_at=now) for name in ("one", "two")]
    city.add_all(accounts)
    city.flush()
    one, two = (Actor(account_id=a.id, scopes=STEWARD.scopes) for a in accounts)
    pair_id = claim_next(city, one, now=now)
    until = claim(city, one, pair_id=pair_id, now=now)
    assert claim_next(city, two, now=now) is None
    with pytest.raises(PairClaimed):
        decide(city, two, pair_id=pair_id, kind=VerdictKind.SAME, now=now)
    assert claim_next(city, two, now=until) == pair_id


def test_merging_two_numbers_must_be_meant(city, now):
    with pytest.raises(ConflictingNumbers):
        merge_persons(city, STEWARD, person_id=1, other_id=2, now=now)
    event = merge_persons(city, STEWARD, person_id=2, other_id=1, despite_numbers=True, reason="one person", now=now)
    assert city.get(PersonEvent, event).person_id == 1
    consolidate(city, SYSTEM, now=now)
    assert [row[2] for row in links(city)][:2] == ["P000000001", "P000000001"]


def test_merge_then_undo_leaves_every_row_as_it_was(city, now):
    before = rows(city)
    event = merge_persons(city, STEWARD, person_id=1, other_id=3, choices={"telephone": 3}, now=now)
    assert city.get(Person, 1).telephone_masked == "101****0003"
    undo_event(city, STEWARD, event_id=event, now=now)
    assert rows(city) == before
    with pytest.raises(NothingToUndo):
        undo_event(city, STEWARD, event_id=event, now=now)


def test_a_split_stays_split_through_new_imports(city, now, tmp_path):
    merge = merge_persons(city, STEWARD, person_id=1, other_id=3, now=now)
    with pytest.raises(WouldEmptyPerson):
        split_person(city, STEWARD, person_id=1, record_ids=[1, 3], now=now)
    split = split_person(city, STEWARD, person_id=1, record_ids=[3], now=now)
    fresh = city.get(PersonEvent, split).before["into"]
    again = written(
        tmp_path / "again.csv",
        CIVILISATION,
        [
            civilisation_row(1, "周建国", 手机号码="10100000001", 出生日期="1980-05-06"),
            civilisation_row(3, "周建国", 手机号码="10100000001", 出生日期="1980-05-06"),
        ],
    )
    import_file(city, SYSTEM, source="civilisation", path=again, now=now)
    consolidate(city, SYSTEM, now=now)
    assert {r[1]: r[2] for r in links(city)}["SH0000000003"] == f"P{fresh:09d}"
    with pytest.raises(NothingToUndo):
        undo_event(city, STEWARD, event_id=merge, now=now)


def test_only_who_may_sees_persons_and_whole_numbers(city, now):
    stranger = Actor(account_id=None, scopes=(Scope(role=Role.COORDINATOR, unit_code="310101"),))
    with pytest.raises(NoSuchPerson):
        person_view(city, stranger, person_id=1)
    with pytest.raises(NotPermitted):
        consolidate(city, stranger, now=now)
    with pytest.raises(ReasonMissing):
        reveal(city, STEWARD, person_id=1, attribute="telephone", reason=" ", now=now)
    assert reveal(city, STEWARD, person_id=1, attribute="telephone", reason="asked to call", now=now) == "10100000001"
    view = person_view(city, STEWARD, person_id=1)
    assert [(a.name, a.value, a.source, a.rule) for a in view.attributes][:3] == [
        ("name", "周建国", "civilisation", "only"),
        ("gender", "1", "civilisation", "only"),
        ("born_on", "1980-05-06", "civilisation", "only"),
    ]
    assert [action for _, _, action in view.looked] == ["number.revealed"]


def test_the_summary_counts(city):
    counts = summary(city, STEWARD)
    assert (counts.records, counts.persons, counts.waiting_pairs) == (5, 5, 1)
    assert counts.persons_by_agencies == {1: 5}


def test_who_signs_up_is_the_person_whom_agencies_know(city, now):
    entry = SelfServiceEntry(
        name="钱敏",
        telephone="10100000002",
        born_on=None,
        unit_code="310101002003",
        free=((5, 540, 720),),
        skills=("english",),
        id_number=number("1990-05-06", 22),
    )
    assert register(city, SYSTEM, command=entry, now=now) == 2
    volunteer = Actor(account_id=None, person_id=2)
    changed = SelfServiceEntry(
        name="钱敏", telephone="10100000099", unit_code="310101002003", id_number=entry.id_number
    )
    assert update_self(city, volunteer, command=changed, now=now) == 2
    assert city.get(Person, 2).telephone_masked == "101****0099"
    consolidate(city, SYSTEM, now=now)
    records = city.scalars(select(SourceRecord).where(SourceRecord.source == "self_service")).all()
    assert len(records) == 1


def test_a_sign_up_of_somebody_new_makes_a_person(city, now):
    entry = SelfServiceEntry(name="吴新", telephone="10100000055", free=((5, 540, 720), (6, 540, 720)))
    person_id = register(city, SYSTEM, command=entry, now=now)
    assert person_id == 6
    assert person_view(city, STEWARD, person_id=6).free == ((5, 540, 720), (6, 540, 720))


def test_a_sign_up_is_refused_with_all_that_is_wrong(session, now):
    with pytest.raises(SignUpIncomplete) as refusal:
        register(session, SYSTEM, command=SelfServiceEntry(name="", id_number="99"), now=now)
    assert refusal.value.parameters["problems"] == [
        ("id_number", "id_length"),
        ("name", "name_missing"),
        ("telephone", "contact_missing"),
    ]
