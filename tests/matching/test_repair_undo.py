"""Turning a repair back: whoever was moved is asked for the old seat again, whoever has said yes stays."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.offers import Answer, answer_offer
from matching.repairs import Undone, apply_repair, undo_repair
from models.authority import SYSTEM, Role
from models.need import Seat, Shift, ShiftRole
from models.outbox import OutboxMessage
from models.roster import HOLDING, Assignment, AssignmentState, Offer, OfferState, RosterRun, RunKind, RunState
from tests.matching.planning import WEEK, publish
from tests.matching.world import STREET, World


def moved(world: World) -> tuple[int, int, int, int]:
    """Move the only person of a published week to another need of the same day; give run, person, old and new role."""
    session, person = world.session, world.person("甲")
    world.need("旧")
    publish(session, world.now)
    other = world.need("新", hour=14)
    old = session.scalars(select(Seat.role_id).join(Assignment, Assignment.seat_id == Seat.id)).one()
    new = session.scalars(select(ShiftRole.id).join(Shift).where(Shift.need_id == other)).one()
    change = {"kind": "moved", "person": person, "role": new, "from_role": old}
    run = RosterRun(week=str(WEEK), area=STREET, kind=RunKind.REPAIR, state=RunState.STORED, started_at=world.now)
    run.seed = run.workers = 1
    run.counts = {"changes": [change], "applied": False}
    session.add(run)
    session.flush()
    coordinator = world.account("zhou", Role.COORDINATOR, STREET)
    assert apply_repair(session, coordinator, run_id=run.id, now=world.now) == 2
    assert held(session) == [(new, AssignmentState.OFFERED)]
    return run.id, person, old, new


def held(session: Session) -> list[tuple[int, AssignmentState]]:
    query = (
        select(Seat.role_id, Assignment.state)
        .join(Seat, Seat.id == Assignment.seat_id)
        .where(Assignment.state.in_(HOLDING))
    )
    return [(role, state) for role, state in session.execute(query)]


def test_whoever_was_moved_is_asked_for_the_old_seat_again(world: World, session: Session) -> None:
    run, person, old, _ = moved(world)
    done = undo_repair(session, SYSTEM, run_id=run, now=world.now)
    assert (done, held(session)) == (Undone(let_go=1, asked_back=1, stays=0), [(old, AssignmentState.OFFERED)])
    told = session.scalars(select(OutboxMessage.kind).where(OutboxMessage.person_id == person)).all()
    assert told == ["offer", "released", "offer", "released", "offer"]


def test_whoever_has_said_yes_stays_where_they_are(world: World, session: Session) -> None:
    run, person, _, new = moved(world)
    offer = session.scalars(select(Offer.id).where(Offer.state == OfferState.OPEN)).one()
    answer_offer(session, world.volunteer(person), offer_id=offer, answer=Answer.CONFIRM, now=world.now)
    done = undo_repair(session, SYSTEM, run_id=run, now=world.now)
    assert (done, held(session)) == (Undone(let_go=0, asked_back=0, stays=2), [(new, AssignmentState.CONFIRMED)])
