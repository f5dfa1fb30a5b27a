"""Why this person was asked: the facts an offer states, as codes and numbers; sentences are made in `web`."""

from typing import Any

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matching.snapshot import number
from models.roster import Offer
from models.taxonomy import CERTIFICATES, SKILLS
from solver import Problem, Result

_SAID = frozenset(CERTIFICATES) | frozenset(SKILLS)


def reasons_for(session: Session, problem: Problem, result: Result) -> dict[tuple[int, int], dict[str, Any]]:
    """Give, for each (person, role) of a plan, the facts that led to it.

    ``tags`` the skills and certificates asked for and held, ``metres`` the distance, ``liked`` whether the person
    likes the category, ``familiar`` whether they served the same need lately, ``last_asked`` the day of the last offer
    as ISO text, absent when never asked.
    """
    if not result.assignments:
        return {}
    people = {person: index for index, person in enumerate(problem.volunteers.ids)}
    roles = {role: index for index, role in enumerate(problem.roles.ids)}
    volunteer = np.array([people[person] for person, _ in result.assignments], dtype=np.int64)
    role = np.array([roles[role] for _, role in result.assignments], dtype=np.int64)
    shift = problem.roles.shift[role]
    metres = problem.distances(volunteer, shift)
    familiar = {tuple(pair) for pair in problem.familiar.tolist()}
    asked = _last_asked(session)
    found: dict[tuple[int, int], dict[str, Any]] = {}
    for index, (person, role_key) in enumerate(result.assignments):
        record = problem.volunteers
        facts: dict[str, Any] = {"metres": round(float(metres[index]))}
        tags = [problem.tags[tag] for tag in _slice(problem.roles.needs, int(role[index]))]
        said = [tag for tag in tags if tag in _SAID]
        if said:
            facts["tags"] = said
        category = int(problem.shifts.category[shift[index]])
        if category >= 0 and category in _slice(record.likes, int(volunteer[index])):
            facts["liked"] = True
        if (int(volunteer[index]), int(shift[index])) in familiar:
            facts["familiar"] = True
        if number(person) in asked:
            facts["last_asked"] = asked[number(person)]
        found[number(person), number(role_key)] = facts
    return found


def _slice(ragged: Any, index: int) -> list[int]:
    items: list[int] = ragged.items[ragged.start[index] : ragged.start[index + 1]].tolist()
    return items


def _last_asked(session: Session) -> dict[int, str]:
    query = select(Offer.person_id, func.max(Offer.offered_at)).group_by(Offer.person_id)
    return {person: at.date().isoformat() for person, at in session.execute(query)}
