"""The steps of the week as an operator decides them, and the times of units."""

from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from matching.queries.steps import next_steps
from matching.refusals import NotFound
from matching.steps import request_step, skip_step, unskip_step
from matching.timetables import WeekTimes, set_week_times, week_times, week_times_of
from matching.week import NoSuchWeek, Week
from models.authority import Permission
from web.access import current_actor, requires
from web.current import current_work, now
from web.forms import Form, read_form
from web.forms.timetable import StepAct, StepCommand, StepSchema, TimesCommand, UnitTimesSchema
from web.moments import weekday_text
from web.texts.runs import step_name

timetable = Blueprint("timetable", __name__)


@timetable.post("/runs/steps")
@requires(Permission.CITY_RUN_START)
def decide() -> ResponseReturnValue:
    """Run a step at the next tick, let it not happen, or take that back."""
    command, form = read_form(StepSchema(), request.form)
    if not isinstance(command, StepCommand):
        flash(next(iter(form.errors.values())), "trouble")
        return redirect(url_for("operator.runs"))
    week = _week(command.week)
    with current_work().begin() as session:
        actor, step, area = current_actor(), command.step, command.area
        if command.act is StepAct.RUN:
            request_step(session, actor, step=step, week=week, now=now())
        elif command.act is StepAct.UNSKIP:
            unskip_step(session, actor, step=step, week=week, area=area, now=now())
        else:
            due_at = _due_at(session, command, week)
            skip_step(session, actor, step=step, week=week, area=area, due_at=due_at, now=now())
    _say(command)
    return redirect(url_for("operator.runs"))


@timetable.get("/timetable")
@requires(Permission.CITY_RUN_READ)
def show() -> ResponseReturnValue:
    """Show the times in force: the city's, and those of units that have their own."""
    with current_work().read() as session:
        found = week_times(session, current_actor())
    return render_template("operator/timetable.html", found=found, **_words())


@timetable.get("/timetable/<unit_code>")
@requires(Permission.CITY_RUN_START)
def show_one(unit_code: str) -> ResponseReturnValue:
    """Show the form of one unit's times."""
    with current_work().read() as session:
        times = week_times_of(session, current_actor(), unit_code=unit_code)
    return _form(times, Form(values=_values(times)), 200)


@timetable.post("/timetable/<unit_code>")
@requires(Permission.CITY_RUN_START)
def show_one_send(unit_code: str) -> ResponseReturnValue:
    """Set one unit's times."""
    command, form = read_form(UnitTimesSchema(), request.form)
    if not isinstance(command, TimesCommand):
        with current_work().read() as session:
            return _form(week_times_of(session, current_actor(), unit_code=unit_code), form, 422)
    with current_work().begin() as session:
        set_week_times(
            session, current_actor(), unit_code=unit_code, steps=command.steps, answers=command.answers, now=now()
        )
    flash(_("The times are set. They hold from the next step on."), "good")
    return redirect(url_for("timetable.show"))


@timetable.get("/timetable/unit")
@requires(Permission.CITY_RUN_START)
def choose() -> ResponseReturnValue:
    """Lead from a code that was typed to the form of that unit."""
    return redirect(url_for("timetable.show_one", unit_code=request.args.get("code", "").strip()[:15] or "0"))


def _due_at(session: Session, command: StepCommand, week: Week) -> datetime:
    for line in next_steps(session, current_actor(), now=now()):
        if (line.step, line.week, line.area) == (command.step, week, command.area):
            return line.due_at
    raise NotFound(kind="step")


def _say(command: StepCommand) -> None:
    name = step_name(command.step.value)
    if command.act is StepAct.SKIP:
        flash(_("“%(step)s” will not happen for that week. It can be taken back in the list.", step=name), "waiting")
    elif command.act is StepAct.UNSKIP:
        flash(_("“%(step)s” happens after all, at its time.", step=name), "good")
    else:
        flash(_("“%(step)s” runs within a minute.", step=name), "good")


def _form(times: WeekTimes, form: Form, status: int) -> ResponseReturnValue:
    return render_template("operator/unit_times.html", times=times, form=form, **_words()), status


def _words() -> dict[str, Any]:
    return {"step_name": step_name, "weekdays": [(str(number), weekday_text(number)) for number in range(7)]}


def _values(times: WeekTimes) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for step, one in times.steps.items():
        values[f"{step.value}.weekday"] = str(one.weekday)
        values[f"{step.value}.at"] = f"{one.at:%H:%M}"
    if times.is_own:
        values["answers_from"], values["answers_until"] = f"{times.answers_from:%H:%M}", f"{times.answers_until:%H:%M}"
    return values


def _week(text: str) -> Week:
    try:
        return Week.parse(text)
    except NoSuchWeek as error:
        raise NotFound(kind="week") from error
