"""Version 1: the commands and reads of volunteers, coordinators, operators and leaders; stewards beside it.

A program signs in with a token; a page of this site may use its session, with the token against forgery.
"""

from typing import Any

from flask import abort, request
from flask_smorest import Blueprint

from matching.assignments import lock, release
from matching.needs import NeedCommand, cancel_need, change_need, post_need, reopen_need
from matching.offers import Answered, answer_offer
from matching.publishing import Published, publish_roster
from matching.queries.coordination import CitySummary, Today, city_summary
from matching.queries.coordination import today as what_needs_me
from matching.queries.needs import NeedLine, NeedView, need_view, needs_of_week
from matching.queries.rosters import RosterView, RunLine, RunView, roster_week, run_view
from matching.queries.rosters import runs as newest_runs
from matching.queries.volunteers import MyWeek, Profile, my_profile, my_week
from matching.week import Week
from models.authority import Permission
from web.access import current_actor, public, requires
from web.accounts.door import cheap_passwords
from web.accounts.reader import reader_of
from web.accounts.signing_in import account_by_password
from web.accounts.tokens import LIFETIME_SECONDS, make_token
from web.api.commands import LockSchema, Made, OfWeek, OfWeekSchema, SignInSchema, TheWeekSchema, Token
from web.api.shapes import shape_of
from web.current import current_settings, current_work, now, today
from web.forms.answers import OfferAnswer, OfferAnswerSchema
from web.forms.needs import NeedSchema
from web.limits import ANSWER, SIGN_IN, limiter
from web.places import coming_week
from web.security import csrf

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

api = Blueprint("api_v1", __name__, description="Linli")

csrf.exempt(api)


@api.before_request
def check_session() -> None:
    """Ask what comes by a session, not by a token, for the token against forgery."""
    by_token = request.headers.get("Authorization", "").startswith("Bearer ")
    if request.method not in SAFE and not by_token and not request.path.endswith("/tokens"):
        csrf.protect()


@api.route("/tokens", methods=["POST"], tags=["Signing in"])
@public
@limiter.limit(SIGN_IN)
@api.arguments(SignInSchema)
@api.response(200, Token)
@api.doc(security=[])
def sign_in(data: dict[str, str]) -> dict[str, object]:
    """Give a token for twelve hours, to be sent as *Authorization: Bearer …*."""
    with current_work().begin() as session:
        account = account_by_password(session, **data, now=now(), cheap=cheap_passwords())
        if account is None:
            abort(401)
        return {"token": make_token(current_settings().secret_key, reader_of(account)), "expires_in": LIFETIME_SECONDS}


@api.route("/me/week", methods=["GET"], tags=["Volunteer"])
@requires(Permission.SELF_WEEK_READ)
@api.response(200, shape_of(MyWeek))
def read_my_week() -> MyWeek:
    """Give what waits for an answer, what is coming, what was served."""
    with current_work().read() as session:
        return my_week(session, current_actor(), now=now())


@api.route("/me/profile", methods=["GET"], tags=["Volunteer"])
@requires(Permission.SELF_PROFILE_WRITE)
@api.response(200, shape_of(Profile))
def read_my_profile() -> Profile:
    """Give what matching knows of the volunteer."""
    with current_work().read() as session:
        return my_profile(session, current_actor())


@api.route("/me/offers/<int:offer_id>/answer", methods=["POST"], tags=["Volunteer"])
@requires(Permission.SELF_OFFER_ANSWER)
@limiter.limit(ANSWER)
@api.arguments(OfferAnswerSchema)
@api.response(200, shape_of(Answered))
def answer(command: OfferAnswer, offer_id: int) -> Answered:
    """Confirm or decline an offer; the same answer twice is one answer."""
    with current_work().begin() as session:
        return answer_offer(
            session,
            current_actor(),
            offer_id=offer_id,
            answer=command.answer,
            reason=command.reason,
            note_text=command.note,
            other_starts_at=command.other_starts_at,
            pause_until=command.paused_until(today()),
            now=now(),
        )


@api.route("/today", methods=["GET"], tags=["Coordinator"])
@requires(Permission.UNIT_NEED_WRITE)
@api.response(200, shape_of(Today))
def read_today() -> Today:
    """Give what needs the coordinator today, in order."""
    with current_work().read() as session:
        return what_needs_me(session, current_actor(), now=now())


@api.route("/needs", methods=["GET"], tags=["Coordinator"])
@requires(Permission.UNIT_NEED_READ)
@api.arguments(OfWeekSchema, location="query")
@api.response(200, shape_of(NeedLine)(many=True))
def read_needs(asked: OfWeek) -> list[NeedLine]:
    """Give the shifts of a week, soonest first, with how full they are."""
    with current_work().read() as session:
        return list(needs_of_week(session, current_actor(), week=asked.week or coming_week()))


@api.route("/needs", methods=["POST"], tags=["Coordinator"])
@requires(Permission.UNIT_NEED_WRITE)
@api.arguments(NeedSchema)
@api.response(201, Made)
def post(command: NeedCommand) -> dict[str, int]:
    """Post a need."""
    with current_work().begin() as session:
        return {"id": post_need(session, current_actor(), command=command, now=now())}


@api.route("/needs/<int:need_id>", methods=["GET"], tags=["Coordinator"])
@requires(Permission.UNIT_NEED_READ)
@api.response(200, shape_of(NeedView))
def read_need(need_id: int) -> NeedView:
    """Give one need whole."""
    with current_work().read() as session:
        return need_view(session, current_actor(), need_id=need_id)


@api.route("/needs/<int:need_id>", methods=["PUT"], tags=["Coordinator"])
@requires(Permission.UNIT_NEED_WRITE)
@api.arguments(NeedSchema)
@api.response(200, Made)
def change(command: NeedCommand, need_id: int) -> dict[str, int]:
    """Change a need."""
    with current_work().begin() as session:
        return {"id": change_need(session, current_actor(), need_id=need_id, command=command, now=now())}


@api.route("/needs/<int:need_id>/cancel", methods=["POST"], tags=["Coordinator"])
@requires(Permission.UNIT_NEED_WRITE)
@api.response(204)
def cancel(need_id: int) -> None:
    """Cancel a need; whoever holds a seat in it is told."""
    with current_work().begin() as session:
        cancel_need(session, current_actor(), need_id=need_id, reason="coordinator", now=now())


@api.route("/needs/<int:need_id>/reopen", methods=["POST"], tags=["Coordinator"])
@requires(Permission.UNIT_NEED_WRITE)
@api.response(204)
def reopen(need_id: int) -> None:
    """Take a cancellation back."""
    with current_work().begin() as session:
        reopen_need(session, current_actor(), need_id=need_id, now=now())


@api.route("/roster", methods=["GET"], tags=["Coordinator"])
@requires(Permission.UNIT_ROSTER_READ)
@api.arguments(OfWeekSchema, location="query")
@api.response(200, shape_of(RosterView))
def read_roster(asked: OfWeek) -> RosterView:
    """Give the week's board: shifts, roles, seats, and why some are empty."""
    week = asked.week or coming_week()
    with current_work().read() as session:
        return roster_week(session, current_actor(), week=week, unit_code=asked.unit)


@api.route("/assignments/<int:assignment_id>/lock", methods=["POST"], tags=["Coordinator"])
@requires(Permission.UNIT_ROSTER_WRITE)
@api.arguments(LockSchema)
@api.response(204)
def keep(data: dict[str, bool], assignment_id: int) -> None:
    """Keep somebody in a seat through the next plan, or let the plan move them."""
    with current_work().begin() as session:
        lock(session, current_actor(), assignment_id=assignment_id, locked=data["locked"], now=now())


@api.route("/assignments/<int:assignment_id>/release", methods=["POST"], tags=["Coordinator"])
@requires(Permission.UNIT_ROSTER_WRITE)
@api.response(204)
def let_go(assignment_id: int) -> None:
    """Take somebody out of a seat; whoever was asked already is told."""
    with current_work().begin() as session:
        release(session, current_actor(), assignment_id=assignment_id, reason="coordinator", now=now())


@api.route("/runs", methods=["GET"], tags=["Operator"])
@requires(Permission.CITY_RUN_READ)
@api.response(200, shape_of(RunLine)(many=True))
def read_runs() -> list[RunLine]:
    """Give the newest runs first."""
    with current_work().read() as session:
        return list(newest_runs(session, current_actor()))


@api.route("/runs/<int:run_id>", methods=["GET"], tags=["Operator"])
@requires(Permission.CITY_RUN_READ)
@api.response(200, shape_of(RunView))
def read_run(run_id: int) -> RunView:
    """Give one run, with what makes it possible to make it again."""
    with current_work().read() as session:
        return run_view(session, current_actor(), run_id=run_id)


@api.route("/roster/publish", methods=["POST"], tags=["Operator"])
@requires(Permission.CITY_ROSTER_PUBLISH)
@api.arguments(TheWeekSchema)
@api.response(200, shape_of(Published))
def publish(data: dict[str, Week]) -> Published:
    """Publish a week's proposal: everybody in it is asked."""
    with current_work().begin() as session:
        return publish_roster(session, current_actor(), week=data["week"], area="", now=now())


@api.route("/city", methods=["GET"], tags=["Leader"])
@requires(Permission.UNIT_INDICATOR_READ)
@api.arguments(OfWeekSchema, location="query")
@api.response(200, shape_of(CitySummary))
def read_city(asked: OfWeek) -> Any:
    """Give the week of the city in a few figures."""
    with current_work().read() as session:
        return city_summary(session, week=asked.week or coming_week())
