"""Why somebody was asked, why a seat stays empty, and what would fill it: codes and parameters, said to people."""

from datetime import date
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from web.moments import distance_text, length_text
from web.texts.taxonomy import tag_name

#: matching's rules that keep a person out of a role, the first that fails.
BLOCKED: Final[dict[str, Any]] = {
    "distance": _l("too far away for them"),
    "time": _l("not free at that time"),
    "barred": _l("do not serve there"),
    "limit": _l("have reached their weekly limit"),
    "busy": _l("serve elsewhere at that time"),
}

DECLINE_REASONS: Final[dict[str, Any]] = {
    "busy": _l("I am not free"),
    "ill": _l("I am ill"),
    "too_far": _l("Too far"),
    "not_this_kind": _l("Not this kind of service"),
    "other_time": _l("Another time would do"),
    "other": _l("Something else"),
}


#: What keeps a reader from a role, and the remedy.
WHY_NOT: Final[dict[str, Any]] = {
    "distance": _l("further away than you go"),
    "time": _l("not among the times when you are free"),
    "barred": _l("you asked not to be asked for it"),
    "busy": _l("you serve elsewhere at that time"),
    "paused": _l("you are paused in that week"),
    "consent": _l("your guardian has not agreed yet"),
    "no_times": _l("you have not said when you are free"),
    "limit": _l("your turns of that day or week are used up"),
    "away": _l("you are not free in that week"),
    "team": _l("the people of this shift together then lack what it asks for"),
}


def why_not_text(rule: str) -> str:
    """Say to the reader what keeps them from a role."""
    kind, _colon, tag = rule.partition(":")
    if kind == "tag":
        return str(_("it asks for “%(tag)s”", tag=tag_name(tag)))
    if kind == "expired":
        return str(_("your “%(tag)s” no longer holds on that day", tag=tag_name(tag)))
    return str(WHY_NOT.get(kind, WHY_NOT["away"]))


def pause_text(weeks: int) -> str:
    """Name a pause of so many weeks."""
    return str(ngettext("for %(num)d week", "for %(num)d weeks", weeks))


def asked_because(reasons: dict[str, Any], today: date) -> list[str]:
    """Say why somebody was asked, one short phrase a fact, the strongest first."""
    said = [_("You have: %(tag)s", tag=tag_name(tag)) for tag in reasons.get("tags", ())]
    if reasons.get("chosen"):
        said.append(_("You chose it yourself"))
    if reasons.get("stand_in"):
        said.append(_("You stand in for somebody"))
    if reasons.get("familiar"):
        said.append(_("People know you there"))
    if reasons.get("metres") is not None:
        said.append(_("%(distance)s from you", distance=distance_text(reasons["metres"])))
    if reasons.get("liked"):
        said.append(_("A kind of service you like"))
    if reasons.get("last_asked"):
        days = (today - date.fromisoformat(reasons["last_asked"])).days
        said.append(ngettext("Last asked %(num)d day ago", "Last asked %(num)d days ago", days))
    return said


#: What keeps one person whom a coordinator has chosen from a role.
THEIR_RULES: Final[dict[str, Any]] = {
    "distance": _l("It is too far away for this person."),
    "time": _l("This person is not free then."),
    "barred": _l("This person declined it, or is barred from it."),
    "limit": _l("This person has reached their weekly limit."),
    "busy": _l("This person serves elsewhere at that time."),
    "team": _l("The people of this shift together would then lack what it asks for."),
    "consent": _l("This person is under 18, and their guardian has not agreed."),
    "away": _l("This person cannot be planned in that week: paused, or without times, place or consent."),
}


def their_rule_text(rule: str) -> str:
    """Say what keeps one person from a role."""
    kind, _colon, tag = rule.partition(":")
    if kind == "tag":
        return str(_("This person lacks “%(tag)s”.", tag=tag_name(tag)))
    if kind == "expired":
        return str(_("This person holds “%(tag)s” no longer on that day.", tag=tag_name(tag)))
    return str(THEIR_RULES.get(kind, THEIR_RULES["away"]))


def blocked_text(rule: str) -> str:
    """Say a rule that keeps volunteers out, to stand after their number."""
    kind, _colon, tag = rule.partition(":")
    if kind == "tag":
        return str(_("lack “%(tag)s”", tag=tag_name(tag)))
    if kind == "expired":
        return str(_("hold “%(tag)s” no longer on that day", tag=tag_name(tag)))
    return str(BLOCKED.get(kind, rule))


def filler_text(change: dict[str, Any]) -> str:
    """Say a change that would fill a seat, and how many could then come."""
    gains = int(change.get("gains", 0))
    people = ngettext("%(num)d more person could come", "%(num)d more people could come", gains)
    kind = change.get("change")
    if kind == "start":
        minutes = int(change["minutes"])
        shifted = length_text(abs(minutes))
        what = (
            _("Start %(length)s later", length=shifted) if minutes > 0 else _("Start %(length)s sooner", length=shifted)
        )
    elif kind == "tag":
        what = _("Do without “%(tag)s”, or train people in it", tag=tag_name(change["tag"]))
    elif kind == "radius":
        what = _("Ask people up to %(distance)s further away", distance=distance_text(change["metres"]))
    else:
        return str(_("Let it take place with %(people)s people at least", people=change.get("people")))
    return str(_("%(change)s: %(people)s", change=what, people=people))
