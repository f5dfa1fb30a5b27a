"""What must hold whatever happens: undo restores, increments are the batch, a killed run leaves nothing."""

import os
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session, aliased

from models import Actor, Base, OrganisationUnit, Person, PersonLink, ReviewPair, SourceRecord
from models.authority import SYSTEM, Role, Scope
from models.contact import ContactWish, Reach
from models.linkage import ReviewState
from models.person import PersonState
from models.sealing import Keyring, key_number
from registry.charts import histogram, precision_recall
from registry.consolidate import consolidate
from registry.evaluate import evaluate, weighed_pairs
from registry.intake import import_file
from registry.keys import rotate, rotate_digests, sealed_columns
from registry.links import links
from registry.merge import merge_persons, split_person, undo_event
from registry.persons import place_of_person
from registry.refusals import NothingToUndo, Refusal
from tests.registry.conftest import KEYRING, UNITS
from tests.registry.files import CIVILISATION, RED_CROSS, civilisation_row, number, red_cross_row, written

STEWARD = Actor(account_id=None, scopes=(Scope(role=Role.STEWARD, unit_code=""),))
KEPT = ("person", "person_link", "person_tag", "person_free", "person_like", "person_attribute")
NAMES = ["周建国", "钱敏", "孙丽", "李强", "吴静", "郑伟", "王芳", "冯磊"]


def rows(session):
    found = {}
    for name in KEPT:
        table = Base.metadata.tables[name]
        found[name] = [tuple(row) for row in session.execute(select(table).order_by(*table.primary_key))]
    return found


def crowd(tmp_path, session, now, count=8):
    lines = [
        civilisation_row(
            k, NAMES[k % 8], 证件号码=number(f"19{60 + k}-05-06", k), 手机号码=f"101{k:08d}", 专业特长="英语"
        )
        for k in range(1, count + 1)
    ]
    import_file(
        session, SYSTEM, source="civilisation", path=written(tmp_path / "crowd.csv", CIVILISATION, lines), now=now
    )
    consolidate(session, SYSTEM, now=now)


@settings(
    max_examples=int(os.environ.get("LINLI_SEQUENCES", "30")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 2**32))
def test_what_is_done_and_undone_leaves_every_row_as_it_was(session, now, tmp_path, seed):
    """Random merges and splits, all undone, last first: persons are byte for byte what they were.

    LINLI_SEQUENCES sets how many sequences are tried.
    """
    chance = random.Random(seed)
    if session.scalar(select(Person.id).limit(1)) is None:
        crowd(tmp_path, session, now)
        session.commit()
    before = rows(session)
    done = []
    for _ in range(chance.randint(1, 6)):
        people = session.scalars(select(Person.id).where(Person.state == PersonState.ACTIVE)).all()
        try:
            if chance.random() < 0.7:
                a, b = chance.sample(people, 2)
                done.append(merge_persons(session, STEWARD, person_id=a, other_id=b, despite_numbers=True, now=now))
            else:
                person = chance.choice(people)
                records = session.scalars(
                    select(PersonLink.source_record_id).where(PersonLink.person_id == person)
                ).all()
                moved = chance.sample(records, chance.randint(1, len(records)))
                done.append(split_person(session, STEWARD, person_id=person, record_ids=moved, now=now))
        except Refusal:
            continue
    for event_id in reversed(done):
        undo_event(session, STEWARD, event_id=event_id, now=now)
    after = rows(session)
    known = {row[0] for row in before["person"]}
    after["person"] = [
        row for row in after["person"] if row[0] in known
    ]  # a split's number, once given, resolves for ever
    assert after == before
    session.rollback()


def test_an_earlier_event_waits_for_the_later_one_that_stands_on_it(session, now, tmp_path):
    crowd(tmp_path, session, now)
    first = merge_persons(session, STEWARD, person_id=1, other_id=2, despite_numbers=True, now=now)
    second = merge_persons(session, STEWARD, person_id=1, other_id=3, despite_numbers=True, now=now)
    with pytest.raises(NothingToUndo):
        undo_event(session, STEWARD, event_id=first, now=now)
    undo_event(session, STEWARD, event_id=second, now=now)
    undo_event(session, STEWARD, event_id=first, now=now)
    assert session.get(Person, 2).state is PersonState.ACTIVE


def town(tmp_path: Path, people: int, seed: int) -> list[tuple[str, Path]]:
    """Files of two agencies in three deliveries, with masks, changed telephones and families."""
    chance = random.Random(seed)
    given = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建文志国"
    civil, cross = [], []
    for k in range(1, people + 1):
        name = chance.choice("赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨") + "".join(chance.sample(given, 2))
        born = f"{chance.randint(1950, 2005)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"
        phone, whole = f"101{k // 2:08d}", number(born, chance.randint(1, 999))
        civil.append(
            civilisation_row(k, name, 证件号码=whole if chance.random() < 0.8 else "", 出生日期=born, 手机号码=phone)
        )
        if chance.random() < 0.6:
            shown = whole if chance.random() < 0.6 else whole[:6] + "*" * 8 + whole[14:]
            cross.append(red_cross_row(k, name, 证件号=shown, 电话=phone if chance.random() < 0.8 else ""))
    half = len(civil) * 3 // 4
    return [
        ("civilisation", written(tmp_path / "c1.csv", CIVILISATION, civil[:half])),
        ("red_cross", written(tmp_path / "r.csv", RED_CROSS, cross)),
        ("civilisation", written(tmp_path / "c2.csv", CIVILISATION, civil)),
    ]


def grouped(session):
    groups: dict[str, set[str]] = {}
    for source, key, person in links(session):
        groups.setdefault(person, set()).add(f"{source}/{key}")
    return sorted(map(sorted, groups.values()))


def waiting(session):
    left, right = aliased(SourceRecord), aliased(SourceRecord)
    keys = (left.source, left.external_id), (right.source, right.external_id)
    statement = select(*keys[0], *keys[1]).select_from(ReviewPair).where(ReviewPair.state == ReviewState.WAITING)
    statement = statement.join(left, left.id == ReviewPair.left_id).join(right, right.id == ReviewPair.right_id)
    return {frozenset([(a, b), (c, d)]) for a, b, c, d in session.execute(statement)}


def new_session(url="sqlite://"):
    engine = create_engine(url)
    Base.metadata.create_all(engine)
    session = Session(engine, info={"keyring": KEYRING})
    for code, name, level in UNITS:
        session.add(OrganisationUnit(code=code, name=name, level=level))
    session.commit()
    return engine, session


def test_increments_give_the_persons_of_the_batch(session, now, tmp_path):
    files = town(tmp_path, 300, 7)
    for source, path in files:
        import_file(session, SYSTEM, source=source, path=path, now=now)
        consolidate(session, SYSTEM, now=now)
    engine, batch = new_session()
    with batch:
        for source, path in files:
            import_file(batch, SYSTEM, source=source, path=path, now=now)
        consolidate(batch, SYSTEM, now=now)
        assert grouped(session) == grouped(batch)
        assert waiting(session) == waiting(batch)
    engine.dispose()


def test_the_evaluation_counts_and_draws(session, now, tmp_path):
    for source, path in town(tmp_path, 60, 3)[:2]:
        import_file(session, SYSTEM, source=source, path=path, now=now)
    consolidate(session, SYSTEM, now=now)
    truth = [(s, key, str(int(key[2:]))) for s, key, _ in links(session)]
    found = evaluate(links(session), truth)
    assert found.pairs.precision == 1.0
    assert found.pairs.right == found.pairs.true - found.errors["missed_pairs"]
    pairs = weighed_pairs(session, truth)
    assert pairs.all_true == found.pairs.true
    for chart in (histogram(pairs.weights, pairs.same), precision_recall(pairs.weights, pairs.same, pairs.all_true)):
        assert chart.startswith("<svg")
        assert "NaN" not in chart


def test_evaluation_by_hand():
    links_ = [("a", "1", "P1"), ("a", "2", "P1"), ("a", "3", "P2"), ("b", "4", "P3")]
    truth = [("a", "1", "x"), ("a", "2", "x"), ("a", "3", "x"), ("b", "4", "y"), ("b", "5", "y")]
    found = evaluate(links_, truth)
    assert (found.pairs.right, found.pairs.found, found.pairs.true) == (1, 1, 3)
    assert (found.clusters.right, found.clusters.found, found.clusters.true) == (1, 3, 2)
    assert (found.missing, found.strangers, found.errors["split"]) == (1, 0, 1)


def test_keys_rotate_in_steps_and_everything_opens(session, now, tmp_path):
    crowd(tmp_path, session, now)
    both = Keyring(sealing={1: b"s" * 32, 2: b"t" * 32}, current=2, digesting=KEYRING.digesting)
    session.info["keyring"] = both
    steps = 0
    while not rotate(session, SYSTEM, now=now, limit=7).done:
        steps += 1
    assert steps > 2
    session.info["keyring"] = Keyring(sealing={2: b"t" * 32}, current=2, digesting=KEYRING.digesting)
    assert {key_number(blob) for blob in session.scalars(select(SourceRecord.sealed))} == {2}
    before = list(links(session))
    rotate_digests(session, SYSTEM, digesting=b"e" * 32, now=now)
    again = import_file(session, SYSTEM, source="civilisation", path=tmp_path / "crowd.csv", now=now, partial=True)
    assert again.repeated
    consolidate(session, SYSTEM, now=now)
    assert list(links(session)) == before


def test_a_proved_address_stays_proved_under_a_new_key(session, now, tmp_path):
    crowd(tmp_path, session, now)
    people = session.scalars(select(Person)).all()[:2]
    keyring = session.info["keyring"]
    for person, address in zip(people, (b"zhou@example.org", b"qian@example.org"), strict=True):
        person.email_sealed = keyring.seal(address, bound_to=place_of_person("email_sealed", person.id))
        wish = ContactWish(person_id=person.id, email_digest=keyring.digest("email", "zhou@example.org"))
        wish.offers = wish.reminders = wish.news = Reach.EMAIL
        wish.changed_at = now
        session.add(wish)
    session.flush()
    new = rotate_digests(session, SYSTEM, digesting=b"e" * 32, now=now)
    digests = [session.get_one(ContactWish, person.id).email_digest for person in people]
    assert digests == [new.digest("email", "zhou@example.org"), None]  # the other's address is another by now


def test_a_merge_is_undone_after_its_key_is_gone(session, now, tmp_path):
    crowd(tmp_path, session, now)
    people = session.scalars(select(Person.id).where(Person.state == PersonState.ACTIVE)).all()
    event = merge_persons(session, STEWARD, person_id=people[0], other_id=people[1], despite_numbers=True, now=now)
    session.info["keyring"] = Keyring(sealing={1: b"s" * 32, 2: b"t" * 32}, current=2, digesting=KEYRING.digesting)
    report = rotate(session, SYSTEM, now=now)
    assert report.resealed["person_event.before"] == 1
    assert rotate(session, SYSTEM, now=now).resealed == {}
    session.info["keyring"] = Keyring(sealing={2: b"t" * 32}, current=2, digesting=KEYRING.digesting)
    undo_event(session, STEWARD, event_id=event, now=now)
    back = session.scalars(select(Person).where(Person.id.in_(people[:2]))).all()
    assert {person.state for person in back} == {PersonState.ACTIVE}
    assert {key_number(person.id_number_sealed) for person in back} == {2}
    assert {key_number(person.telephone_sealed) for person in back} == {2}


def test_every_sealed_column_is_rotated():
    sealed = {
        (table.name, column.name)
        for table in Base.metadata.tables.values()
        for column in table.c
        if "sealed" in column.name
    }
    assert sealed == {(column.table.name, column.name) for column in sealed_columns()}
