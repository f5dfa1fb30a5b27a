"""Version 1, for those who lead and those who run a week: what if. Nothing of the week is touched."""

from dataclasses import asdict

from matching.queries.what_ifs import WhatIfView, what_if_view, what_ifs
from matching.what_ifs import Drive, FreeDay, OtherWeights, Question, Recruit, ask_what_if
from models.authority import Permission
from web.access import current_actor, requires
from web.api.blueprint import api
from web.api.commands import InWeek, InWeekSchema, Made, OfWeek, OfWeekSchema
from web.api.paging import Page, page_from, page_of
from web.api.shapes import shape_of
from web.api.views import AskedWhatIf
from web.current import current_work, now
from web.forms.what_if import DriveSchema, FreeDaySchema, WeightsSchema
from web.places import coming_week
from web.workers import start

_MAY = (Permission.UNIT_INDICATOR_READ, Permission.CITY_RUN_READ)


@api.route("/what-ifs", methods=["GET"], tags=["Leader"])
@requires(*_MAY)
@api.arguments(OfWeekSchema, location="query")
@api.response(200, page_of(AskedWhatIf))
def read_what_ifs(asked: OfWeek) -> Page[AskedWhatIf]:
    """Give the questions asked about a week, the newest first; whom to look for stands with one question alone."""
    with current_work().read() as session:
        found = what_ifs(session, current_actor(), week=asked.week or coming_week())
    lines = [_shown(one) for one in found]
    return page_from(lines, {"limit": asked.limit, "after": asked.after}, lambda line: [-line.id])


@api.route("/what-ifs/<int:what_if_id>", methods=["GET"], tags=["Leader"])
@requires(*_MAY)
@api.response(200, shape_of(AskedWhatIf))
def read_what_if(what_if_id: int) -> AskedWhatIf:
    """Give a question with its answer as far as there is one: ask again while it is *running*."""
    with current_work().read() as session:
        return _shown(what_if_view(session, current_actor(), what_if_id=what_if_id))


@api.route("/what-ifs/weights", methods=["POST"], tags=["Leader"])
@requires(*_MAY)
@api.arguments(InWeekSchema, location="query")
@api.arguments(WeightsSchema)
@api.response(201, Made)
def ask_weights(asked: InWeek, question: OtherWeights) -> dict[str, int]:
    """Ask what other weights of wishes and fairness would do."""
    return _ask(asked, question)


@api.route("/what-ifs/free-day", methods=["POST"], tags=["Leader"])
@requires(*_MAY)
@api.arguments(InWeekSchema, location="query")
@api.arguments(FreeDaySchema)
@api.response(201, Made)
def ask_free_day(asked: InWeek, question: FreeDay) -> dict[str, int]:
    """Ask what it would do if everybody were free on one more day."""
    return _ask(asked, question)


@api.route("/what-ifs/drive", methods=["POST"], tags=["Leader"])
@requires(*_MAY)
@api.arguments(InWeekSchema, location="query")
@api.arguments(DriveSchema)
@api.response(201, Made)
def ask_drive(asked: InWeek, question: Drive) -> dict[str, int]:
    """Ask what so many more people in one unit would do."""
    return _ask(asked, question)


@api.route("/what-ifs/recruit", methods=["POST"], tags=["Leader"])
@requires(*_MAY)
@api.arguments(InWeekSchema, location="query")
@api.response(201, Made)
def ask_whom_to_look_for(asked: InWeek) -> dict[str, int]:
    """Ask whom to look for: skills, place and time, each tried."""
    return _ask(asked, Recruit())


def _ask(asked: InWeek, question: Question) -> dict[str, int]:
    from web.jobs.what_if import answer_what_if  # noqa: PLC0415  the jobs stand on the application

    week = asked.week or coming_week()
    with current_work().begin() as session:
        number = ask_what_if(session, current_actor(), week=week, question=question, now=now())
    start("linli.what_if", lambda work, _actor: answer_what_if(work, what_if_id=number), [str(number)])
    return {"id": number}


def _shown(view: WhatIfView) -> AskedWhatIf:
    return AskedWhatIf(
        id=view.id,
        week=view.week,
        kind=view.question.kind.value,
        asked=asdict(view.question),
        unit_name=view.unit_name,
        state=view.state,
        asked_at=view.asked_at,
        answered_at=view.answered_at,
        failure=view.failure,
        sides=view.sides,
        recruiting=view.recruiting,
    )
