"""Nobody is in two places: persons who hold seats at one time are not made one by a machine."""

from collections.abc import Sequence
from itertools import combinations
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.roster import HOLDING, Assignment
from registry.bulk import parts


def double_booked(session: Session, groups: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    """Give the pairs of persons within each group who hold seats at overlapping times, lower id first."""
    held = _held(session, sorted({person for group in groups for person in group}))
    return sorted(
        (min(a, b), max(a, b))
        for group in groups
        for a, b in combinations([person for person in group if person in held], 2)
        if any(_overlap(one, two) for one in held[a] for two in held[b])
    )


def _held(session: Session, persons: list[int]) -> dict[int, list[tuple[Any, ...]]]:
    columns = (Assignment.person_id, Assignment.shift_id, Assignment.starts_at, Assignment.ends_at)
    found: dict[int, list[tuple[Any, ...]]] = {}
    for part in parts(persons):
        statement = select(*columns).where(Assignment.person_id.in_(part), Assignment.state.in_(HOLDING))
        for person, *seat in session.execute(statement):
            found.setdefault(person, []).append(tuple(seat))
    return found


def _overlap(one: tuple[Any, ...], two: tuple[Any, ...]) -> bool:
    (shift, starts, ends), (other, begins, stops) = one, two
    return bool(shift == other or (starts < stops and begins < ends))
