"""The compiled auction: shifts bid for the people they lack, people let go look for the next best place.

A role offers just enough that its second choice would be as dear, and a step more (Bertsekas 1988); whoever is hired
away leaves a gap that their old shift fills next. Shifts that are all or nothing, or need a holder of a tag, either
find everybody they need at no loss or close. See `solver.auction`; the arrays are those of `solver.hiring`.
"""

from __future__ import annotations

import numpy as np

from solver.arrays import Bools, Floats, Int32s, Ints
from solver.compiled import kernel, whole
from solver.hiring_kernel import (
    COUNT,
    FAR,
    FILL,
    FIRST,
    FIRST_ROLE,
    FIXED,
    HOLDERS,
    HOLDS,
    LAST,
    LAST_ROLE,
    LEAST,
    MEMBER,
    NEED,
    OPEN,
    OWN,
    PAY,
    POINTS,
    ROLE,
    SCALE,
    SHIFT,
    SIZE,
    TAGGED,
    TURN,
    WHO,
    WHOLE,
    dearest,
    holding,
    join,
    leave,
    marginal,
    required,
)

TOUCHED, FREED, HEAD, TAIL, TOGGLED, NOW, LATEST = 0, 1, 2, 3, 4, 5, 6
"""Entries of `marks`: volunteers written down, those let go, both ends of the ring of shifts that lack somebody,
shifts opened or closed, the number of the attempt under way (0: nothing is written down) and of the latest one."""
_PATIENCE = 8
"""Bids a seat that a shift makes at a time."""


@kernel
def touch(hired: Ints, held: Int32s, stamp: Ints, journal: Ints, marks: Ints, person: int) -> None:
    """Write down how the person stands, once an attempt: row 0 of an entry is who and how many, the others what."""
    if marks[NOW] == 0 or stamp[person] == marks[NOW]:
        return
    stamp[person] = marks[NOW]
    at = marks[TOUCHED]
    marks[TOUCHED] = at + 1
    journal[at, 0, 0], journal[at, 0, 1] = person, held[person]
    for i in range(held[person]):
        for field in range(4):
            journal[at, i + 1, field] = hired[person, i, field]


@kernel
def wake(waits: Ints, marks: Ints, shift: int) -> None:
    """Let the shift look for people again; row 0 of `waits` is the ring, row 1 says who is in it."""
    if waits[1, shift] == 0:
        waits[1, shift] = 1
        waits[0, marks[TAIL]] = shift
        marks[TAIL] = (marks[TAIL] + 1) % waits.shape[1]


@kernel
def wake_all(week: Ints, waits: Ints, marks: Ints) -> None:
    """Let every open shift bid."""
    for shift in range(len(week)):
        if week[shift, OPEN]:
            wake(waits, marks, shift)


@kernel
def let_go(
    terms: Ints, week: Ints, roles: Ints, fill: Ints, hired: Ints, held: Int32s, member: Ints,
    stamp: Ints, journal: Ints, lists: Ints, marks: Ints, person: int, role: int,
) -> None:  # fmt: skip
    """End a hire from the role's side; in an attempt the person looks for another place."""
    touch(hired, held, stamp, journal, marks, person)
    leave(terms, week, roles, fill, hired, held, member, person, holding(hired, held, person, role))
    if marks[NOW] > 0 and marks[FREED] < lists.shape[1]:
        lists[0, marks[FREED]] = person
        marks[FREED] += 1


@kernel
def hire(
    terms: Ints, week: Ints, roles: Ints, fill: Ints, hired: Ints, held: Int32s, member: Ints,
    stamp: Ints, journal: Ints, waits: Ints, marks: Ints,
    person: int, role: int, pay: int, points: int, holds: int, out: Bools,
) -> None:  # fmt: skip
    """The person leaves what is marked for the role, which has a seat."""
    touch(hired, held, stamp, journal, marks, person)
    for i in range(held[person] - 1, -1, -1):
        if out[i]:
            wake(waits, marks, roles[hired[person, i, ROLE], SHIFT])
            leave(terms, week, roles, fill, hired, held, member, person, i)
    join(terms, week, roles, fill, hired, held, member, person, role, pay, points, holds)


@kernel
def switch(week: Ints, lists: Ints, marks: Ints, shift: int, running: int) -> None:
    """Open or close a shift without anybody in it."""
    if marks[NOW] > 0 and marks[TOGGLED] < lists.shape[1]:
        lists[1, marks[TOGGLED]] = 2 * shift + week[shift, OPEN]
        marks[TOGGLED] += 1
    week[shift, OPEN] = running


@kernel
def close(
    terms: Ints, week: Ints, roles: Ints, fill: Ints, hired: Ints, held: Int32s, member: Ints,
    stamp: Ints, journal: Ints, lists: Ints, marks: Ints, shift: int,
) -> None:  # fmt: skip
    """Let everybody go and stay closed."""
    for role in range(week[shift, FIRST_ROLE], week[shift, LAST_ROLE]):
        while roles[role, COUNT] > 0:
            person = member[roles[role, MEMBER]]
            let_go(
                terms, week, roles, fill, hired, held, member, stamp, journal, lists, marks, person, role
            )  # fmt: skip
    switch(week, lists, marks, shift, 0)


@kernel
def cheapest(
    people: Ints, week: Ints, at: Floats, speed: float, terms: Ints, roles: Ints, offers: Int32s, hired: Ints,
    held: Int32s, role: int, only_holders: bool, out: Bools, chosen: Bools,
) -> tuple[int, int, int]:  # fmt: skip
    """The pair of the role that costs least beyond its points, that cost, and the second least; marks `chosen`."""
    best, second, found = FAR, FAR, -1
    for i in range(roles[role, FIRST], roles[role, LAST]):
        worth = offers[i, POINTS] * terms[SCALE]
        if -worth >= second:
            break
        if only_holders and offers[i, HOLDS] == 0:
            continue
        person = whole(offers[i, WHO])
        if holding(hired, held, person, role) >= 0:
            continue
        cost = required(people, week, at, speed, terms, roles, hired, held, person, role, out)
        if cost >= FAR:
            continue
        cost -= worth
        if cost < best:
            best, second, found = cost, best, i
            for j in range(held[person]):
                chosen[j] = out[j]
        elif cost < second:
            second = cost
    return found, best, second


@kernel
def staff(
    people: Ints, week: Ints, at: Floats, speed: float, terms: Ints, roles: Ints, fill: Ints, offers: Int32s,
    hired: Ints, held: Int32s, member: Ints, stamp: Ints, journal: Ints, waits: Ints, lists: Ints, marks: Ints,
    shift: int, step: int, out: Bools, chosen: Bools,
) -> int:  # fmt: skip
    """Let an open shift bid for whom it lacks, and close it when it cannot stand; says how many bids that took."""
    bids, profit, fixed, stands = 0, whole(0), False, True
    first, last = week[shift, FIRST_ROLE], week[shift, LAST_ROLE]
    cursor, patience = first, _PATIENCE
    for role in range(first, last):
        patience += _PATIENCE * roles[role, SIZE]
    while stands:
        if bids > patience or 4 * marks[TOUCHED] > 3 * len(journal):  # the same few people again, or too many
            stands = False
            break
        lacking = week[shift, HOLDERS] < week[shift, NEED]
        role, best, other = whole(-1), whole(-FAR), whole(-1)
        found, cost, second = -1, FAR, FAR
        for each in range(
            first if lacking else cursor, last
        ):  # where somebody is worth most; or the next who is worth it
            worth, who = marginal(roles, fill, each, 1), whole(-1)
            if worth <= -FAR and lacking:
                who, worth = dearest(terms, roles, hired, held, member, each, True)
            if worth <= -FAR:
                continue
            bids += 1
            found, cost, second = cheapest(
                people, week, at, speed, terms, roles, offers, hired, held, each, lacking, out, chosen
            )  # fmt: skip
            forced = lacking or roles[each, COUNT] < roles[each, LEAST]
            if found >= 0 and (worth > cost or forced) and worth - cost > best:
                role, best, other = whole(each), worth - cost, who
                if not lacking:
                    break
            elif forced and not lacking:
                stands = False
                break
        if role < 0 or not stands:
            stands = stands and not lacking
            break
        cursor = role
        if lacking:
            found, cost, second = cheapest(
                people, week, at, speed, terms, roles, offers, hired, held, role, lacking, out, chosen
            )  # fmt: skip
        more = step * (1 + bids * bids // 16)  # a war over the same few people is soon decided
        more += min(second - cost, max(best - more, 0))
        if not lacking and roles[role, COUNT] >= roles[role, LEAST]:
            more = min(more, best)
        if other >= 0:
            let_go(
                terms, week, roles, fill, hired, held, member, stamp, journal, lists, marks, other, role
            )  # fmt: skip
        pay = cost + offers[found, POINTS] * terms[SCALE] + more
        hire(
            terms, week, roles, fill, hired, held, member, stamp, journal, waits, marks,
            whole(offers[found, WHO]), role, pay, whole(offers[found, POINTS]), whole(offers[found, HOLDS]), chosen,
        )  # fmt: skip
        for each in range(role - 1, first - 1, -1):  # somebody may have come from an earlier role of the same shift
            if roles[each, COUNT] < roles[each, LEAST]:
                cursor = whole(each)
    for role in range(first, last):
        profit += fill[roles[role, FILL] + roles[role, COUNT]]
        stands = stands and roles[role, COUNT] >= roles[role, LEAST]
        for k in range(roles[role, MEMBER], roles[role, MEMBER] + roles[role, COUNT]):
            i = holding(hired, held, member[k], role)
            fixed |= hired[member[k], i, PAY] >= FIXED // 2
            profit -= hired[member[k], i, PAY] - hired[member[k], i, OWN] * terms[SCALE]
    bound = week[shift, NEED] > 0 or week[shift, WHOLE] == 1
    stands = stands and week[shift, HOLDERS] >= week[shift, NEED]
    if bound and (not stands or (profit < 0 and not fixed)):
        close(terms, week, roles, fill, hired, held, member, stamp, journal, lists, marks, shift)
    return bids


@kernel
def clear(
    people: Ints, week: Ints, at: Floats, speed: float, terms: Ints, roles: Ints, fill: Ints, offers: Int32s,
    hired: Ints, held: Int32s, member: Ints, stamp: Ints, journal: Ints, waits: Ints, lists: Ints, marks: Ints,
    step: int, most: int,
) -> bool:  # fmt: skip
    """Let every shift that waits bid, at most so often; whether nobody waits any more."""
    out, chosen = np.zeros(hired.shape[1], np.bool_), np.zeros(hired.shape[1], np.bool_)
    bids = 0
    while marks[HEAD] != marks[TAIL]:
        if bids >= most:
            return False
        shift = waits[0, marks[HEAD]]
        marks[HEAD] = (marks[HEAD] + 1) % waits.shape[1]
        waits[1, shift] = 0
        if week[shift, OPEN]:
            bids += staff(
                people, week, at, speed, terms, roles, fill, offers, hired, held, member, stamp, journal, waits,
                lists, marks, shift, step, out, chosen,
            )  # fmt: skip
    return True


@kernel
def cut(
    people: Ints, week: Ints, at: Floats, speed: float, terms: Ints, roles: Ints, fill: Ints, offers: Int32s,
    hired: Ints, held: Int32s, member: Ints, stamp: Ints, journal: Ints, waits: Ints, lists: Ints, marks: Ints,
    step: int, reopen: bool,
) -> None:  # fmt: skip
    """Roles pay nobody more than their next choice would cost, let those go who cost more, and look again.

    This is what makes prices fall again (a reverse auction), so that a coarse step does no lasting harm.
    """
    out, chosen = np.zeros(hired.shape[1], np.bool_), np.zeros(hired.shape[1], np.bool_)
    for shift in range(len(week)):
        if reopen:
            week[shift, OPEN] = 1
        if not week[shift, OPEN]:
            continue
        for role in range(week[shift, FIRST_ROLE], week[shift, LAST_ROLE]):
            if roles[role, COUNT] == 0:
                continue
            _, other, _ = cheapest(
                people, week, at, speed, terms, roles, offers, hired, held, role, False, out, chosen
            )  # fmt: skip
            tagged = other
            if week[shift, NEED] > 0:
                _, tagged, _ = cheapest(
                    people, week, at, speed, terms, roles, offers, hired, held, role, True, out, chosen
                )  # fmt: skip
            last = FAR if roles[role, COUNT] <= roles[role, LEAST] else marginal(roles, fill, role, 0)
            for k in range(roles[role, COUNT] - 1, -1, -1):
                person = member[roles[role, MEMBER] + k]
                i = holding(hired, held, person, role)
                if hired[person, i, PAY] >= FIXED // 2:
                    continue
                kept = hired[person, i, TAGGED] == 1 and week[shift, HOLDERS] <= week[shift, NEED]
                most = tagged if kept else min(other, last)
                own = hired[person, i, OWN] * terms[SCALE]
                least = terms[TURN] * (held[person] - 1)
                if least - own > most + step:
                    let_go(
                        terms, week, roles, fill, hired, held, member, stamp, journal, lists, marks, person, role
                    )  # fmt: skip
                else:
                    hired[person, i, PAY] = max(least, min(hired[person, i, PAY], most + step + own))
        wake(waits, marks, shift)


@kernel
def closing_wages(
    people: Ints, week: Ints, at: Floats, speed: float, terms: Ints, roles: Ints, fill: Ints, offers: Int32s,
    hired: Ints, held: Int32s, member: Ints, role_slot: Ints, wage: Ints,
) -> None:  # fmt: skip
    """The wages that go with what everybody is paid: a role's next person is as dear as it is worth, or its dearest."""
    out, chosen = np.zeros(hired.shape[1], np.bool_), np.zeros(hired.shape[1], np.bool_)
    for role in range(len(roles)):
        shift = roles[role, SHIFT]
        slots = 2 if week[shift, NEED] > 0 else 1
        best = fill[roles[role, FILL] + min(1, roles[role, SIZE])]
        for tagged in range(slots):
            most = marginal(roles, fill, role, 1) if week[shift, OPEN] else whole(-FAR)
            for k in range(roles[role, MEMBER], roles[role, MEMBER] + roles[role, COUNT]):
                person = member[k]
                i = holding(hired, held, person, role)
                if (slots == 1 or hired[person, i, TAGGED] == tagged) and hired[person, i, PAY] < FIXED // 2:
                    most = max(most, hired[person, i, PAY] - hired[person, i, OWN] * terms[SCALE])
            if most <= -FAR:
                _, most, _ = cheapest(
                    people, week, at, speed, terms, roles, offers, hired, held, role, tagged == 1, out, chosen
                )  # fmt: skip
                most = min(most, best)
            wage[role_slot[role] + tagged] = most
