"""Version 1, for the week between people: stand-ins and swaps, one's own word, channels, templates, a unit's repair.

A friend's link is a person's to open, on its page; here answer those who were asked by name.
"""

from typing import Any

from flask import url_for

from matching.contact import Wished, keep_contact, reachable
from matching.feedback import Word, say_of_service, say_of_volunteer
from matching.needs import NeedCommand
from matching.queries.changes import newest_repair, repair_changes
from matching.queries.handovers import Asked, Handed, Search, asked_for, handovers_of_week, my_search
from matching.refusals import NothingToRepair
from matching.repairs import Undone, apply_repair, undo_repair
from matching.rosters import published_roster
from matching.standing_in import decline_stand_in, seek_again, seek_stand_in, stand_in, stop_seeking, turn_back
from matching.swaps import accept_swap, offer_swap, refuse_swap
from matching.templates import TemplateLine, keep_template, post_from_template, put_away_template, templates
from matching.unmarked import say_i_was_there, take_back_i_was_there
from models.authority import Permission
from models.roster import RunKind, RunState
from web.access import current_actor, requires
from web.accounts.emails import email_digest, own_email
from web.api.blueprint import api
from web.api.commands import AskSchema, AwaySchema, Made, NameSchema, OfWeek, OfWeekSchema, SwapSchema, UnitWeekSchema
from web.api.paging import Page, PagedSchema, page_from, page_of
from web.api.shapes import shape_of
from web.api.views import Counted, MyContact, RepairShown, StartedRun
from web.current import current_work, now
from web.forms.contact import WishedSchema
from web.forms.day import WordSchema
from web.forms.needs import NeedSchema
from web.limits import ANSWER, by_program, limiter
from web.places import coming_week
from web.workers import start


@api.route("/me/seats/<int:assignment_id>/stand-in", methods=["GET"], tags=["Volunteer"])
@requires(Permission.SELF_OFFER_ANSWER)
@api.response(200, shape_of(Search))
def read_search(assignment_id: int) -> Search:
    """Give how the search for somebody in one's own place stands."""
    with current_work().read() as session:
        return my_search(session, current_actor(), assignment_id=assignment_id)


@api.route("/me/seats/<int:assignment_id>/stand-in", methods=["POST"], tags=["Volunteer"])
@requires(Permission.SELF_OFFER_ANSWER)
@limiter.limit(ANSWER, key_func=by_program)
@api.arguments(AskSchema)
@api.response(201, shape_of(Search))
def begin_search(data: dict[str, bool], assignment_id: int) -> Search:
    """Look for somebody in one's own place; the seat stays one's own until another accepts."""
    with current_work().begin() as session:
        actor = current_actor()
        seek_stand_in(session, actor, assignment_id=assignment_id, ask=data["ask"], now=now())
        return my_search(session, actor, assignment_id=assignment_id)


@api.route("/me/stand-ins/<int:handover_id>/stop", methods=["POST"], tags=["Volunteer"])
@requires(Permission.SELF_OFFER_ANSWER)
@limiter.limit(ANSWER, key_func=by_program)
@api.response(204)
def stop_search(handover_id: int) -> None:
    """Come after all."""
    with current_work().begin() as session:
        stop_seeking(session, current_actor(), handover_id=handover_id, now=now())


@api.route("/me/stand-ins/<int:handover_id>/again", methods=["POST"], tags=["Volunteer"])
@requires(Permission.SELF_OFFER_ANSWER)
@limiter.limit(ANSWER, key_func=by_program)
@api.response(204)
def search_again(handover_id: int) -> None:
    """Go on looking."""
    with current_work().begin() as session:
        seek_again(session, current_actor(), handover_id=handover_id, now=now())


@api.route("/me/stand-ins/<int:handover_id>", methods=["GET"], tags=["Volunteer"])
@requires(Permission.SELF_OFFER_ANSWER)
@api.response(200, shape_of(Asked))
def read_asked(handover_id: int) -> Asked:
    """Give what one was asked to stand in for, and which of one's seats could be offered in exchange."""
    with current_work().read() as session:
        return asked_for(session, current_actor(), handover_id=handover_id, invited=False, now=now())


@api.route("/me/stand-ins/<int:handover_id>/take", methods=["POST"], tags=["Volunteer"])
@requires(Permission.SELF_OFFER_ANSWER)
@limiter.limit(ANSWER, key_func=by_program)
@api.response(201, Made)
def take_over_seat(handover_id: int) -> dict[str, int]:
    """Stand in: the seat changes hands; the id is the new assignment's."""
    with current_work().begin() as session:
        return {"id": stand_in(session, current_actor(), handover_id=handover_id, now=now())}


@api.route("/me/stand-ins/<int:handover_id>/decline", methods=["POST"], tags=["Volunteer"])
@requires(Permission.SELF_OFFER_ANSWER)
@limiter.limit(ANSWER, key_func=by_program)
@api.response(204)
def decline_seat(handover_id: int) -> None:
    """Say that one cannot stand in."""
    with current_work().begin() as session:
        decline_stand_in(session, current_actor(), handover_id=handover_id, now=now())


@api.route("/me/stand-ins/<int:handover_id>/swap", methods=["POST"], tags=["Volunteer"])
@requires(Permission.SELF_OFFER_ANSWER)
@limiter.limit(ANSWER, key_func=by_program)
@api.arguments(SwapSchema)
@api.response(204)
def offer_exchange(data: dict[str, int], handover_id: int) -> None:
    """Offer a confirmed seat of one's own in exchange; its holder decides."""
    with current_work().begin() as session:
        offer_swap(session, current_actor(), handover_id=handover_id, assignment_id=data["assignment_id"], now=now())


@api.route("/me/stand-ins/<int:handover_id>/swaps/<int:person_id>/accept", methods=["POST"], tags=["Volunteer"])
@requires(Permission.SELF_OFFER_ANSWER)
@limiter.limit(ANSWER, key_func=by_program)
@api.response(201, Made)
def accept_exchange(handover_id: int, person_id: int) -> dict[str, int]:
    """Exchange the two seats at one stroke; the id is one's new assignment's."""
    with current_work().begin() as session:
        return {"id": accept_swap(session, current_actor(), handover_id=handover_id, person_id=person_id, now=now())}


@api.route("/me/stand-ins/<int:handover_id>/swaps/<int:person_id>/refuse", methods=["POST"], tags=["Volunteer"])
@requires(Permission.SELF_OFFER_ANSWER)
@limiter.limit(ANSWER, key_func=by_program)
@api.response(204)
def refuse_exchange(handover_id: int, person_id: int) -> None:
    """Not want an exchange; the search goes on."""
    with current_work().begin() as session:
        refuse_swap(session, current_actor(), handover_id=handover_id, person_id=person_id, now=now())


@api.route("/stand-ins", methods=["GET"], tags=["Coordinator"])
@requires(Permission.UNIT_ROSTER_READ)
@api.arguments(OfWeekSchema, location="query")
@api.response(200, page_of(Handed))
def read_handed(asked: OfWeek) -> Page[Handed]:
    """Give the seats of a week that changed hands, or are about to, the newest first."""
    with current_work().read() as session:
        found = handovers_of_week(session, current_actor(), week=asked.week or coming_week())
    return page_from(found, {"limit": asked.limit, "after": asked.after}, lambda line: [-line.handover_id])


@api.route("/stand-ins/<int:handover_id>/undo", methods=["POST"], tags=["Coordinator"])
@requires(Permission.UNIT_ROSTER_WRITE)
@api.response(204)
def undo_handed(handover_id: int) -> None:
    """Turn back what changed hands: whoever came is told, whoever went is asked again."""
    with current_work().begin() as session:
        turn_back(session, current_actor(), handover_id=handover_id, now=now())


@api.route("/me/contact", methods=["GET"], tags=["Volunteer"])
@requires(Permission.SELF_PROFILE_WRITE)
@api.response(200, shape_of(MyContact))
def read_contact() -> Wished:
    """Give by which way, and when not, the volunteer is reached."""
    with current_work().read() as session:
        return reachable(session, current_actor().person_id or 0).wished or Wished()


@api.route("/me/contact", methods=["PUT"], tags=["Volunteer"])
@requires(Permission.SELF_PROFILE_WRITE)
@api.arguments(WishedSchema)
@api.response(204)
def keep_reached(command: Wished) -> None:
    """Choose by which way, and when not; mail needs an address that was confirmed."""
    actor, keyring = current_actor(), current_work().keyring
    with current_work().begin() as session:
        digest = email_digest(keyring, own_email(session, actor.person_id or 0))
        keep_contact(session, actor, wished=command, email_digest=digest, now=now())


@api.route("/me/assignments/<int:assignment_id>/was-there", methods=["POST"], tags=["Volunteer"])
@requires(Permission.SELF_OFFER_ANSWER)
@limiter.limit(ANSWER, key_func=by_program)
@api.response(201, Made)
def was_there(assignment_id: int) -> dict[str, int]:
    """Say that one served where nobody wrote it down; the hours are a proposal."""
    with current_work().begin() as session:
        return {"id": say_i_was_there(session, current_actor(), assignment_id=assignment_id, now=now())}


@api.route("/me/assignments/<int:assignment_id>/was-there", methods=["DELETE"], tags=["Volunteer"])
@requires(Permission.SELF_OFFER_ANSWER)
@limiter.limit(ANSWER, key_func=by_program)
@api.response(204)
def was_not_there(assignment_id: int) -> None:
    """Take that back while nobody has decided on it."""
    with current_work().begin() as session:
        take_back_i_was_there(session, current_actor(), assignment_id=assignment_id, now=now())


@api.route("/me/assignments/<int:assignment_id>/word", methods=["PUT"], tags=["Volunteer"])
@requires(Permission.SELF_WEEK_READ)
@limiter.limit(ANSWER, key_func=by_program)
@api.arguments(WordSchema)
@api.response(204)
def say_own_word(word: Word, assignment_id: int) -> None:
    """Say how one's service was; said again, it takes the place of what was said."""
    with current_work().begin() as session:
        say_of_service(session, current_actor(), assignment_id=assignment_id, word=word, now=now())


@api.route("/assignments/<int:assignment_id>/word", methods=["PUT"], tags=["Coordinator"])
@requires(Permission.UNIT_ATTENDANCE_WRITE)
@api.arguments(WordSchema)
@api.response(204)
def say_leaders_word(word: Word, assignment_id: int) -> None:
    """Say of a volunteer whether the need would have them again; a rating is not kept: leaders rate nobody."""
    with current_work().begin() as session:
        say_of_volunteer(session, current_actor(), assignment_id=assignment_id, word=word, now=now())


@api.route("/templates", methods=["GET"], tags=["Coordinator"])
@requires(Permission.UNIT_NEED_WRITE)
@api.arguments(PagedSchema, location="query")
@api.response(200, page_of(TemplateLine))
def read_templates(asked: dict[str, Any]) -> Page[TemplateLine]:
    """Give the templates of needs that may be used, the most used first."""
    with current_work().read() as session:
        found = templates(session, current_actor(), limit=1000)
    return page_from(found, asked, lambda line: [-line.used, -line.template_id])


@api.route("/needs/<int:need_id>/template", methods=["POST"], tags=["Coordinator"])
@requires(Permission.UNIT_NEED_WRITE)
@api.arguments(NameSchema)
@api.response(201, Made)
def keep_need(data: dict[str, str], need_id: int) -> dict[str, int]:
    """Keep a need as a template of its unit."""
    with current_work().begin() as session:
        return {"id": keep_template(session, current_actor(), need_id=need_id, name=data["name"], now=now())}


@api.route("/templates/<int:template_id>/needs", methods=["POST"], tags=["Coordinator"])
@requires(Permission.UNIT_NEED_WRITE)
@api.arguments(NeedSchema)
@api.response(201, Made)
def post_kept(command: NeedCommand, template_id: int) -> dict[str, int]:
    """Post a need filled in from a template; what the command does not say (team, holidays) is the template's."""
    with current_work().begin() as session:
        actor = current_actor()
        return {"id": post_from_template(session, actor, template_id=template_id, command=command, now=now())}


@api.route("/templates/<int:template_id>/away", methods=["PUT"], tags=["Coordinator"])
@requires(Permission.UNIT_NEED_WRITE)
@api.arguments(AwaySchema)
@api.response(204)
def put_away(data: dict[str, bool], template_id: int) -> None:
    """Put a template away, or take it out again."""
    with current_work().begin() as session:
        put_away_template(session, current_actor(), template_id=template_id, away=data["away"], now=now())


@api.route("/roster/repair", methods=["GET"], tags=["Coordinator"])
@requires(Permission.UNIT_ROSTER_WRITE)
@api.arguments(UnitWeekSchema, location="query")
@api.response(200, shape_of(RepairShown))
def read_repair(data: dict[str, Any]) -> RepairShown:
    """Give the newest repair of a unit's week, with its changes as soon as they are worked out."""
    with current_work().read() as session:
        run = newest_repair(session, current_actor(), week=data["week"], area=data["unit"])
        if run is None or run.state is not RunState.STORED:
            return RepairShown(run=run, changes=None)
        return RepairShown(run=run, changes=repair_changes(session, current_actor(), run_id=run.run_id))


@api.route("/roster/repair", methods=["POST"], tags=["Coordinator"])
@requires(Permission.UNIT_ROSTER_WRITE)
@api.arguments(UnitWeekSchema)
@api.response(202, shape_of(StartedRun))
def begin_repair(data: dict[str, Any]) -> StartedRun:
    """Begin to look for the fewest changes that mend a unit's published week; ask at *poll* for them."""
    from web.jobs.week import propose_repair  # noqa: PLC0415  the jobs stand on the application

    week, unit = data["week"], data["unit"]
    with current_work().read() as session:
        newest_repair(session, current_actor(), week=week, area=unit)  # refuses a unit that is not the reader's
        if published_roster(session, week=week, area=unit) is None:
            raise NothingToRepair(week=str(week), area=unit)
    start("linli.repair", lambda work, by: propose_repair(work, by, week=week, area=unit), [str(week), unit])
    poll = url_for("api_v1.read_repair", week=str(week), unit=unit)
    return StartedRun(week=str(week), kind=RunKind.REPAIR.value, poll=poll)


@api.route("/roster/repairs/<int:run_id>/apply", methods=["POST"], tags=["Coordinator"])
@requires(Permission.UNIT_ROSTER_WRITE)
@api.response(200, shape_of(Counted))
def send_repair(run_id: int) -> Counted:
    """Send the changes of a unit's repair, as they were shown."""
    with current_work().begin() as session:
        return Counted(count=apply_repair(session, current_actor(), run_id=run_id, now=now()))


@api.route("/roster/repairs/<int:run_id>/undo", methods=["POST"], tags=["Coordinator"])
@requires(Permission.UNIT_ROSTER_WRITE)
@api.response(200, shape_of(Undone))
def turn_repair_back(run_id: int) -> Undone:
    """Turn the changes back where that still can be done."""
    with current_work().begin() as session:
        return undo_repair(session, current_actor(), run_id=run_id, now=now())
