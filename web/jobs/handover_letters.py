"""What is written about stand-ins and swaps: of the seat, and of nobody who holds it."""

from flask_babel import gettext
from sqlalchemy.orm import Session

from models.handover import Handover, HandoverReply, HandoverState, ReplyState
from models.need import Need, Shift
from models.outbox import OutboxMessage
from models.roster import Assignment
from web.links import stand_in_link
from web.moments import span_text
from web.settings import Settings

KINDS = frozenset({"stand_in", "stood_in", "swap_offered", "swap_made", "swap_refused"})


def handover_text(session: Session, message: OutboxMessage, settings: Settings) -> tuple[str, str] | None:
    """Give subject and text of a message of one of :data:`KINDS`; None when it has become moot."""
    handover = session.get(Handover, int(message.facts["handover"]))
    if handover is None or message.person_id is None:
        return None
    if message.kind == "stand_in":
        return _asked(session, handover, message.person_id, settings)
    if message.kind == "swap_offered":
        return _offered(session, handover, settings)
    what = _seat(session, handover.assignment_id)
    if message.kind == "stood_in":
        return gettext("Somebody goes in your place"), gettext(
            "Somebody has taken your seat: %(what)s. You need not come. Thank you for seeing to it.", what=what
        )
    if message.kind == "swap_made":
        return gettext("Your swap is agreed"), gettext("Your swap is agreed: you now go to %(what)s.", what=what)
    return gettext("Your swap"), gettext(
        "Your swap for %(what)s does not suit the other. Your own seat is yours as before.", what=what
    )


def _asked(session: Session, handover: Handover, person_id: int, settings: Settings) -> tuple[str, str] | None:
    reply = session.get(HandoverReply, (handover.id, person_id))
    if handover.state is not HandoverState.OPEN or reply is None or reply.state is not ReplyState.ASKED:
        return None
    link = stand_in_link(settings.public_url, settings.secret_key, handover.id, person_id)
    return gettext("Could you stand in?"), gettext(
        "Somebody who was to come perhaps cannot. Could you stand in? %(what)s: %(link)s",
        what=_seat(session, handover.assignment_id),
        link=link,
    )


def _offered(session: Session, handover: Handover, settings: Settings) -> tuple[str, str] | None:
    if handover.state is not HandoverState.OPEN:
        return None
    link = f"{settings.public_url}/me/seats/{handover.assignment_id}/stand-in"
    return gettext("A swap waits for your answer"), gettext(
        "Somebody would swap with you for %(what)s. Look and decide: %(link)s",
        what=_seat(session, handover.assignment_id),
        link=link,
    )


def _seat(session: Session, assignment_id: int) -> str:
    shift = session.get_one(Shift, session.get_one(Assignment, assignment_id).shift_id)
    need = session.get_one(Need, shift.need_id)
    return f"{need.title}, {span_text(shift.starts_at, shift.ends_at)}, {need.place}".rstrip(", ")
