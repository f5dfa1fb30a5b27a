"""What if: questions about a planned week, for those who lead and those who run it. Nothing of the week is touched."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from matching.policy import policy_of
from matching.queries.what_ifs import WhatIfView, what_if_view, what_ifs
from matching.week import Week
from matching.what_ifs import SOFT_WEIGHTS, Drive, OtherWeights, Question, ask_what_if
from models.authority import Permission
from models.roster import RunState
from models.taxonomy import CERTIFICATES, SKILLS
from models.what_if import WhatIfKind
from web.access import current_actor, requires
from web.current import current_work, now
from web.forms.form import Form, read_form
from web.forms.what_if import SCHEMAS
from web.moments import day_text, weekday_text
from web.places import places_with_position, wanted_week
from web.texts.taxonomy import tag_name
from web.texts.what_if import KINDS, PARTS, WEIGHTS, question_text
from web.workers import start

what_if = Blueprint("what_if", __name__)
_WEEK_END = (5, 6)


@what_if.get("/what-if")
@requires(Permission.UNIT_INDICATOR_READ, Permission.CITY_RUN_READ)
def ask() -> ResponseReturnValue:
    """Show the four questions, and those that were asked about the week."""
    week = wanted_week()
    return _page(week, {})


@what_if.post("/what-if/<kind>")
@requires(Permission.UNIT_INDICATOR_READ, Permission.CITY_RUN_READ)
def ask_send(kind: str) -> ResponseReturnValue:
    """Ask one; the answer appears on a page of its own."""
    if kind not in list(WhatIfKind):
        raise NotFound
    week = wanted_week()
    question, form = read_form(SCHEMAS[WhatIfKind(kind)](), request.form)
    if question is None:
        return _page(week, {WhatIfKind(kind): form}, status=422)
    return redirect(url_for("what_if.answer", what_if_id=_asked(week, question)), 303)


@what_if.get("/what-if/<int:what_if_id>")
@requires(Permission.UNIT_INDICATOR_READ, Permission.CITY_RUN_READ)
def answer(what_if_id: int) -> ResponseReturnValue:
    """Show a question's answer: both plans side by side, or whom to look for."""
    with current_work().read() as session:
        view = what_if_view(session, current_actor(), what_if_id=what_if_id)
    monday = Week.parse(view.week).monday
    return render_template(
        "what_if/answer.html",
        view=view,
        question=question_text(view.question),
        told=_told(view),
        is_running=view.state is RunState.RUNNING,
        day_of=lambda minute: day_text(monday + timedelta(days=minute // 1440)),
        clock_of=lambda minute: f"{minute % 1440 // 60:02d}:{minute % 60:02d}",
    )


def _asked(week: Week, question: Question) -> int:
    from web.jobs.what_if import answer_what_if  # noqa: PLC0415  the jobs stand on the application

    with current_work().begin() as session:
        asked = ask_what_if(session, current_actor(), week=week, question=question, now=now())
    start("linli.what_if", lambda work, _actor: answer_what_if(work, what_if_id=asked), [str(asked)])
    return asked


def _told(view: WhatIfView) -> list[str]:
    """What was assumed, as short words."""
    question = view.question
    if isinstance(question, Drive):
        return [
            *(tag_name(tag) for tag in question.tags),
            *(weekday_text(day) for day in question.days),
            *(str(PARTS[part]) for part in question.parts),
        ]
    if isinstance(question, OtherWeights):
        return [f"{WEIGHTS[name]} {value}" for name, value in question.weights.items()]
    return []


def _page(week: Week, tried: dict[WhatIfKind, Form], status: int = 200) -> ResponseReturnValue:
    with current_work().read() as session:
        asked = what_ifs(session, current_actor(), week=week)
        units = places_with_position(session)
        weights = policy_of(session).weights
    blank = _blank({name: getattr(weights, name) for name in SOFT_WEIGHTS})
    page = render_template(
        "what_if/ask.html",
        week=str(week),
        asked=[(one, question_text(one.question)) for one in asked],
        forms={kind: tried.get(kind, blank) for kind in WhatIfKind},
        kinds={kind.value: str(text) for kind, text in KINDS.items()},
        Kind=WhatIfKind,
        units=units,
        weights=WEIGHTS,
        days=[(day, weekday_text(day)) for day in range(7)],
        parts=PARTS.items(),
        tags=[(code, tag_name(code)) for code in (*CERTIFICATES, *SKILLS)],
        is_waiting=any(one.state is RunState.RUNNING for one in asked),
    )
    return page, status


def _blank(weights: dict[str, int]) -> Form:
    values: dict[str, Any] = {**weights, "people": 10, "day": 5}
    values |= {"days[]": [str(day) for day in _WEEK_END], "parts[]": ["morning", "afternoon"]}
    return Form(values=values)
