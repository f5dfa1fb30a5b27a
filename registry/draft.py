"""A draft of consolidation: what linkage found and which person each cluster becomes, before anything is written.

It falls into units, clusters that no person joins to another: each can be written by itself, in the order of the oldest
record, and the result is the same wherever one stops and begins again.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import PersonLink, SourceRecord, Verdict
from registry.assignment import Assignment, assigned
from registry.bulk import rows_among, rows_with, table_of
from registry.double_booking import double_booked
from registry.frames import Frame
from registry.linkage.decisions import Rule
from registry.linkage.engine import Linkage, Pairs, linked
from registry.linkage.scorecard import Scorecard
from registry.review_pairs import wanted_pairs

Progress = Callable[[int, int | None], None]
#: How often clusters are made anew because persons who hold seats at one time must stay apart.
_ROUNDS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """Persons (negative: new ones), what they will hold, and who are concerned now; `pairs` of records to review."""

    survivors: list[int]
    records: list[int]
    persons: list[int]
    pairs: list[tuple[int, int]]


@dataclass(slots=True, kw_only=True)
class Draft:
    """What is to be written.

    Attributes
    ----------
    rules
        Record → rule and weight of its strongest link.
    belongs, people
        Record → person, and person → records, as they were when the draft was made.
    versions
        Queued record → when it changed last, as the driver gives it.
    verdicts
        Standing verdicts then: how many, and the highest id.
    wanted
        Pairs of records for a steward → the place of each in ``linkage.reviews``.
    """

    frame: Frame
    linkage: Linkage
    weights: Scorecard
    plan: Assignment
    rules: dict[int, tuple[str, float | None]]
    belongs: dict[int, int]
    people: dict[int, list[int]]
    versions: dict[int, Any]
    verdicts: tuple[int, int]
    wanted: dict[tuple[int, int], int]
    units: list[Unit]
    has_new_weights: bool = False
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def records(self) -> int:
        """How many new or changed records it is about."""
        return len(self.frame.queued)

    def looked_at(self, records: Iterable[int]) -> bool:
        """Say whether all of `records` are among those whose links are complete here."""
        return all(record in self.rules for record in records)

    def links_by_rule(self) -> dict[str, int]:
        """Count the records by the rule that linked them."""
        return dict(sorted(Counter(rule for rule, _ in self.rules.values()).items()))


def drafted(session: Session, frame: Frame, weights: Scorecard, *, progress: Progress | None = None) -> Draft:
    """Link the records of a frame and decide which cluster is which person. Reads only."""
    began = perf_counter()
    verdicts = standing_mark(session)
    belongs = _belongs(session, frame)
    people = _people(belongs, set(frame.ids[frame.core].tolist()))
    linkage, plan = _booked_once(session, frame, weights, people, progress)
    queued = set(frame.queued.tolist())
    plan.changed |= {person for person, records in plan.members.items() if not queued.isdisjoint(records)}
    draft = Draft(
        frame=frame,
        linkage=linkage,
        weights=weights,
        plan=plan,
        rules=_rules(frame, linkage.links),
        belongs=belongs,
        people=people,
        versions=_versions(session, frame.queued),
        verdicts=verdicts,
        wanted=wanted_pairs(frame, linkage),
        units=[],
        seconds={f"link.{name}": value for name, value in linkage.seconds.items()},
    )
    draft.units = _units(draft)
    draft.seconds["link"] = round(perf_counter() - began, 3)
    return draft


def standing_mark(session: Session) -> tuple[int, int]:
    """Give how many verdicts stand, and the highest id of one."""
    statement = select(func.count(), func.max(Verdict.id)).where(Verdict.withdrawn_at.is_(None))
    count, highest = session.execute(statement).one()
    return count, highest or 0


def _booked_once(
    session: Session, frame: Frame, weights: Scorecard, people: dict[int, list[int]], progress: Progress | None
) -> tuple[Linkage, Assignment]:
    """Link, and link again with those kept apart who would then be booked twice at one time: a steward sees them."""
    apart: list[tuple[int, int]] = []
    while True:
        linkage = linked(
            frame.features,
            weights,
            records_now=frame.total,
            same=frame.same,
            different=frame.different,
            busy=np.array(apart, np.int64).reshape(-1, 2),
            progress=progress,
        )
        plan = assigned(_clusters(frame, linkage.root), people)
        merged: dict[int, list[int]] = {}
        for person, survivor in plan.merged.items():
            merged.setdefault(survivor, [survivor]).append(person)
        clashes = double_booked(session, list(merged.values())) if len(apart) < _ROUNDS * len(people) else []
        if not clashes:
            return linkage, plan
        firsts = [(people[a][0], people[b][0]) for a, b in clashes]
        apart += [(int(i), int(j)) for i, j in np.searchsorted(frame.ids, np.array(firsts))]


def _clusters(frame: Frame, root: npt.NDArray[np.int64]) -> dict[int, list[int]]:
    clusters: dict[int, list[int]] = {}
    roots = frame.ids[root[frame.core]]
    for record, first in zip(frame.ids[frame.core].tolist(), roots.tolist(), strict=True):
        clusters.setdefault(first, []).append(record)
    return clusters


def _belongs(session: Session, frame: Frame) -> dict[int, int]:
    columns = ("source_record_id", "person_id")
    if frame.whole:
        return dict(rows_with(session, table_of(PersonLink), columns, {}))
    return dict(rows_among(session, table_of(PersonLink), columns, columns[0], frame.ids[frame.core].tolist()))


def _people(belongs: dict[int, int], core: set[int]) -> dict[int, list[int]]:
    """Give the records of each person that linkage looks at; those taken back or erased stay where they are."""
    people: dict[int, list[int]] = {}
    for record in sorted(core & belongs.keys()):
        people.setdefault(belongs[record], []).append(record)
    return people


def _versions(session: Session, queued: npt.NDArray[np.int64]) -> dict[int, Any]:
    return dict(rows_among(session, table_of(SourceRecord), ("id", "changed_at"), "id", queued.tolist()))


def _rules(frame: Frame, links: Pairs) -> dict[int, tuple[str, float | None]]:
    """Give the rule and the weight of the strongest link of each record of the core."""
    order = np.lexsort((-links.right, -links.left, np.round(links.weight, 6), links.rule == Rule.VERDICT))
    rule = np.full(len(frame.ids), -1, np.int16)
    weight = np.zeros(len(frame.ids))
    for rows in (links.left[order], links.right[order]):
        better = links.weight[order] >= weight[rows]
        rule[rows[better]] = links.rule[order][better]
        weight[rows[better]] = links.weight[order][better]
    names = {int(r): r.name.lower() for r in Rule}
    found: dict[int, tuple[str, float | None]] = {}
    core = np.flatnonzero(frame.core)
    for record, r, w in zip(frame.ids[core].tolist(), rule[core].tolist(), weight[core].tolist(), strict=True):
        found[record] = (names[r], round(w, 3)) if r >= 0 else ("single", None)
    return found


def _units(draft: Draft) -> list[Unit]:
    """Divide the persons into units, ordered by the oldest record; pairs go with the later of their two units."""
    plan = draft.plan
    survivor_of = {record: person for person, records in plan.members.items() for record in records}
    first = {person: records[0] for person, records in plan.members.items()}
    joined = _Joined()
    for records in draft.people.values():
        touched = {survivor_of[record] for record in records if record in survivor_of}
        joined.join(sorted(touched, key=first.__getitem__))
    groups: dict[int, list[int]] = {}
    for person in sorted(plan.members, key=first.__getitem__):
        groups.setdefault(joined.root(person), []).append(person)
    place_of = {person: place for place, group in enumerate(groups.values()) for person in group}
    pairs: dict[int, list[tuple[int, int]]] = {}
    for left, right in sorted(draft.wanted):
        pairs.setdefault(max(place_of[survivor_of[left]], place_of[survivor_of[right]]), []).append((left, right))
    return [_unit(draft, group, pairs.get(place, [])) for place, group in enumerate(groups.values())]


def _unit(draft: Draft, survivors: list[int], pairs: list[tuple[int, int]]) -> Unit:
    records = sorted(record for person in survivors for record in draft.plan.members[person])
    persons = sorted({draft.belongs[record] for record in records if record in draft.belongs})
    return Unit(survivors=survivors, records=records, persons=persons, pairs=pairs)


class _Joined:
    """Disjoint sets of persons."""

    def __init__(self) -> None:
        self._above: dict[int, int] = {}

    def root(self, person: int) -> int:
        while (above := self._above.get(person, person)) != person:
            person = above
        return person

    def join(self, persons: Iterable[int]) -> None:
        roots = [self.root(person) for person in persons]
        for other in roots[1:]:
            if other != roots[0]:
                self._above[other] = roots[0]
