"""What-if questions and the figures of a plan, said to people."""

from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp
from flask_babel import ngettext

from matching.what_ifs import Drive, FreeDay, OtherWeights, Question
from models.what_if import WhatIfKind
from web.moments import weekday_text

KINDS: Final[dict[WhatIfKind, Any]] = {
    WhatIfKind.RECRUIT: _lp("what if", "Whom should we look for?"),
    WhatIfKind.DRIVE: _lp("what if", "What if we won volunteers somewhere?"),
    WhatIfKind.FREE_DAY: _lp("what if", "What if everybody had one more free day?"),
    WhatIfKind.WEIGHTS: _lp("what if", "What if wishes weighed otherwise?"),
}

WEIGHTS: Final[dict[str, Any]] = {
    "near": _l("A short way"),
    "liked": _l("A liked kind of service"),
    "familiar": _l("A familiar place"),
    "turn": _l("Off for a second turn in the week"),
    "recent_hour": _l("Off for each hour served of late"),
}

PARTS: Final[dict[str, Any]] = {
    "morning": _lp("part of day", "Morning 8–12"),
    "afternoon": _lp("part of day", "Afternoon 12–18"),
    "evening": _lp("part of day", "Evening 18–21"),
}


def question_text(question: Question) -> str:
    """Say a question as a person would ask it."""
    if isinstance(question, FreeDay):
        return str(_("What if everybody were free on %(day)s as well?", day=weekday_text(question.day)))
    if isinstance(question, Drive):
        won = ngettext(
            "What if we won one more volunteer there?", "What if we won %(num)d more volunteers there?", question.people
        )
        return str(won)
    if isinstance(question, OtherWeights):
        return str(KINDS[WhatIfKind.WEIGHTS])
    return str(KINDS[WhatIfKind.RECRUIT])
