"""Small random problems with every rule in use, and a brute force that knows nothing of the solver."""

import itertools
import math
import random
from collections import Counter

from solver import Horizon, Problem, Role, Shift, TeamRule, Travel, Volunteer, Weights

TAGS = ("adult", "first_aid", "experienced")
CATEGORIES = ("elderly", "green")


def small_world(seed: int, *, people: int = 4, shifts: int = 3) -> dict:
    """Records of a problem of a handful of people and shifts; locks may be unsound."""
    rng = random.Random(seed)
    volunteers = [_volunteer(rng, index) for index in range(rng.randint(1, people))]
    week = [_shift(rng, index) for index in range(rng.randint(1, shifts))]
    ids = [person.id for person in volunteers]
    roles = [role.id for shift in week for role in shift.roles]
    names = [shift.id for shift in week]

    def some(first, second, share):
        return [pair for pair in itertools.product(first, second) if rng.random() < share]

    couples = list(itertools.combinations(ids, 2))
    return {
        "horizon": Horizon(start="2026-11-23T00:00:00+08:00", minutes=2880),
        "travel": Travel(metres_per_minute=rng.choice([50.0, 200.0]), buffer_minutes=rng.choice([0, 15])),
        "weights": _weights(rng),
        "volunteers": volunteers,
        "shifts": week,
        "familiar": some(ids, names, 0.15),
        "barred": some(ids, names, 0.08),
        "published": some(ids, roles, 0.15),
        "locked": some(ids, roles, 0.06) if rng.random() < 0.3 else [],
        "together": [pair for pair in couples if rng.random() < 0.15],
        "apart": [pair for pair in couples if rng.random() < 0.15],
    }


def _weights(rng):
    if rng.random() < 0.6:
        return Weights()
    return Weights(
        essential=rng.choice([0, 50, 1000]),
        wanted=rng.choice([0, 300, 1500]),
        extra=rng.choice([0, 20, 400]),
        priority={1: rng.randint(1, 8), 2: 3, 3: rng.randint(0, 2)},
        near=rng.choice([0, 100, 37]),
        turn=rng.choice([0, 80, 900]),
        recent_hour=5,
        recent_cap=rng.choice([30, 2000]),
        kept=rng.choice([0, 400]),
    )


def _volunteer(rng, index):
    tags = {tag: rng.choice([None, None, rng.randrange(300, 2000)]) for tag in TAGS if rng.random() < 0.8}
    free = []
    for _ in range(rng.randint(1, 2)):
        begin = rng.randrange(0, 1200, 60)
        free.append((begin, begin + rng.choice([400, 1200, 2400])))
    return Volunteer(
        id=f"v{index}",
        at=(rng.randrange(0, 3000) / 2, float(rng.randrange(0, 1500))),
        radius=float(rng.choice([900, 1800, 3000])),
        tags=tags,
        free=tuple(free),
        max_minutes=rng.choice([None, 120, 300]),
        max_shifts=rng.choice([None, 1, 2]),
        max_shifts_per_day=rng.choice([None, 1, 2]),
        likes=tuple(each for each in CATEGORIES if rng.random() < 0.4),
        recent_hours=rng.choice([0, 3, 40, 500]),
    )


def _shift(rng, index):
    start = rng.randrange(300, 2000, 30)
    roles = []
    for number in range(rng.choice([1, 1, 2])):
        least = rng.randint(0, 2)
        target = least + rng.randint(0, 1)
        needs = tuple(tag for tag in TAGS if rng.random() < 0.2)
        roles.append(
            Role(id=f"s{index}/{number}", needs=needs, min=least, target=target, max=target + rng.randint(0, 1))
        )
    team = [TeamRule(tag=rng.choice(TAGS), at_least=rng.randint(0, 2))] if rng.random() < 0.35 else []
    return Shift(
        id=f"s{index}",
        at=rng.choice([(500.0, 500.0), (float(rng.randrange(0, 1500)), float(rng.randrange(0, 1500)))]),
        start=start,
        end=start + rng.choice([60, 90, 180]),
        category=rng.choice([*CATEGORIES, None]),
        priority=rng.randint(1, 3),
        all_or_nothing=rng.random() < 0.4,
        team=tuple(team),
        roles=tuple(roles),
    )


def best_by_force(world: dict) -> tuple[int | None, int]:
    """The optimum's points (``None``: no plan is allowed) and how many plans were looked at."""
    sets = [own_sets(world, person) for person in world["volunteers"]]
    if math.prod(map(len, sets)) > 60_000:
        raise OverflowError
    best, looked = None, 0
    for choice in itertools.product(*sets):
        looked += 1
        plan = [
            (person.id, shift.id, role.id)
            for person, taken in zip(world["volunteers"], choice, strict=True)
            for shift, role in taken
        ]
        if allowed(world, plan):
            points = points_of(world, plan)
            best = points if best is None else max(best, points)
    return best, looked


def _distance(a, b):
    return math.sqrt((a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]))


def _may(world, person, shift, role):
    for tag in role.needs:
        if tag not in person.tags or (person.tags[tag] is not None and person.tags[tag] < shift.end):
            return False
    if _distance(person.at, shift.at) > person.radius or (person.id, shift.id) in world["barred"]:
        return False
    return any(a <= shift.start and shift.end <= b for a, b in person.free)


def own_sets(world, person):
    pairs = [(s, r) for s in world["shifts"] for r in s.roles if _may(world, person, s, r)]
    return [
        taken
        for size in range(len(pairs) + 1)
        for taken in itertools.combinations(pairs, size)
        if _serves(world, person, taken)
    ]


def _serves(world, person, taken):
    def limit(value):
        return math.inf if value is None else value

    if len(taken) > limit(person.max_shifts) or sum(s.end - s.start for s, _ in taken) > limit(person.max_minutes):
        return False
    if any(n > limit(person.max_shifts_per_day) for n in Counter(s.start // 1440 for s, _ in taken).values()):
        return False
    travel = world["travel"]
    for (a, _), (b, _) in itertools.combinations(taken, 2):
        gap = 0 if a.at == b.at else math.ceil(_distance(a.at, b.at) / travel.metres_per_minute) + travel.buffer_minutes
        if not (a.end + gap <= b.start or b.end + gap <= a.start):
            return False
    return True


def allowed(world, plan) -> bool:
    """Whether the rules between people hold for a plan whose people each keep their own."""
    by_id = {person.id: person for person in world["volunteers"]}
    for shift in world["shifts"]:
        staff = [(v, r) for v, s, r in plan if s == shift.id]
        count = Counter(r for _, r in staff)
        if any(count[role.id] > role.max for role in shift.roles):
            return False
        if staff and shift.all_or_nothing and any(count[role.id] < role.min for role in shift.roles):
            return False
        for rule in shift.team:
            tags = [by_id[v].tags for v, _ in staff]
            able = sum(rule.tag in t and (t[rule.tag] is None or t[rule.tag] >= shift.end) for t in tags)
            if staff and able < rule.at_least:
                return False
        there = {v for v, _ in staff}
        if any((a in there) != (b in there) for a, b in world["together"]):
            return False
        if any(a in there and b in there for a, b in world["apart"]):
            return False
    return {(v, r) for v, r in world["locked"]} <= {(v, r) for v, _, r in plan}


def points_of(world, plan) -> int:
    """Points of a plan, written from the format's text."""
    w, total = world["weights"], 0
    people = {person.id: person for person in world["volunteers"]}
    for shift in world["shifts"]:
        for role in shift.roles:
            n = sum(r == role.id for _, _, r in plan)
            tiers = w.essential * min(n, role.min) + w.wanted * max(0, min(n, role.target) - role.min)
            total += w.priority[shift.priority] * (tiers + w.extra * max(0, n - role.target))
    shifts = {shift.id: shift for shift in world["shifts"]}
    turns = Counter()
    for v, s, r in plan:
        person = people[v]
        total += math.floor(w.near * (1 - _distance(person.at, shifts[s].at) / person.radius))
        total += w.liked * (shifts[s].category in person.likes) + w.familiar * ((v, s) in world["familiar"])
        total += w.kept * ((v, r) in world["published"]) - min(w.recent_cap, w.recent_hour * person.recent_hours)
        total -= w.turn * turns[v]
        turns[v] += 1
    return total


def problem_of(world: dict) -> Problem:
    return Problem.of(**world)
