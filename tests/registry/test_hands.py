"""Work spread over processes: the same answers in the same order, failures where they belong, nobody left behind."""

import os
import signal
import subprocess

import pytest
from sqlalchemy import select

from models import Person
from models.authority import SYSTEM
from registry import hands, intake
from registry.carrying_out import carry_out, members_of
from registry.hands import HandLost, Unsendable, _Hand, spread
from registry.intake import import_file
from registry.person_rows import Computation
from tests.registry.conftest import KEYRING
from tests.registry.halving import CLOSURE, DIE, HANG, INTERRUPTED, Halving
from tests.registry.test_slices import add_units, everything, town, two_of_one
from web.database import Work
from web.jobs import consolidation
from web.jobs.consolidation import consolidate_in_slices


@pytest.fixture
def started(monkeypatch):
    """Give the processes that are started, two at most."""
    processes, real = [], subprocess.Popen

    def start(*arguments, **options):
        if len(processes) == 2:
            raise OSError("no more processes")
        processes.append(real(*arguments, **options))
        return processes[-1]

    monkeypatch.setattr(subprocess, "Popen", start)
    return processes


def test_answers_come_in_order_from_other_processes():
    found = list(spread(Halving(), range(0, 100, 2), hands=2))
    assert [half for half, _ in found] == list(range(50))
    assert os.getpid() not in {process for _, process in found}
    assert len({process for _, process in found}) == 2


def test_one_hand_is_this_process():
    assert list(spread(Halving(), [4, 6], hands=1)) == [(2, os.getpid()), (3, os.getpid())]


def test_a_failure_is_raised_where_it_was_asked_and_a_lost_process_is_told():
    with pytest.raises(ValueError, match="3 is odd"):
        list(spread(Halving(), [2, 3, 4], hands=2))
    with pytest.raises(HandLost):
        list(spread(Halving(), [2, DIE, 4], hands=2))
    with pytest.raises(LookupError, match="not ready"):
        list(spread(Halving(ready=False), [2, 4], hands=2))


@pytest.mark.parametrize(("asked", "said"), [(1, "Unusual"), (CLOSURE, "function")])
def test_what_cannot_be_sent_is_told_by_its_type_alone(asked, said, capfd):
    with pytest.raises(Unsendable, match=f"^{said}$"):
        list(spread(Halving(), [2, asked, 4], hands=2))
    assert capfd.readouterr() == ("", "")


def test_an_interrupt_is_for_whoever_asks():
    assert [half for half, _ in spread(Halving(), [2, INTERRUPTED, 4], hands=2)] == [1, 0, 2]


@pytest.mark.parametrize("ending", ["closed", "failing"])
def test_who_stops_asking_leaves_nobody_behind_who_still_works(started, ending):
    def jobs():
        yield from (2, 4, HANG, HANG, 6)
        if ending == "failing":
            raise ValueError("no more")
        yield 8

    answers = spread(Halving(), jobs(), hands=2)
    if ending == "closed":
        assert next(answers)[0] == 1
        answers.close()
    else:
        with pytest.raises(ValueError, match="no more"):
            next(answers)
    assert [process.returncode for process in started] == [-signal.SIGKILL] * 2


def test_where_one_process_cannot_be_started_the_others_are_ended(started):
    started.append(None)  # a place is taken: the second is refused
    with pytest.raises(OSError, match="no more processes"):
        next(spread(Halving(), [2], hands=2))
    assert [process.returncode for process in started[1:]] == [-signal.SIGKILL]


def test_a_process_that_does_not_start_is_lost(monkeypatch):
    monkeypatch.setattr(hands.sys, "executable", "/bin/false")
    with pytest.raises(HandLost):
        next(spread(Halving(), [2], hands=2))


def test_a_process_that_died_with_a_question_half_sent_is_let_go():
    with _Hand() as hand:
        hand._process.kill()
        hand._process.wait()
        hand._pipe(hand._process.stdin).write(b"1")


def test_many_hands_make_the_same_registry(session, work, now, tmp_path, monkeypatch):
    monkeypatch.setattr(intake, "_LARGE_TEXT", 0)
    monkeypatch.setattr(consolidation, "MANY", 0)
    monkeypatch.setattr(consolidation, "FIRST", 20)
    add_units(work)
    alone, many = Work(session.get_bind(), KEYRING), Work(work.engine, KEYRING, hands=2)
    for source, path in town(tmp_path, 60, 2)[:2]:
        for one in (alone, many):
            with one.begin() as other:
                import_file(other, SYSTEM, source=source, path=path, now=now, hands=one.hands)
            consolidate_in_slices(one, SYSTEM, now=now)
        with many.read() as other:
            assert everything(other) == everything(session)
        session.rollback()


def test_what_was_computed_ahead_is_not_written_when_something_changed_meanwhile(session, now, tmp_path):
    """The first person's record is newer when it is written, the second's is not."""
    draft = two_of_one(session, tmp_path, now)
    session.commit()
    compute = Computation(url=session.get_bind().url, keyring=KEYRING, today=now.date())
    [(rows, seen)] = spread(compute, [members_of(draft, draft.units)], hands=2)
    assert [row.columns[0] for row in rows] == ["张伟", "李娜"]
    wrong = [row._replace(columns=("someone else", *row.columns[1:])) for row in rows]
    seen.records[1] = "another time"
    carry_out(session, draft, draft.units, now=now, ahead=(wrong, seen))
    assert session.scalars(select(Person.name).order_by(Person.id)).all() == ["张伟", "someone else"]
