"""Words of a person's own data: purposes, bases, and what others did with it."""

from typing import Any, Final

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from models.person import Basis, Purpose
from web.texts.states import state_name
from web.texts.taxonomy import source_name

#: What each use is, in the reader's words.
PURPOSES: Final[dict[Purpose, Any]] = {
    Purpose.REGISTER: _l("keeps its register of volunteers, which is joined here"),
    Purpose.MATCHING: _l("match me with needs, in the weekly plan"),
    Purpose.CONTACT: _l("send me questions and reminders"),
    Purpose.SHARE: _l("is told the hours that I serve here"),
}

BASES: Final[dict[Basis, Any]] = {
    Basis.CONSENT: _l("your consent"),
    Basis.STATUTORY_DUTY: _l("its duty by law"),
    Basis.GUARDIAN_CONSENT: _l("your guardian's consent"),
}

#: What was done with a person's data.
ACTS: Final[dict[str, Any]] = {
    "person.looked": _lp("audit", "read your page"),
    "number.revealed": _lp("audit", "saw a number whole"),
    "person.merged": _lp("audit", "joined records to you"),
    "person.split": _lp("audit", "took records away from you"),
    "person.undone": _lp("audit", "took a change back"),
    "person.registered": _lp("audit", "signed up"),
    "person.registered_for": _lp("audit", "registered you on your behalf"),
    "person.updated": _lp("audit", "changed own data"),
    "person.paused": _lp("audit", "changed the pause"),
    "person.by_people_only": _lp("audit", "changed who proposes"),
    "wishes.kept": _lp("audit", "changed wishes"),
    "person.consent_given": _lp("audit", "gave a consent"),
    "person.consent_withdrawn": _lp("audit", "took a consent back"),
    "person.copied": _lp("audit", "took a copy along"),
    "person.left": _lp("audit", "left"),
    "person.came_back": _lp("audit", "came back"),
    "person.guardian_agreed": _lp("audit", "guardian agreed"),
    "person.guardian_refused": _lp("audit", "guardian did not agree"),
    "person.together": _lp("audit", "agreed to serve together"),
    "person.not_together": _lp("audit", "ended serving together"),
}


def act_text(action: str) -> str:
    """Say what was done."""
    return str(ACTS.get(action, _l("changed something")))


def who_text(look: Any) -> str:
    """Say who did it: the reader, an office, or the program."""
    if look.by_me:
        return str(_l("you"))
    return str(_l("the program")) if look.role is None else state_name(look.role)


def handler_text(handler: str) -> str:
    """Name a handler."""
    return str(_l("Linli")) if handler == "linli" else str(source_name(handler))
