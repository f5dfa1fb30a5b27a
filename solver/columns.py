"""Volunteers, shifts and roles as columns: one flat array a fact, so that a city fits in memory and in loops.

Nothing here checks anything: `solver.intake` makes columns from plain rows and `solver.diagnose` names what is wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from solver.arrays import UNLIMITED, Bools, Floats, Ints, Ragged, joined, starts
from solver.records import Role, Shift, TeamRule, Volunteer


def _limit(value: np.int64) -> int | None:
    return None if value >= UNLIMITED else int(value)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Volunteers:
    """Columns of *n* volunteers.

    Attributes
    ----------
    at
        Shape (n, 2), metres.
    tags, until
        Row *i* of `tags` are tag numbers; `until` (one entry a tag) the minute each ceases to hold.
    free_from, free_to
        Row *i*: starts and ends of the free spans, in the file's order.
    show_up
        Probability of coming; NaN where not known.
    """

    ids: Sequence[str]
    at: Floats
    radius: Floats
    tags: Ragged
    until: Ints
    free_from: Ragged
    free_to: Ragged
    max_minutes: Ints
    max_shifts: Ints
    max_shifts_per_day: Ints
    likes: Ragged
    recent_hours: Ints
    show_up: Floats

    def __len__(self) -> int:
        return len(self.ids)

    def record(self, index: int, tags: Sequence[str], categories: Sequence[str]) -> Volunteer:
        held = slice(self.tags.start[index], self.tags.start[index + 1])
        until = [_limit(minute) for minute in self.until[held]]
        show_up = float(self.show_up[index])
        return Volunteer(
            id=self.ids[index],
            at=(float(self.at[index, 0]), float(self.at[index, 1])),
            radius=float(self.radius[index]),
            tags=dict(zip((tags[tag] for tag in self.tags.items[held]), until, strict=True)),
            free=tuple(zip(self.free_from.row(index).tolist(), self.free_to.row(index).tolist(), strict=True)),
            max_minutes=_limit(self.max_minutes[index]),
            max_shifts=_limit(self.max_shifts[index]),
            max_shifts_per_day=_limit(self.max_shifts_per_day[index]),
            likes=tuple(categories[category] for category in self.likes.row(index)),
            recent_hours=int(self.recent_hours[index]),
            show_up=None if np.isnan(show_up) else show_up,
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Roles:
    """Columns of the roles of all shifts, shift after shift.

    Attributes
    ----------
    shift
        Number of the shift of each role.
    needs
        Row *r*: the tag numbers that role *r* needs.
    assured
        Probability with which ``min`` people must come; NaN where not asked.
    """

    ids: Sequence[str]
    shift: Ints
    min: Ints
    target: Ints
    max: Ints
    needs: Ragged
    assured: Floats

    def __len__(self) -> int:
        return len(self.ids)

    def record(self, index: int, tags: Sequence[str]) -> Role:
        assured = float(self.assured[index])
        return Role(
            id=self.ids[index],
            min=int(self.min[index]),
            target=int(self.target[index]),
            max=int(self.max[index]),
            needs=tuple(tags[tag] for tag in self.needs.row(index)),
            assured=None if np.isnan(assured) else assured,
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shifts:
    """Columns of *n* shifts.

    Attributes
    ----------
    category
        Category number; −1 where the shift has none.
    roles
        Shape (n + 1,): shift *s* has the roles ``roles[s]`` up to, not including, ``roles[s + 1]``.
    team_tags, team_least
        Row *s*: the tags of the team rules and how many of each at least.
    """

    ids: Sequence[str]
    at: Floats
    start: Ints
    end: Ints
    category: Ints
    priority: Ints
    all_or_nothing: Bools
    team_tags: Ragged
    team_least: Ragged
    roles: Ints

    def __len__(self) -> int:
        return len(self.ids)

    def record(self, index: int, roles: Roles, tags: Sequence[str], categories: Sequence[str]) -> Shift:
        team = zip(self.team_tags.row(index), self.team_least.row(index), strict=True)
        category = int(self.category[index])
        return Shift(
            id=self.ids[index],
            at=(float(self.at[index, 0]), float(self.at[index, 1])),
            start=int(self.start[index]),
            end=int(self.end[index]),
            priority=int(self.priority[index]),
            roles=tuple(roles.record(role, tags) for role in range(self.roles[index], self.roles[index + 1])),
            category=None if category < 0 else categories[category],
            all_or_nothing=bool(self.all_or_nothing[index]),
            team=tuple(TeamRule(tag=tags[tag], at_least=int(least)) for tag, least in team),
        )


def join_volunteers(parts: Sequence[Volunteers]) -> Volunteers:
    """All volunteers of the parts, one part after another."""
    if len(parts) == 1:
        return parts[0]
    return Volunteers(
        ids=[name for part in parts for name in part.ids],
        at=np.concatenate([part.at for part in parts]),
        radius=np.concatenate([part.radius for part in parts]),
        tags=joined(part.tags for part in parts),
        until=np.concatenate([part.until for part in parts]),
        free_from=joined(part.free_from for part in parts),
        free_to=joined(part.free_to for part in parts),
        max_minutes=np.concatenate([part.max_minutes for part in parts]),
        max_shifts=np.concatenate([part.max_shifts for part in parts]),
        max_shifts_per_day=np.concatenate([part.max_shifts_per_day for part in parts]),
        likes=joined(part.likes for part in parts),
        recent_hours=np.concatenate([part.recent_hours for part in parts]),
        show_up=np.concatenate([part.show_up for part in parts]),
    )


def join_shifts(parts: Sequence[tuple[Shifts, Roles]]) -> tuple[Shifts, Roles]:
    """All shifts and roles of the parts, one part after another."""
    if len(parts) == 1:
        return parts[0]
    shifts, roles = [part[0] for part in parts], [part[1] for part in parts]
    counts = np.concatenate([np.diff(part.roles) for part in shifts])
    whole = Shifts(
        ids=[name for part in shifts for name in part.ids],
        at=np.concatenate([part.at for part in shifts]),
        start=np.concatenate([part.start for part in shifts]),
        end=np.concatenate([part.end for part in shifts]),
        category=np.concatenate([part.category for part in shifts]),
        priority=np.concatenate([part.priority for part in shifts]),
        all_or_nothing=np.concatenate([part.all_or_nothing for part in shifts]),
        team_tags=joined(part.team_tags for part in shifts),
        team_least=joined(part.team_least for part in shifts),
        roles=starts(counts),
    )
    needed = Roles(
        ids=[name for part in roles for name in part.ids],
        shift=np.repeat(np.arange(len(counts), dtype=np.int64), counts),
        min=np.concatenate([part.min for part in roles]),
        target=np.concatenate([part.target for part in roles]),
        max=np.concatenate([part.max for part in roles]),
        needs=joined(part.needs for part in roles),
        assured=np.concatenate([part.assured for part in roles]),
    )
    return whole, needed
