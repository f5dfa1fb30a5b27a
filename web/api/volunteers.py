"""Version 1, for volunteers: the week, answers, finding a need, arriving and leaving, hours and certificates."""

from typing import Any

from matching.certificates import issue_certificate
from matching.hours import dispute_hours
from matching.offers import Answered, answer_offer
from matching.presence import check_in, check_out
from matching.queries.certificates import (
    CertificateView,
    Verification,
    certificate_view,
    certificates_of,
    verification,
)
from matching.queries.day import MyShift, my_day
from matching.queries.finding import OpenRole, needs_nearby
from matching.queries.my_hours import MyHours, my_hours
from matching.queries.volunteers import MyWeek, Profile, my_profile, my_week
from matching.taking import give_back, take_seat
from matching.taking_back import undo_answer
from matching.wishes import ask_by_people, pause
from models.authority import Permission
from web.access import current_actor, public, requires
from web.accounts.volunteering import Offered, change_offered
from web.api.blueprint import api
from web.api.commands import CheckSchema, Made, Nearby, NearbySchema, OnlySchema
from web.api.paging import Page, PagedSchema, page_from, page_of
from web.api.shapes import shape_of
from web.api.views import Taken
from web.current import current_work, now, today
from web.forms.answers import OfferAnswer, OfferAnswerSchema, Pause, PauseSchema
from web.forms.day import Here, HereAct, HereSchema
from web.forms.volunteers import Dispute, DisputeSchema, MyTimesSchema
from web.limits import ANSWER, PLACE_CODE, SIGN_IN, by_program, limiter


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


@api.route("/me/profile", methods=["PUT"], tags=["Volunteer"])
@requires(Permission.SELF_PROFILE_WRITE)
@api.arguments(MyTimesSchema)
@api.response(200, shape_of(Profile))
def change_my_profile(command: Offered) -> Profile:
    """Change what is offered: skills, kinds, hours of the week, how far, how often."""
    with current_work().begin() as session:
        change_offered(session, current_actor(), command, now=now())
        session.flush()
        return my_profile(session, current_actor())


@api.route("/me/pause", methods=["PUT"], tags=["Volunteer"])
@requires(Permission.SELF_PROFILE_WRITE)
@api.arguments(PauseSchema)
@api.response(204)
def pause_me(command: Pause) -> None:
    """Be asked nothing before a day; neither a day nor weeks ends the pause."""
    with current_work().begin() as session:
        pause(session, current_actor(), until=command.ends_on(today()), now=now())


@api.route("/me/by-people", methods=["PUT"], tags=["Volunteer"])
@requires(Permission.SELF_PROFILE_WRITE)
@api.arguments(OnlySchema)
@api.response(204)
def by_people(data: dict[str, bool]) -> None:
    """Let only people, not the program, propose the volunteer, or let both (PIPL 24)."""
    with current_work().begin() as session:
        ask_by_people(session, current_actor(), only=data["people_only"], now=now())


@api.route("/me/offers/<int:offer_id>/answer", methods=["POST"], tags=["Volunteer"])
@requires(Permission.SELF_OFFER_ANSWER)
@limiter.limit(ANSWER, key_func=by_program)
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


@api.route("/me/offers/<int:offer_id>/undo", methods=["POST"], tags=["Volunteer"])
@requires(Permission.SELF_OFFER_ANSWER)
@limiter.limit(ANSWER, key_func=by_program)
@api.response(204)
def undo_my_answer(offer_id: int) -> None:
    """Take an answer back: the question is open again."""
    with current_work().begin() as session:
        undo_answer(session, current_actor(), offer_id=offer_id, now=now())


@api.route("/me/nearby", methods=["GET"], tags=["Volunteer"])
@requires(Permission.SELF_OFFER_ANSWER)
@api.arguments(NearbySchema, location="query")
@api.response(200, page_of(OpenRole))
def read_nearby(asked: Nearby) -> Page[OpenRole]:
    """Give open roles near home in the next fourteen days, soonest first; *rule* says why one may not be taken."""
    with current_work().read() as session:
        found = needs_nearby(
            session,
            current_actor(),
            now=now(),
            within_metres=asked.within_metres,
            category=asked.kind,
            day=asked.day,
        )
    paged = {"limit": asked.limit, "after": asked.after}
    return page_from(
        sorted(found.roles, key=lambda role: (role.starts_at, role.role_id)),
        paged,
        lambda role: [role.starts_at, role.role_id],
    )


@api.route("/me/nearby/<int:role_id>", methods=["POST"], tags=["Volunteer"])
@requires(Permission.SELF_OFFER_ANSWER)
@limiter.limit(ANSWER, key_func=by_program)
@api.response(201, shape_of(Taken))
def take(role_id: int) -> Taken:
    """Take a seat of a role by oneself; it is confirmed at once."""
    with current_work().begin() as session:
        return Taken(offer_id=take_seat(session, current_actor(), role_id=role_id, now=now()))


@api.route("/me/taken/<int:offer_id>/undo", methods=["POST"], tags=["Volunteer"])
@requires(Permission.SELF_OFFER_ANSWER)
@limiter.limit(ANSWER, key_func=by_program)
@api.response(204)
def undo_taking(offer_id: int) -> None:
    """Give back what was taken by oneself."""
    with current_work().begin() as session:
        give_back(session, current_actor(), offer_id=offer_id, now=now())


@api.route("/me/day", methods=["GET"], tags=["Volunteer"])
@requires(Permission.SELF_WEEK_READ)
@api.arguments(PagedSchema, location="query")
@api.response(200, page_of(MyShift))
def read_my_day(asked: dict[str, Any]) -> Page[MyShift]:
    """Give the shifts of today, and when arriving and leaving can be said."""
    with current_work().read() as session:
        shifts = my_day(session, current_actor(), now=now())
    return page_from(shifts, asked, lambda shift: [shift.starts_at, shift.shift_id])


@api.route("/me/shifts/<int:shift_id>/presence", methods=["POST"], tags=["Volunteer"])
@requires(Permission.SELF_WEEK_READ)
@limiter.limit(PLACE_CODE, key_func=by_program)
@api.arguments(HereSchema)
@api.response(201, Made)
def say_here(command: Here, shift_id: int) -> dict[str, int]:
    """Arrive or leave by the six digits or the QR code of the place."""
    verb = check_in if command.act is HereAct.ARRIVE else check_out
    with current_work().begin() as session:
        said = "".join(command.code.split())
        return {"id": verb(session, current_actor(), shift_id=shift_id, said=said, now=now())}


@api.route("/me/hours", methods=["GET"], tags=["Volunteer"])
@requires(Permission.SELF_WEEK_READ)
@api.response(200, shape_of(MyHours))
def read_my_hours() -> MyHours:
    """Give all hours: reported by agencies, served here, approved, and the newest two hundred records."""
    with current_work().read() as session:
        return my_hours(session, current_actor())


@api.route("/me/hours/<int:record_id>/dispute", methods=["POST"], tags=["Volunteer"])
@requires(Permission.SELF_WEEK_READ)
@limiter.limit(ANSWER, key_func=by_program)
@api.arguments(DisputeSchema)
@api.response(204)
def dispute(command: Dispute, record_id: int) -> None:
    """Say that a record of hours is wrong."""
    with current_work().begin() as session:
        dispute_hours(session, current_actor(), record_id=record_id, reason=command.reason, now=now())


@api.route("/me/certificates", methods=["GET"], tags=["Volunteer"])
@requires(Permission.SELF_WEEK_READ)
@api.arguments(PagedSchema, location="query")
@api.response(200, page_of(CertificateView))
def read_certificates(asked: dict[str, Any]) -> Page[CertificateView]:
    """Give one's certificates, the newest first."""
    with current_work().read() as session:
        found = certificates_of(session, current_actor())
    return page_from(found, asked, lambda one: [-one.certificate_id])


@api.route("/me/certificates", methods=["POST"], tags=["Volunteer"])
@requires(Permission.SELF_WEEK_READ)
@limiter.limit(SIGN_IN, key_func=by_program)
@api.response(201, shape_of(CertificateView))
def certify() -> CertificateView:
    """Issue a certificate over the approved hours, free of charge."""
    actor = current_actor()
    with current_work().begin() as session:
        made = issue_certificate(session, actor, person_id=actor.person_id or 0, now=now())
        return certificate_view(session, actor, certificate_id=made)


@api.route("/certificates/<string:number>", methods=["GET"], tags=["Everybody"])
@public
@limiter.limit(ANSWER)
@api.arguments(CheckSchema, location="query")
@api.response(200, shape_of(Verification))
@api.doc(security=[])
def verify(data: dict[str, str], number: str) -> Verification:
    """Say whether a certificate is genuine, to anybody who holds its number and check."""
    with current_work().read() as session:
        return verification(session, number=number[:40], check=data["check"])
