"""Answering a what-if question: read, plan without a transaction, keep the answer."""

from matching.what_ifs import answer_of, fail_answer, open_question, store_answer
from solver import SolverError
from web.database import Work


def answer_what_if(work: Work, *, what_if_id: int, workers: int = 2) -> None:
    """Answer one question; a second delivery finds it answered and does nothing."""
    with work.read() as session:
        opened = open_question(session, what_if_id=what_if_id)
    if opened is None:
        return
    try:
        answer = answer_of(opened, workers=workers)
    except SolverError:
        with work.begin() as session:
            fail_answer(session, what_if_id=what_if_id, code="solver_failed", now=work.now())
        return
    except BaseException:
        with work.begin() as session:
            fail_answer(session, what_if_id=what_if_id, code="solver_failed", now=work.now())
        raise
    with work.begin() as session:
        store_answer(session, what_if_id=what_if_id, answer=answer, now=work.now())
