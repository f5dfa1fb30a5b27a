"""All that matching keeps about its reader, as a document to take along: wishes, questions, service, certificates."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.contact import Wished, reachable
from matching.queries.certificates import certificates_of
from matching.queries.my_hours import my_hours
from matching.queries.volunteers import my_profile
from matching.together import companions
from models.authority import Actor
from models.handover import Handover, HandoverReply
from models.need import Need, Shift
from models.outbox import OutboxMessage
from models.roster import Assignment, Offer

_WISHES = (
    "radius_metres", "max_shifts_week", "max_minutes_week", "max_shifts_day", "paused_until", "by_people_only",
    "dislikes",
)  # fmt: skip


def service_copy(session: Session, actor: Actor) -> dict[str, Any]:
    """Give the document.

    Raises
    ------
    NotFound
        When there is no person behind the account.
    """
    mine = asdict(my_profile(session, actor))
    hours = my_hours(session, actor)
    return {
        "wishes": {name: mine[name] for name in _WISHES},
        "together": [asdict(one) for one in companions(session, actor)],
        "contact": asdict(reachable(session, actor.person_id or 0).wished or Wished()),
        "stand_ins": _stand_ins(session, actor),
        "questions": _questions(session, actor),
        "hours": [asdict(line) for line in hours.lines],
        "hour_totals": asdict(hours.totals),
        "certificates": [asdict(paper) for paper in certificates_of(session, actor)],
        "messages": _messages(session, actor),
    }


def _questions(session: Session, actor: Actor) -> list[dict[str, Any]]:
    query = (
        select(Offer, Assignment, Need.title)
        .join(Assignment, Assignment.id == Offer.assignment_id)
        .join(Shift, Shift.id == Assignment.shift_id)
        .join(Need, Need.id == Shift.need_id)
        .where(Offer.person_id == actor.person_id)
        .order_by(Offer.id)
    )
    return [
        {
            "title": title,
            "starts_at": assignment.starts_at,
            "ends_at": assignment.ends_at,
            "state": assignment.state.value,
            "why_you": assignment.reasons,
            "asked_at": offer.offered_at,
            "answer": offer.state.value,
            "answered_at": offer.answered_at,
            "reason": offer.answer_reason,
            "note": offer.answer_note,
        }
        for offer, assignment, title in session.execute(query)
    ]


def _stand_ins(session: Session, actor: Actor) -> list[dict[str, Any]]:
    """Give the searches for a stand-in of the actor's own, and those in which they were asked; nobody else's name."""
    own = select(Handover).where(Handover.person_id == actor.person_id).order_by(Handover.id)
    asked = select(HandoverReply).where(HandoverReply.person_id == actor.person_id).order_by(HandoverReply.handover_id)
    return [
        *(
            {"i": "sought", "state": one.state.value, "at": one.created_at, "ended_at": one.closed_at}
            for one in session.scalars(own)
        ),
        *(
            {"i": "was_asked", "state": one.state.value, "at": one.asked_at, "ended_at": one.answered_at}
            for one in session.scalars(asked)
        ),
    ]


def _messages(session: Session, actor: Actor) -> list[dict[str, Any]]:
    query = select(OutboxMessage).where(OutboxMessage.person_id == actor.person_id).order_by(OutboxMessage.id)
    return [
        {"kind": one.kind, "made_at": one.created_at, "sent_at": one.sent_at, "channel": one.channel}
        for one in session.scalars(query)
    ]
