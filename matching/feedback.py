"""Feedback both ways, and what it changes next week.

Whoever would not come again is not asked for that need again, and so is whom the leader would not have again: a bar
from the need, which the next plan obeys; taking the word back takes the bar back. Coming again is the continuity that
planning counts anyway. A leader rates nobody: people are not scored.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from matching.access import access_assignment
from matching.refusals import NotFound, WrongState
from matching.trail import note
from models.authority import Actor, Permission
from models.feedback import Feedback, FeedbackSide
from models.need import Shift
from models.relation import NeedBar
from models.roster import Assignment, AssignmentState

_REASONS = {FeedbackSide.VOLUNTEER: "own_feedback", FeedbackSide.LEADER: "leader_feedback"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What one side says; None is not said."""

    rating: int | None = None
    again: bool | None = None
    note: str | None = None


def say_of_service(session: Session, actor: Actor, *, assignment_id: int, word: Word, now: datetime) -> None:
    """Say how one's own service was.

    Raises
    ------
    NotFound
        When it is not one's own.
    WrongState
        When one has not served in it.
    """
    assignment = session.get(Assignment, assignment_id)
    if assignment is None or actor.person_id is None or assignment.person_id != actor.person_id:
        raise NotFound(kind="assignment", id=assignment_id)
    _say(session, actor, assignment, FeedbackSide.VOLUNTEER, word, now=now)
    note(session, actor, action="feedback.of_service", subject=("assignment", assignment_id), now=now)


def say_of_volunteer(session: Session, actor: Actor, *, assignment_id: int, word: Word, now: datetime) -> None:
    """Say whether one would have a volunteer again, with a note for the unit alone.

    Raises
    ------
    NotFound, WrongState
    """
    assignment = access_assignment(session, actor, assignment_id, Permission.UNIT_ATTENDANCE_WRITE)
    without_rating = Word(again=word.again, note=word.note)
    _say(session, actor, assignment, FeedbackSide.LEADER, without_rating, now=now)
    note(session, actor, action="feedback.of_volunteer", subject=("assignment", assignment_id), now=now)


def _say(
    session: Session, actor: Actor, assignment: Assignment, side: FeedbackSide, word: Word, *, now: datetime
) -> None:
    if assignment.state is not AssignmentState.SERVED:
        raise WrongState(kind="assignment", state=assignment.state.value)
    row = session.scalar(select(Feedback).where(Feedback.assignment_id == assignment.id, Feedback.side == side))
    if row is None:
        row = Feedback(assignment_id=assignment.id, person_id=assignment.person_id, side=side)
        session.add(row)
    row.rating, row.again, row.note, row.at, row.account_id = word.rating, word.again, word.note, now, actor.account_id
    _bar(session, actor, assignment, side, again=word.again, now=now)
    session.flush()


def _bar(
    session: Session, actor: Actor, assignment: Assignment, side: FeedbackSide, *, again: bool | None, now: datetime
) -> None:
    """Keep a person from a need that either side does not want again; what the other side said is left alone."""
    need_id = session.get_one(Shift, assignment.shift_id).need_id
    person_id, reason = assignment.person_id, _REASONS[side]
    if again is False and session.get(NeedBar, (person_id, need_id)) is None:
        session.add(
            NeedBar(person_id=person_id, need_id=need_id, reason=reason, created_at=now, created_by_id=actor.account_id)
        )
    elif again is not False:
        session.execute(
            delete(NeedBar).where(NeedBar.person_id == person_id, NeedBar.need_id == need_id, NeedBar.reason == reason)
        )
