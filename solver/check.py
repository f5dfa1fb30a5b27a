"""An independent judge of plans: every rule and every point of the file format, computed again in the plainest way.

This file shares no code with the candidates, the model or the bound. It reads records, walks lists and adds whole
numbers, so that a reader can hold it against the format's text line by line. Distances are IEEE 754 doubles,
``sqrt(dx² + dy²)``, and the nearness points are ``floor(near × (1 − distance ÷ radius))`` in that order of operations.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from solver.problem import Pair, Problem
from solver.records import Role, Shift, Volunteer


class Code(StrEnum):
    """Rules a plan can break."""

    UNKNOWN_VOLUNTEER = "unknown_volunteer"
    UNKNOWN_ROLE = "unknown_role"
    REPEATED = "repeated"
    TAG = "tag"
    EXPIRED = "expired"
    DISTANCE = "distance"
    TIME = "time"
    BARRED = "barred"
    ONE_ROLE = "one_role"
    BUSY = "busy"
    MAX_MINUTES = "max_minutes"
    MAX_SHIFTS = "max_shifts"
    MAX_SHIFTS_PER_DAY = "max_shifts_per_day"
    ROLE_MAX = "role_max"
    ALL_OR_NOTHING = "all_or_nothing"
    TEAM = "team"
    TOGETHER = "together"
    APART = "apart"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A broken rule: where (ids of volunteers, shifts or roles) and the numbers that show it."""

    code: Code
    place: tuple[str, ...]
    parameters: Mapping[str, int | float | str] = field(default_factory=dict)

    def __str__(self) -> str:
        numbers = ", ".join(f"{name} {value}" for name, value in self.parameters.items())
        return f"{self.code}: {' '.join(self.place)}" + (f" ({numbers})" if numbers else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the judge found. ``points`` is the sum of ``terms``, also for a plan that breaks rules."""

    violations: tuple[Violation, ...]
    points: int
    terms: Mapping[str, int]

    @property
    def feasible(self) -> bool:
        return not self.violations


@dataclass(frozen=True, slots=True)
class _Taken:
    volunteer: Volunteer
    shift: Shift
    role: Role


def check(problem: Problem, assignments: Iterable[Pair]) -> Verdict:
    """Judge a plan, given as pairs of volunteer id and role id.

    Raises
    ------
    Nothing for a bad plan: every broken rule is a `Violation`.
    """
    return _Judge(problem, list(assignments)).verdict()


class _Judge:
    def __init__(self, problem: Problem, assignments: Sequence[Pair]) -> None:
        self.problem = problem
        self.violations: list[Violation] = []
        self.familiar = set(problem.pairs("familiar"))
        self.published = set(problem.pairs("published"))
        self.barred = set(problem.pairs("barred"))
        self.taken = self._known(assignments)
        self.by_volunteer: dict[str, list[_Taken]] = defaultdict(list)
        self.by_shift: dict[str, list[_Taken]] = defaultdict(list)
        for one in self.taken:
            self.by_volunteer[one.volunteer.id].append(one)
            self.by_shift[one.shift.id].append(one)

    def verdict(self) -> Verdict:
        for one in self.taken:
            self.violations.extend(self._pair(one))
        for held in self.by_volunteer.values():
            self.violations.extend(self._week(held))
        for staff in self.by_shift.values():
            self.violations.extend(self._shift(staff))
        self.violations.extend(self._couples())
        present = {(one.volunteer.id, one.role.id) for one in self.taken}
        for lock in self.problem.pairs("locked"):
            if lock not in present:
                self.violations.append(Violation(code=Code.LOCKED, place=lock))
        terms = {name: total for name, total in self._terms().items() if total}
        return Verdict(violations=tuple(self.violations), points=sum(terms.values()), terms=terms)

    def _known(self, assignments: Sequence[Pair]) -> list[_Taken]:
        wanted_people = {volunteer for volunteer, _ in assignments}
        wanted_roles = {role for _, role in assignments}
        ids = self.problem.volunteers.ids
        people = {name: self.problem.volunteer(at) for at, name in enumerate(ids) if name in wanted_people}
        at = {name: index for index, name in enumerate(self.problem.roles.ids) if name in wanted_roles}
        shifts = {name: self.problem.shift(int(self.problem.roles.shift[index])) for name, index in at.items()}
        taken: list[_Taken] = []
        for pair, count in Counter(assignments).items():
            volunteer, role = pair
            if count > 1:
                self.violations.append(Violation(code=Code.REPEATED, place=pair, parameters={"times": count}))
            if volunteer not in people:
                self.violations.append(Violation(code=Code.UNKNOWN_VOLUNTEER, place=pair))
            elif role not in shifts:
                self.violations.append(Violation(code=Code.UNKNOWN_ROLE, place=pair))
            else:
                found = next(each for each in shifts[role].roles if each.id == role)
                taken.append(_Taken(people[volunteer], shifts[role], found))
        return taken

    def _pair(self, one: _Taken) -> Iterator[Violation]:
        place = (one.volunteer.id, one.role.id)
        for tag in one.role.needs:
            if tag not in one.volunteer.tags:
                yield Violation(code=Code.TAG, place=place, parameters={"tag": tag})
            elif not _holds(one.volunteer, tag, one.shift.end):
                yield Violation(code=Code.EXPIRED, place=place, parameters={"tag": tag})
        if _metres(one.volunteer.at, one.shift.at) > one.volunteer.radius:
            yield Violation(code=Code.DISTANCE, place=place, parameters={"radius": one.volunteer.radius})
        if not any(begin <= one.shift.start and one.shift.end <= end for begin, end in one.volunteer.free):
            yield Violation(code=Code.TIME, place=place, parameters={"start": one.shift.start, "end": one.shift.end})
        if (one.volunteer.id, one.shift.id) in self.barred:
            yield Violation(code=Code.BARRED, place=place)

    def _week(self, held: list[_Taken]) -> Iterator[Violation]:
        person = held[0].volunteer
        for shift, count in Counter(one.shift.id for one in held).items():
            if count > 1:
                yield Violation(code=Code.ONE_ROLE, place=(person.id, shift), parameters={"roles": count})
        shifts = {one.shift.id: one.shift for one in held}
        in_order = sorted(shifts.values(), key=lambda shift: (shift.start, shift.end))
        for position, first in enumerate(in_order):
            for second in in_order[position + 1 :]:
                if first.end + self._gap(first, second) > second.start:
                    yield Violation(code=Code.BUSY, place=(person.id, first.id, second.id))
        minutes = sum(one.shift.end - one.shift.start for one in held)
        days = Counter(one.shift.start // 1440 for one in held)
        limits = (
            (Code.MAX_MINUTES, minutes, person.max_minutes),
            (Code.MAX_SHIFTS, len(held), person.max_shifts),
            (Code.MAX_SHIFTS_PER_DAY, max(days.values()), person.max_shifts_per_day),
        )
        for code, amount, limit in limits:
            if limit is not None and amount > limit:
                yield Violation(code=code, place=(person.id,), parameters={"amount": amount, "limit": limit})

    def _gap(self, first: Shift, second: Shift) -> int:
        if first.at == second.at:
            return 0
        travel = self.problem.travel
        return math.ceil(_metres(first.at, second.at) / travel.metres_per_minute) + travel.buffer_minutes

    def _shift(self, staff: list[_Taken]) -> Iterator[Violation]:
        shift = staff[0].shift
        counts = Counter(one.role.id for one in staff)
        for role in shift.roles:
            if counts[role.id] > role.max:
                parameters = {"people": counts[role.id], "max": role.max}
                yield Violation(code=Code.ROLE_MAX, place=(role.id,), parameters=parameters)
            if shift.all_or_nothing and counts[role.id] < role.min:
                parameters = {"people": counts[role.id], "min": role.min}
                yield Violation(code=Code.ALL_OR_NOTHING, place=(shift.id, role.id), parameters=parameters)
        people = {one.volunteer.id: one.volunteer for one in staff}
        for rule in shift.team:
            holders = sum(_holds(person, rule.tag, shift.end) for person in people.values())
            if holders < rule.at_least:
                yield Violation(
                    code=Code.TEAM,
                    place=(shift.id,),
                    parameters={"tag": rule.tag, "people": holders, "at_least": rule.at_least},
                )

    def _couples(self) -> Iterator[Violation]:
        shifts = {name: {one.shift.id for one in held} for name, held in self.by_volunteer.items()}
        for first, second in self.problem.pairs("together"):
            for shift in sorted(shifts.get(first, set()) ^ shifts.get(second, set())):
                yield Violation(code=Code.TOGETHER, place=(first, second, shift))
        for first, second in self.problem.pairs("apart"):
            for shift in sorted(shifts.get(first, set()) & shifts.get(second, set())):
                yield Violation(code=Code.APART, place=(first, second, shift))

    def _terms(self) -> dict[str, int]:
        weights = self.problem.weights
        terms: dict[str, int] = defaultdict(int)
        counts = Counter(one.role.id for one in self.taken)
        for role, shift in {one.role.id: (one.role, one.shift) for one in self.taken}.values():
            people, times = counts[role.id], weights.priority[shift.priority]
            terms["essential"] += times * weights.essential * min(people, role.min)
            terms["wanted"] += times * weights.wanted * max(0, min(people, role.target) - role.min)
            terms["extra"] += times * weights.extra * max(0, people - role.target)
        for one in self.taken:
            person = one.volunteer
            terms["near"] += self._near(one)
            terms["liked"] += weights.liked * (one.shift.category in person.likes)
            terms["familiar"] += weights.familiar * ((person.id, one.shift.id) in self.familiar)
            terms["kept"] += weights.kept * ((person.id, one.role.id) in self.published)
            terms["recent"] -= min(weights.recent_cap, weights.recent_hour * person.recent_hours)
        for held in self.by_volunteer.values():
            terms["turn"] -= sum(weights.turn * (k - 1) for k in range(1, len(held) + 1))
        return terms

    def _near(self, one: _Taken) -> int:
        near, radius = self.problem.weights.near, one.volunteer.radius
        if radius == 0:
            return near
        return max(0, math.floor(near * (1 - _metres(one.volunteer.at, one.shift.at) / radius)))


def _metres(here: tuple[float, float], there: tuple[float, float]) -> float:
    across, along = here[0] - there[0], here[1] - there[1]
    return math.sqrt(across * across + along * along)


def _holds(person: Volunteer, tag: str, until: int) -> bool:
    if tag not in person.tags:
        return False
    ceases = person.tags[tag]
    return ceases is None or ceases >= until
