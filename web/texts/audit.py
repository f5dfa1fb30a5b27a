"""The audit log in plain sentences: who did what, with the number of what it was done to."""

from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape

#: action → sentence; a test holds it to every action that the code writes.
SENTENCES: Final[dict[str, Any]] = {
    "person.looked": _l("%(who)s opened the page of person %(number)s"),
    "number.revealed": _l("%(who)s saw a whole number of person %(number)s"),
    "person.merged": _l("%(who)s made another person and person %(number)s one"),
    "person.split": _l("%(who)s moved records of person %(number)s out to a new person"),
    "person.undone": _l("%(who)s took a merge or split of person %(number)s back"),
    "person.registered": _l("Person %(number)s signed up"),
    "person.updated": _l("Person %(number)s changed what is known about them"),
    "person.paused": _l("Person %(number)s paused, or came back"),
    "person.by_people_only": _l("Person %(number)s chose whether a program may assign them"),
    "person.consent_given": _l("Person %(number)s gave a consent"),
    "person.consent_withdrawn": _l("Person %(number)s took a consent back"),
    "person.guardian_agreed": _l("A guardian agreed for person %(number)s"),
    "person.guardian_refused": _l("A guardian did not agree for person %(number)s"),
    "person.copied": _l("Person %(number)s took a copy of their data along"),
    "person.left": _l("Person %(number)s left"),
    "person.came_back": _l("Person %(number)s came back"),
    "person.erased": _l("What no law keeps of person %(number)s was erased"),
    "person.together": _l("Person %(number)s agreed to serve together with another"),
    "person.not_together": _l("Person %(number)s ended serving together"),
    "review.decided": _l("%(who)s decided pair %(number)s"),
    "review.undone": _l("%(who)s took the decision on pair %(number)s back"),
    "import.stored": _l("%(who)s took in file %(number)s"),
    "import.repeated": _l("%(who)s sent file %(number)s once more; nothing changed"),
    "mapping.saved": _l("%(who)s saved a version of an agency's mapping"),
    "records.handed_back": _l("%(who)s handed an agency its records back, file %(number)s"),
    "registry.consolidated": _l("%(who)s linked what had come in"),
    "keys.rotated": _l("%(who)s sealed values under the newest key"),
    "keys.digests_rotated": _l("%(who)s made all digests under a new key"),
    "assignment.placed": _l("%(who)s placed somebody by hand, assignment %(number)s"),
    "assignment.locked": _l("%(who)s pinned assignment %(number)s"),
    "assignment.unlocked": _l("%(who)s unpinned assignment %(number)s"),
    "assignment.released": _l("%(who)s took assignment %(number)s back"),
    "assignment.walk_in": _l("%(who)s wrote down somebody who came unasked, assignment %(number)s"),
    "assignment.moved": _l("%(who)s moved assignment %(number)s to another seat"),
    "assignment.replaced": _l("%(who)s put somebody else in place of assignment %(number)s"),
    "shift.cancelled": _l("%(who)s cancelled shift %(number)s"),
    "shift.reopened": _l("%(who)s opened shift %(number)s again"),
    "step.unskipped": _l("%(who)s took the skip of a step back"),
    "week.times_set": _l("%(who)s set the week's times of unit %(number)s"),
    "shift.released": _l("%(who)s released everybody of shift %(number)s"),
    "seat.taken": _l("A volunteer took a seat by themselves, assignment %(number)s"),
    "seat.given_back": _l("A volunteer gave a seat back, assignment %(number)s"),
    "contact.kept": _l("Person %(number)s chose how to be reached"),
    "contact.email_proved": _l("Person %(number)s confirmed a mail address"),
    "wishes.kept": _l("A volunteer changed their wishes"),
    "category.liked_again": _l("A volunteer likes a kind of service again"),
    "repair.undone": _l("%(who)s turned repair %(number)s back"),
    "handover.begun": _l("A volunteer looks for a stand-in, search %(number)s"),
    "handover.asked": _l("People who stand by were asked to stand in, search %(number)s"),
    "handover.withdrawn": _l("A volunteer comes after all, search %(number)s"),
    "handover.reopened": _l("A volunteer looks for a stand-in once more, search %(number)s"),
    "handover.taken": _l("A volunteer stands in for another, search %(number)s"),
    "handover.undone": _l("%(who)s turned back a seat that had changed hands, search %(number)s"),
    "swap.offered": _l("A volunteer offered a swap, search %(number)s"),
    "swap.made": _l("Two volunteers swapped their seats, search %(number)s"),
    "swap.refused": _l("A volunteer did not want a swap, search %(number)s"),
    "offer.confirmed": _l("Offer %(number)s was confirmed"),
    "offer.declined": _l("Offer %(number)s was declined"),
    "offer.reopened": _l("The answer to offer %(number)s was taken back"),
    "offer.lapsed": _l("Offer %(number)s was not answered in time"),
    "hours.claimed": _l("A volunteer says that they were there, hours %(number)s"),
    "presence.in": _l("Somebody came, assignment %(number)s"),
    "presence.out": _l("Somebody left, assignment %(number)s"),
    "presence.taken_back": _l("%(who)s took a check-in back, assignment %(number)s"),
    "absence.recorded": _l("%(who)s wrote down that nobody came, assignment %(number)s"),
    "absence.excused": _l("%(who)s excused an absence, assignment %(number)s"),
    "hours.recorded": _l("Hours were recorded, record %(number)s"),
    "hours.approved": _l("%(who)s approved hours, record %(number)s"),
    "hours.disputed": _l("Hours were disputed, record %(number)s"),
    "feedback.of_service": _l("Somebody said how their service was, assignment %(number)s"),
    "feedback.of_volunteer": _l("%(who)s gave feedback on a volunteer, assignment %(number)s"),
    "hours.spot_checked": _l("%(who)s compared hours with paper, record %(number)s"),
    "hours.corrected": _l("%(who)s corrected hours, record %(number)s"),
    "certificate.issued": _l("Certificate %(number)s was issued"),
    "certificate.revoked": _l("%(who)s revoked certificate %(number)s"),
    "need.posted": _l("%(who)s posted need %(number)s"),
    "need.changed": _l("%(who)s changed need %(number)s"),
    "need.cancelled": _l("%(who)s cancelled need %(number)s"),
    "need.reopened": _l("%(who)s reopened need %(number)s"),
    "needs.imported": _l("%(who)s imported needs"),
    "run.started": _l("%(who)s started run %(number)s"),
    "run.failed": _l("Run %(number)s failed"),
    "run.cancelled": _l("%(who)s stopped run %(number)s"),
    "roster.proposed": _l("Roster %(number)s was proposed"),
    "roster.published": _l("%(who)s published roster %(number)s"),
    "repair.proposed": _l("%(who)s proposed a repair, run %(number)s"),
    "repair.applied": _l("%(who)s carried a repair out, run %(number)s"),
    "step.requested": _l("%(who)s asked for a step of the week"),
    "step.skipped": _l("%(who)s skipped a step of the week"),
    "units.stored": _l("%(who)s took in the list of places"),
    "account.granted": _l("%(who)s gave account %(number)s a role"),
    "token.made": _l("%(who)s made token %(number)s for a program"),
    "token.revoked": _l("%(who)s revoked token %(number)s"),
    "webhook.added": _l("%(who)s added webhook %(number)s"),
    "webhook.ended": _l("%(who)s ended webhook %(number)s"),
    "webhook.sent_again": _l("%(who)s sent message %(number)s to a webhook again"),
    "what_if.asked": _l("%(who)s asked what if, question %(number)s"),
}

#: Beginnings of actions, for a filter.
KINDS: Final[dict[str, Any]] = {
    "number.": _l("Whole numbers seen"),
    "person.": _l("People: looked at, merged, split"),
    "review.": _l("Decisions on pairs"),
    "import.": _l("Files taken in"),
    "mapping.": _l("Mappings of agencies"),
    "assignment.": _l("Placed and released by hand"),
    "offer.": _l("Answers to offers"),
    "presence.": _l("Check-ins"),
    "hours.": _l("Hours"),
    "feedback.": _l("Feedback"),
    "certificate.": _l("Certificates"),
    "need.": _l("Needs"),
    "roster.": _l("Rosters"),
    "run.": _l("Runs"),
    "account.": _l("Accounts and roles"),
    "keys.": _l("Keys"),
}


def audit_sentence(action: str, who: Markup, number: int | None) -> Markup:
    """Say an act; one that is not known says its code."""
    sentence = SENTENCES.get(action)
    if sentence is None:
        return Markup('{}: <span translate="no">{}</span>').format(who, action)
    return Markup(escape(str(sentence))) % {"who": who, "number": "—" if number is None else number}  # noqa: S704


def nobody_in_particular() -> str:
    """Name who acts without an account."""
    return str(_("The program"))
