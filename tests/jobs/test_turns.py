"""A long step that writes all the time lets in whoever else wants to write, and sleeps only then."""

import threading
import time

from sqlalchemy import text

from tests.conftest import KEYRING
from web.database import Work, make_engine
from web.jobs.turns import Turns
from web.waiting import somebody_waits, waiting

WRITING = text("UPDATE organisation_unit SET name = name")


def test_a_page_that_writes_comes_in_between_the_turns_of_a_long_step(databases, monkeypatch):
    work = Work(make_engine(databases.url("sqlite")), KEYRING)
    slept = []
    real = time.sleep
    monkeypatch.setattr("web.waiting.time.sleep", lambda seconds: (slept.append(seconds), real(seconds)))
    taken, came = 0, threading.Event()

    def page() -> None:
        with work.begin() as session:
            session.execute(WRITING)
        came.set()

    turns, thread = Turns(work), threading.Thread(target=page)
    for taken in range(400):
        with turns.turn() as session:
            session.execute(WRITING)
            if taken == 2:
                assert slept == []
                thread.start()
            real(0.005)
        if came.is_set():
            break
    thread.join()
    assert taken < 200
    assert slept
    work.dispose()


def test_who_waits_is_known_to_others_until_they_are_through(tmp_path):
    file = str(tmp_path / "linli.sqlite")
    assert not somebody_waits(file)
    with waiting(file), waiting(file):
        assert somebody_waits(file)
    assert not somebody_waits(file)
