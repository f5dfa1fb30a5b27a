"""The small steps of the compiled auction: pairs by role, what hiring somebody costs, joining and leaving.

Compiled code takes a week as a few packed arrays; `solver.hiring` makes them and says what their columns hold.
"""

from __future__ import annotations

import numpy as np

from solver.arrays import Bools, Floats, Int32s, Ints
from solver.compiled import kernel, whole

FAR = 2**60
"""More than anything is worth: what cannot be had costs this much."""
FIXED = 2**52
"""Pay of those whom nobody may hire away; sums of a few stay below FAR."""
MOST, MINUTES, A_DAY, BANNED, APART = 0, 1, 2, 3, 4
"""Columns of `people`: limits, whether the auction leaves them alone, whom they are kept apart from (−1: nobody)."""
BEGIN, END, NEED, FIRST_ROLE, LAST_ROLE, WHOLE, OPEN, HOLDERS = 0, 1, 2, 3, 4, 5, 6, 7
"""Columns of `week`: times, tag holders needed, roles, all or nothing; whether it runs, holders in it now."""
SHIFT, SIZE, LEAST, FILL, MEMBER, FIRST, LAST, COUNT = 0, 1, 2, 3, 4, 5, 6, 7
"""Columns of `roles`: where fill points, members and offers begin (and offers end), people in it now."""
WHO, POINTS, HOLDS = 0, 1, 2
"""Columns of `offers`, the pairs by role; the pairs by volunteer (`mine`) hold the role in place of WHO."""
SCALE, TURN, BUFFER, GAINED = 0, 1, 2, 3
"""Entries of `terms`; GAINED sums up what joining and leaving was worth."""
ROLE, PAY, OWN, TAGGED = 0, 1, 2, 3
"""Fields of what somebody holds: role, pay, their own points, whether they hold the team's tag."""


@kernel
def by_role(start: Ints, mine: Int32s, roles: int) -> tuple[Ints, Int32s]:
    """The pairs role by role, falling points within each: where each role's begin, and the offers.

    Two counting sorts, by points and then by role, both stable.
    """
    pairs = len(mine)
    low, high = whole(0), whole(0)
    for i in range(pairs):
        low, high = min(low, whole(mine[i, POINTS])), max(high, whole(mine[i, POINTS]))
    place = np.zeros(high - low + 2, np.int64)
    for i in range(pairs):
        place[high - mine[i, POINTS] + 1] += 1
    for i in range(high - low + 1):
        place[i + 1] += place[i]
    order, owner = np.empty(pairs, np.int32), np.empty(pairs, np.int32)
    for person in range(len(start) - 1):
        for i in range(start[person], start[person + 1]):
            owner[i] = person
            order[place[high - mine[i, POINTS]]] = i
            place[high - mine[i, POINTS]] += 1
    first = np.zeros(roles + 1, np.int64)
    for i in range(pairs):
        first[mine[i, WHO] + 1] += 1
    for r in range(roles):
        first[r + 1] += first[r]
    at = first[:-1].copy()
    offers = np.empty((pairs, 3), np.int32)
    for k in range(pairs):
        i = order[k]
        r = mine[i, WHO]
        offers[at[r], WHO] = owner[i]
        offers[at[r], POINTS] = mine[i, POINTS]
        offers[at[r], HOLDS] = mine[i, HOLDS]
        at[r] += 1
    return first, offers


@kernel
def positions(start: Ints, role: Int32s, volunteers: Ints, roles: Ints) -> Ints:
    """Numbers of these pairs in lists sorted by volunteer, then role; −1 where a pair is not there."""
    found = np.full(len(volunteers), -1, np.int64)
    for k in range(len(volunteers)):
        low, high = start[volunteers[k]], start[volunteers[k] + 1]
        while low < high:
            middle = (low + high) // 2
            if role[middle] < roles[k]:
                low = middle + 1
            else:
                high = middle
        if low < start[volunteers[k] + 1] and role[low] == roles[k]:
            found[k] = low
    return found


@kernel
def required(
    people: Ints, week: Ints, at: Floats, speed: float, terms: Ints, roles: Ints, hired: Ints, held: Int32s,
    person: int, role: int, out: Bools,
) -> int:  # fmt: skip
    """What the person must be paid to take the role; marks in `out` which of theirs they would leave for it.

    They leave what clashes with the shift, and one more where that alone makes room within their limits. FAR when
    they cannot take it.
    """
    shift, have = roles[role, SHIFT], held[person]
    length = week[shift, END] - week[shift, BEGIN]
    other = people[person, APART]
    if people[person, BANNED]:
        return FAR
    if other >= 0:
        for i in range(held[other]):
            if roles[hired[other, i, ROLE], SHIFT] == shift:
                return FAR
    if have == 0:
        if people[person, MOST] >= 1 and people[person, A_DAY] >= 1 and length <= people[person, MINUTES]:
            return 0
        return FAR
    cost, left, spent, today = whole(0), 0, whole(0), 0
    day = week[shift, BEGIN] // 1440
    for i in range(have):
        other = roles[hired[person, i, ROLE], SHIFT]
        across, along = at[shift, 0] - at[other, 0], at[shift, 1] - at[other, 1]
        gap = 0
        if across != 0 or along != 0:
            gap = int(np.ceil(np.sqrt(across * across + along * along) / speed)) + terms[BUFFER]
        out[i] = week[shift, END] + gap > week[other, BEGIN] and week[other, END] + gap > week[shift, BEGIN]
        out[i] |= shift == other
        if out[i]:
            cost += hired[person, i, PAY]
        else:
            left += 1
            spent += week[other, END] - week[other, BEGIN]
            if week[other, BEGIN] // 1440 == day:
                today += 1
    wide = hired.shape[1]
    most = min(people[person, MOST], wide)
    if left + 1 > most or today + 1 > people[person, A_DAY] or spent + length > people[person, MINUTES]:
        best, at_best = FAR, -1
        for i in range(have):
            if out[i] or hired[person, i, PAY] >= best:
                continue
            other = roles[hired[person, i, ROLE], SHIFT]
            same = 1 if week[other, BEGIN] // 1440 == day else 0
            lasts = week[other, END] - week[other, BEGIN]
            room = left <= most and today - same + 1 <= people[person, A_DAY]
            if room and spent - lasts + length <= people[person, MINUTES]:
                best, at_best = hired[person, i, PAY], i
        if at_best < 0:
            return FAR
        out[at_best] = True
        cost += best
        left -= 1
    if cost >= FIXED // 2:
        return FAR
    return whole(cost + terms[TURN] * (left * (left + 1) // 2 - have * (have - 1) // 2))


@kernel
def marginal(roles: Ints, fill: Ints, role: int, more: int) -> int:
    """Points of the role's next person (``more`` 1) or of its last (0); −FAR beyond its size."""
    count = roles[role, COUNT] + more
    if count < 1 or count > roles[role, SIZE]:
        return -FAR
    return whole(fill[roles[role, FILL] + count] - fill[roles[role, FILL] + count - 1])


@kernel
def join(
    terms: Ints, week: Ints, roles: Ints, fill: Ints, hired: Ints, held: Int32s, member: Ints,
    person: int, role: int, pay: int, points: int, holds: int,
) -> None:  # fmt: skip
    """Hire; there must be a seat."""
    at = held[person]
    terms[GAINED] += points * terms[SCALE] + marginal(roles, fill, role, 1) - terms[TURN] * at
    hired[person, at, ROLE], hired[person, at, PAY] = role, pay
    hired[person, at, OWN], hired[person, at, TAGGED] = points, holds
    held[person] = at + 1
    member[roles[role, MEMBER] + roles[role, COUNT]] = person
    roles[role, COUNT] += 1
    week[roles[role, SHIFT], HOLDERS] += holds


@kernel
def leave(
    terms: Ints, week: Ints, roles: Ints, fill: Ints, hired: Ints, held: Int32s, member: Ints,
    person: int, position: int,
) -> None:  # fmt: skip
    """End what the person holds at this position; what they hold after it moves up by one."""
    role, last = hired[person, position, ROLE], held[person] - 1
    terms[GAINED] -= hired[person, position, OWN] * terms[SCALE] + marginal(roles, fill, role, 0) - terms[TURN] * last
    week[roles[role, SHIFT], HOLDERS] -= hired[person, position, TAGGED]
    begin, end = roles[role, MEMBER], roles[role, MEMBER] + roles[role, COUNT]
    for k in range(begin, end):
        if member[k] == person:
            member[k] = member[end - 1]
            break
    roles[role, COUNT] -= 1
    for i in range(position, last):
        for field in range(4):
            hired[person, i, field] = hired[person, i + 1, field]
    held[person] = last


@kernel
def holding(hired: Ints, held: Int32s, person: int, role: int) -> int:
    """At which position the person holds the role; −1 when they do not."""
    for i in range(held[person]):
        if hired[person, i, ROLE] == role:
            return i
    return -1


@kernel
def dearest(
    terms: Ints, roles: Ints, hired: Ints, held: Int32s, member: Ints, role: int, only_plain: bool
) -> tuple[int, int]:
    """Who costs the role most beyond their own points, and how much; (−1, −FAR) when nobody can be let go.

    ``only_plain`` looks at those without the team's tag.
    """
    best, who = whole(-FAR), whole(-1)
    for k in range(roles[role, MEMBER], roles[role, MEMBER] + roles[role, COUNT]):
        person = member[k]
        i = holding(hired, held, person, role)
        if hired[person, i, PAY] >= FIXED // 2 or (only_plain and hired[person, i, TAGGED] == 1):
            continue
        cost = hired[person, i, PAY] - hired[person, i, OWN] * terms[SCALE]
        if cost > best:
            best, who = cost, whole(person)
    return who, best
