"""Compiled attempts to better a plan: one change is forced, the auction settles what follows, a loss is taken back.

This is an ejection chain (Glover 1996) steered by prices: whoever loses a seat looks for the next best one, whatever
loses a person bids for another, until both ends are closed. An attempt that does not add points leaves no trace.
"""

from __future__ import annotations

import numpy as np

from solver.arrays import Bools, Floats, Int32s, Ints
from solver.auction_kernel import (
    FREED,
    HEAD,
    LATEST,
    NOW,
    TAIL,
    TOGGLED,
    TOUCHED,
    close,
    hire,
    let_go,
    staff,
    switch,
    wake,
)
from solver.compiled import kernel, whole
from solver.hiring_kernel import (
    COUNT,
    FAR,
    FIRST_ROLE,
    FIXED,
    GAINED,
    HOLDERS,
    HOLDS,
    LAST_ROLE,
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
    WHO,
    dearest,
    holding,
    join,
    leave,
    marginal,
    required,
)

_STEPS = 80


@kernel
def propose(
    people: Ints, week: Ints, at: Floats, speed: float, terms: Ints, roles: Ints, fill: Ints, start: Ints,
    mine: Int32s, hired: Ints, held: Int32s, member: Ints, stamp: Ints, journal: Ints, waits: Ints, lists: Ints,
    marks: Ints, person: int, out: Bools, chosen: Bools,
) -> None:  # fmt: skip
    """The person takes the place where they are worth most beyond what it costs, if there is one.

    They enter a free seat, or replace the role's dearest member, who then looks for a place in turn.
    """
    best, second, best_cost = whole(0), whole(0), whole(0)
    found, best_other = whole(-1), whole(-1)
    for pair in range(start[person], start[person + 1]):
        role = whole(mine[pair, WHO])
        shift = roles[role, SHIFT]
        if not week[shift, OPEN] or holding(hired, held, person, role) >= 0:
            continue
        worth, other = marginal(roles, fill, role, 1), whole(-1)
        if roles[role, COUNT] > 0:
            tight = week[shift, HOLDERS] <= week[shift, NEED] and week[shift, NEED] > 0 and mine[pair, HOLDS] == 0
            who, cost = dearest(terms, roles, hired, held, member, role, tight)
            if cost > worth:
                worth, other = cost, who
        value = worth + mine[pair, POINTS] * terms[SCALE]
        if value <= second:
            continue
        cost = required(people, week, at, speed, terms, roles, hired, held, person, role, out)
        value -= cost
        if cost >= FAR or value <= second:
            continue
        if value > best:
            second, best, found, best_other, best_cost = best, value, whole(pair), other, cost
            for i in range(held[person]):
                chosen[i] = out[i]
        else:
            second = value
    if found < 0:
        return
    role = whole(mine[found, WHO])
    if best_other >= 0:
        let_go(
            terms, week, roles, fill, hired, held, member, stamp, journal, lists, marks, best_other, role
        )  # fmt: skip
    hire(
        terms, week, roles, fill, hired, held, member, stamp, journal, waits, marks,
        person, role, best_cost + second, whole(mine[found, POINTS]), whole(mine[found, HOLDS]), chosen,
    )  # fmt: skip
    wake(waits, marks, roles[role, SHIFT])


@kernel
def settle(
    people: Ints, week: Ints, at: Floats, speed: float, terms: Ints, roles: Ints, fill: Ints, offers: Int32s,
    start: Ints, mine: Int32s, hired: Ints, held: Int32s, member: Ints, stamp: Ints, journal: Ints, waits: Ints,
    lists: Ints, marks: Ints, step: int, out: Bools, chosen: Bools,
) -> bool:  # fmt: skip
    """Let those who were let go and the shifts that lack somebody find what they can; whether all is settled."""
    for number in range(_STEPS):
        if 2 * marks[TOUCHED] > len(journal) or 2 * marks[FREED] > lists.shape[1]:
            return False
        if marks[HEAD] != marks[TAIL]:
            shift = waits[0, marks[HEAD]]
            marks[HEAD] = (marks[HEAD] + 1) % waits.shape[1]
            waits[1, shift] = 0
            if week[shift, OPEN]:
                staff(
                    people, week, at, speed, terms, roles, fill, offers, hired, held, member, stamp, journal, waits,
                    lists, marks, shift, step * (1 + number * number // 16), out, chosen,
                )  # fmt: skip
        elif marks[FREED] > 0:
            marks[FREED] -= 1
            propose(
                people, week, at, speed, terms, roles, fill, start, mine, hired, held, member, stamp, journal, waits,
                lists, marks, lists[0, marks[FREED]], out, chosen,
            )  # fmt: skip
        else:
            return True
    return False


@kernel
def begin_attempt(marks: Ints) -> None:
    """An empty journal under a new number."""
    marks[LATEST] += 1
    marks[NOW] = marks[LATEST]
    marks[TOUCHED], marks[FREED], marks[TOGGLED] = 0, 0, 0


@kernel
def take_back(
    week: Ints, terms: Ints, roles: Ints, fill: Ints, hired: Ints, held: Int32s, member: Ints, journal: Ints,
    waits: Ints, lists: Ints, marks: Ints, before: int,
) -> None:  # fmt: skip
    """Put everybody and every shift back as the journal says."""
    for at in range(marks[TOUCHED]):
        person = journal[at, 0, 0]
        while held[person] > 0:
            leave(terms, week, roles, fill, hired, held, member, person, held[person] - 1)
    for at in range(marks[TOUCHED]):
        for i in range(1, journal[at, 0, 1] + 1):
            join(
                terms, week, roles, fill, hired, held, member, journal[at, 0, 0], journal[at, i, ROLE],
                journal[at, i, PAY], journal[at, i, OWN], journal[at, i, TAGGED],
            )  # fmt: skip
    for at in range(marks[TOGGLED] - 1, -1, -1):
        week[lists[1, at] // 2, OPEN] = lists[1, at] % 2
    while marks[HEAD] != marks[TAIL]:
        waits[1, waits[0, marks[HEAD]]] = 0
        marks[HEAD] = (marks[HEAD] + 1) % waits.shape[1]
    terms[GAINED] = before


@kernel
def pay_wages(terms: Ints, hired: Ints, held: Int32s, role_slot: Ints, wage: Ints) -> None:
    """Pay everybody what the wages say; locked people stay where they are."""
    for person in range(len(held)):
        for i in range(held[person]):
            if hired[person, i, PAY] < FIXED // 2:
                slot = role_slot[hired[person, i, ROLE]] + hired[person, i, TAGGED]
                hired[person, i, PAY] = max(whole(0), hired[person, i, OWN] * terms[SCALE] + wage[slot])


@kernel
def wanted(
    people: Ints, week: Ints, at: Floats, speed: float, terms: Ints, roles: Ints, start: Ints, mine: Int32s,
    hired: Ints, held: Int32s, role_slot: Ints, wage: Ints, gains: Ints, pairs: Ints, lost: Int32s,
    first: int, last: int,
) -> None:  # fmt: skip
    """For each volunteer the pair that would gain most at the wages beyond what they would leave for it.

    ``lost`` is for every pair (when as many are asked for) what it loses by this measure, in 1/SCALE points.
    """
    out = np.zeros(hired.shape[1], np.bool_)
    every = len(lost) == len(mine)
    for person in range(first, last):
        gains[person], pairs[person] = 0, -1
        for pair in range(start[person], start[person + 1]):
            role = whole(mine[pair, WHO])
            value = mine[pair, POINTS] * terms[SCALE] + wage[role_slot[role] + mine[pair, HOLDS]]
            if not every and value <= gains[person]:
                continue
            if holding(hired, held, person, role) >= 0:
                if every:
                    lost[pair] = -(2**30)
                continue
            gain = value - required(people, week, at, speed, terms, roles, hired, held, person, role, out)
            if every:
                lost[pair] = min(whole(2**30), max(-whole(2**30), -gain))
            if gain > gains[person] and week[roles[role, SHIFT], OPEN]:
                gains[person], pairs[person] = gain, pair


@kernel
def exchange(
    people: Ints, week: Ints, at: Floats, speed: float, terms: Ints, roles: Ints, fill: Ints, offers: Int32s,
    start: Ints, mine: Int32s, hired: Ints, held: Int32s, member: Ints, stamp: Ints, journal: Ints, waits: Ints,
    lists: Ints, marks: Ints, asking: Ints, pairs: Ints, step: int,
) -> int:  # fmt: skip
    """Try to give each of these people the pair that they want; says how many attempts added points."""
    out, chosen = np.zeros(hired.shape[1], np.bool_), np.zeros(hired.shape[1], np.bool_)
    kept = 0
    for k in range(len(asking)):
        person, pair = asking[k], pairs[asking[k]]
        role = whole(mine[pair, WHO])
        shift = roles[role, SHIFT]
        if not week[shift, OPEN] or holding(hired, held, person, role) >= 0:
            continue
        needed = required(people, week, at, speed, terms, roles, hired, held, person, role, chosen)
        if needed >= FAR:
            continue
        before = terms[GAINED]
        tight = week[shift, NEED] > 0 and week[shift, HOLDERS] <= week[shift, NEED] and mine[pair, HOLDS] == 0
        other, cost = dearest(terms, roles, hired, held, member, role, tight)
        replaces = marginal(roles, fill, role, 1) < cost or roles[role, COUNT] >= roles[role, SIZE]
        if replaces and other < 0:
            continue
        begin_attempt(marks)
        if replaces:
            let_go(
                terms, week, roles, fill, hired, held, member, stamp, journal, lists, marks, other, role
            )  # fmt: skip
        hire(
            terms, week, roles, fill, hired, held, member, stamp, journal, waits, marks,
            person, role, whole(FIXED), whole(mine[pair, POINTS]), whole(mine[pair, HOLDS]), chosen,
        )  # fmt: skip
        wake(waits, marks, shift)
        done = settle(
            people, week, at, speed, terms, roles, fill, offers, start, mine, hired, held, member, stamp, journal,
            waits, lists, marks, step, out, chosen,
        )  # fmt: skip
        if done and terms[GAINED] > before:
            kept += 1
            hired[person, holding(hired, held, person, role), PAY] = needed + step
        else:
            take_back(week, terms, roles, fill, hired, held, member, journal, waits, lists, marks, before)
        marks[NOW] = 0
    return kept


@kernel
def reconsider(
    people: Ints, week: Ints, at: Floats, speed: float, terms: Ints, roles: Ints, fill: Ints, offers: Int32s,
    start: Ints, mine: Int32s, hired: Ints, held: Int32s, member: Ints, stamp: Ints, journal: Ints, waits: Ints,
    lists: Ints, marks: Ints, shifts: Ints, step: int,
) -> int:  # fmt: skip
    """Try to open each of these shifts that is closed and to close each that is open; says how many added points."""
    out, chosen = np.zeros(hired.shape[1], np.bool_), np.zeros(hired.shape[1], np.bool_)
    kept = 0
    for k in range(len(shifts)):
        shift, fixed = shifts[k], False
        for role in range(week[shift, FIRST_ROLE], week[shift, LAST_ROLE]):
            for m in range(roles[role, MEMBER], roles[role, MEMBER] + roles[role, COUNT]):
                fixed |= hired[member[m], holding(hired, held, member[m], role), PAY] >= FIXED // 2
        if fixed:
            continue
        before = terms[GAINED]
        begin_attempt(marks)
        if week[shift, OPEN]:
            close(terms, week, roles, fill, hired, held, member, stamp, journal, lists, marks, shift)
        else:
            switch(week, lists, marks, shift, 1)
            wake(waits, marks, shift)
        done = settle(
            people, week, at, speed, terms, roles, fill, offers, start, mine, hired, held, member, stamp, journal,
            waits, lists, marks, step, out, chosen,
        )  # fmt: skip
        if done and terms[GAINED] > before:
            kept += 1
        else:
            take_back(week, terms, roles, fill, hired, held, member, journal, waits, lists, marks, before)
        marks[NOW] = 0
    return kept


@kernel
def replace_all(
    terms: Ints, roles: Ints, fill: Ints, week: Ints, mine: Int32s, hired: Ints, held: Int32s, member: Ints,
    people: Ints, pairs: Ints, locked: Ints,
) -> None:  # fmt: skip
    """Everybody leaves, and these people enter these roles; locked pairs are held fast again."""
    for person in range(len(held)):
        while held[person] > 0:
            leave(terms, week, roles, fill, hired, held, member, person, held[person] - 1)
    for k in range(len(people)):
        join(
            terms, week, roles, fill, hired, held, member, whole(people[k]), whole(mine[pairs[k], WHO]), whole(0),
            whole(mine[pairs[k], POINTS]), whole(mine[pairs[k], HOLDS]),
        )  # fmt: skip
    for k in range(len(locked)):
        i = holding(hired, held, whole(locked[k, 0]), whole(locked[k, 1]))
        if i >= 0:
            hired[locked[k, 0], i, PAY] = FIXED
