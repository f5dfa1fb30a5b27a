"""What use cases refuse, said to people: a status and a sentence a code, with the remedy in it."""

from typing import Any, Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from matching.refusals import Refusal as MatchingRefusal
from registry.refusals import Refusal as RegistryRefusal
from web.refusals import Refusal as WebRefusal

#: The bases of all refusals, one a room.
REFUSED: Final[tuple[type[Exception], ...]] = (MatchingRefusal, RegistryRefusal, WebRefusal)

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
    "handover_closed": 409,
    "week_published": 409,
    "nothing_to_publish": 409,
    "nothing_to_repair": 409,
    "nothing_to_ask": 409,
    "plan_unsound": 422,
    "wrong_state": 409,
    "code_wrong": 422,
    "address_not_proved": 422,
    "quiet_too_long": 422,
    "too_many_check_ins": 409,
    "nothing_to_certify": 409,
    "not_permitted": 404,
    "no_such_mapping": 404,
    "mapping_unsound": 422,
    "file_unreadable": 422,
    "file_too_large": 413,
    "headings_not_found": 422,
    "import_overtaken": 409,
    "no_such_person": 404,
    "no_such_pair": 404,
    "no_such_event": 404,
    "no_such_record": 404,
    "pair_claimed": 409,
    "pair_not_waiting": 409,
    "nothing_to_undo": 409,
    "same_person": 422,
    "would_double_book": 409,
    "would_empty_person": 422,
    "conflicting_numbers": 409,
    "sign_up_incomplete": 422,
    "too_few_pairs": 422,
    "reason_missing": 422,
    "scope_too_wide": 422,
    "sign_in_wrong": 401,
    "code_expired": 422,
    "no_account": 404,
    "not_proved": 422,
    "key_reused": 422,
    "key_in_use": 409,
    "answer_lost": 409,
    "cursor_unreadable": 422,
    "address_refused": 422,
    "too_many_webhooks": 409,
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
    "handover_closed": _l("Somebody else goes already, or the one who asked comes after all. Thank you for looking."),
    "week_published": _l("The week is published: repair it instead of planning it anew."),
    "nothing_to_publish": _l("No proposal waits for this week. Plan it first."),
    "nothing_to_repair": _l("Nothing is published for this week yet. Publish it first."),
    "nothing_to_ask": _l("This week has no plan yet that a question could be about. Plan it first."),
    "plan_unsound": _l("The independent check found a broken rule in the plan, so nothing was stored."),
    "wrong_state": _l("It has changed since you opened the page, and this can no longer be done."),
    "address_not_proved": _l("Confirm your e-mail address first: open the link that we send to it."),
    "quiet_too_long": _l("Leave at least four hours of the day in which a message may come, beside the night."),
    "code_wrong": _l("This is not the code of this shift. Look at the notice at the place."),
    "too_many_check_ins": _l("There were three check-ins today already. Ask the coordinator to write down the next."),
    "nothing_to_certify": _l("No approved hours lie in these days. Hours are approved within ten working days."),
    "not_permitted": _l("It is not here, or it is not yours to see."),
    "no_such_mapping": _l("No mapping for this agency is known."),
    "mapping_unsound": _l("The mapping names a field that does not exist, or lacks one that must be there."),
    "file_unreadable": _l("This file is neither a table in an encoding we know nor a workbook. Export it again."),
    "file_too_large": _l("The file, or something in it, is larger than can be real. Split it, or export it again."),
    "headings_not_found": _l(
        "The headings of this agency were not found. Is it the right agency, and the right sheet?"
    ),
    "import_overtaken": _l(
        "Another import of this agency's file began meanwhile, so this one stopped. Nothing that it took in is lost."
    ),
    "no_such_person": _l("There is no such person, or they are not yours to see."),
    "no_such_pair": _l("There is no such pair."),
    "no_such_event": _l("There is no such event in the history."),
    "no_such_record": _l("It is not here any more. Begin again."),
    "pair_claimed": _l("Another steward is deciding this pair. Take the next one."),
    "pair_not_waiting": _l("This pair has been decided already."),
    "nothing_to_undo": _l("It was taken back already, or something later stands on it."),
    "same_person": _l("A person cannot be merged with themselves."),
    "would_double_book": _l("Both hold seats at the same time. Release one of them first."),
    "would_empty_person": _l("At least one record must stay with the person."),
    "conflicting_numbers": _l("The two have different valid ID numbers."),
    "sign_up_incomplete": _l("Something is missing or cannot be read."),
    "too_few_pairs": _l("There are too few pairs to learn from."),
    "reason_missing": _l("Please give a reason; it is written down."),
    "scope_too_wide": _l("A token cannot be allowed more than its account."),
    "sign_in_wrong": _l("Name and password do not belong together."),
    "code_expired": _l("This is not the code we sent last, or its ten minutes are over."),
    "no_account": _l("Nobody has signed up with this telephone yet."),
    "not_proved": _l("This does not prove a person whom the agencies know."),
    "key_reused": _l("This Idempotency-Key was sent before, with something else. Make a new key."),
    "key_in_use": _l("The first send with this Idempotency-Key is still at work. Send it again in a second."),
    "answer_lost": _l("It was done, but its answer was lost. Look at the result instead of sending it again."),
    "cursor_unreadable": _l("This is no place in the list. Follow the link named next, or begin anew."),
    "address_refused": _l("A webhook needs a public address that begins with https."),
    "too_many_webhooks": _l("This account has as many webhooks as it may. End one first."),
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
