"""What use cases refuse, said to people: a status and a sentence a code, with the remedy in it."""

from typing import Any, Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from matching.refusals import Refusal as MatchingRefusal

#: The bases of all refusals, one a room.
REFUSED: Final[tuple[type[Exception], ...]] = (MatchingRefusal,)

#: code → status of the answer.
STATUSES: Final[dict[str, int]] = {
    "refused": 422,
    "not_found": 404,
    "not_allowed": 403,
    "need_refused": 422,
    "need_has_people": 409,
    "seat_taken": 409,
    "already_booked": 409,
    "not_eligible": 422,
    "offer_closed": 409,
    "week_published": 409,
    "nothing_to_publish": 409,
    "nothing_to_repair": 409,
    "plan_unsound": 422,
    "wrong_state": 409,
}

#: code → sentence. Parameters of the refusal may stand in it.
SENTENCES: Final[dict[str, Any]] = {
    "refused": _l("This cannot be done."),
    "not_found": _l("It is not here, or it is not yours to see."),
    "not_allowed": _l("You may see this, but not change it."),
    "need_refused": _l("The need cannot be posted as it stands."),
    "need_has_people": _l("People already hold seats in it. Release them first, or post the change as a new need."),
    "seat_taken": _l("The seat has just been taken. Choose another."),
    "already_booked": _l("This person already serves at that time."),
    "not_eligible": _l("A rule stands against it."),
    "offer_closed": _l("This question was answered already, taken back, or its time to reply is over."),
    "week_published": _l("The week is published: repair it instead of planning it anew."),
    "nothing_to_publish": _l("No proposal waits for this week. Plan it first."),
    "nothing_to_repair": _l("Nothing is published for this week yet. Publish it first."),
    "plan_unsound": _l("The independent check found a broken rule in the plan, so nothing was stored."),
    "wrong_state": _l("It has changed since you opened the page, and this can no longer be done."),
}


def refusal_code(error: Exception) -> str:
    """Give the stable code of a refusal."""
    return str(getattr(error, "code", "refused"))


def refusal_status(error: Exception) -> int:
    """Give the HTTP status that answers a refusal."""
    return STATUSES.get(refusal_code(error), 422)


def refusal_text(error: Exception) -> str:
    """Say a refusal in the reader's language."""
    return str(SENTENCES.get(refusal_code(error), gettext("This cannot be done.")))
