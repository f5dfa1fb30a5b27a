"""Words for how somebody is reached."""

from typing import Any, Final

from flask_babel import lazy_pgettext as _lp

from models.contact import Reach

REACHES: Final[dict[Reach, Any]] = {
    Reach.SMS: _lp("reach", "Short message"),
    Reach.EMAIL: _lp("reach", "E-mail"),
    Reach.BOTH: _lp("reach", "Both"),
    Reach.PAGE: _lp("reach", "Only here on the page"),
}


def reaches(*, with_mail: bool) -> list[tuple[str, str]]:
    """Give the channels that may be chosen; mail only to an address that was proved."""
    mail = {Reach.EMAIL, Reach.BOTH}
    return [(reach.value, str(text)) for reach, text in REACHES.items() if with_mail or reach not in mail]
