"""A registry filled in five increments is the registry of one batch, and nobody's id changes because others came.

``LINLI_INCREMENTS`` sets how many records the test city has; 100000 takes some minutes.
"""

import os
from collections import Counter
from itertools import pairwise

import pytest
from sqlalchemy import select

from models import OrganisationUnit, Person, Scorecard
from models.authority import SYSTEM
from models.organisation import UnitLevel
from registry.intake import import_file
from registry.links import links
from seed.divisions import units
from seed.mess import ErrorRates
from seed.testset import write_testset
from tests.registry.conftest import KEYRING
from web.database import Work, make_engine
from web.jobs.consolidation import consolidate_in_slices

RECORDS = int(os.environ.get("LINLI_INCREMENTS", "5000"))
PARTS = 5


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    """Files of the agencies that send text, each in five parts, every person's records spread over them."""
    folder = tmp_path_factory.mktemp("city")
    made = write_testset(folder / "whole", records=RECORDS, seed=8, rates=ErrorRates())
    parts = []
    for source in ("civilisation", "civil_affairs", "red_cross"):
        head, *lines = made.agencies[source].read_bytes().splitlines(keepends=True)
        for part in range(PARTS):
            path = folder / f"{source}-{part}.csv"
            path.write_bytes(head + b"".join(lines[part::PARTS]))
            parts.append((part, source, path))
    return sorted(parts)


def registry(databases, deliveries, now, scorecard=None):
    """Take in deliveries, consolidating after each; give the registry, and who was who after each."""
    work, seen = Work(make_engine(databases.url("sqlite")), KEYRING), []
    with work.begin() as session:
        for unit in units("small" if RECORDS <= 20_000 else "city"):
            session.add(OrganisationUnit(code=unit.code, name=unit.name, level=UnitLevel(unit.level)))
        if scorecard is not None:
            session.add(Scorecard(made_at=now, **scorecard))
    for delivery in deliveries:
        for source, path in delivery:
            with work.begin() as session:
                import_file(session, SYSTEM, source=source, path=path, now=now, partial=True)
        consolidate_in_slices(work, SYSTEM, now=now)
        with work.read() as session:
            seen.append({(source, key): person for source, key, person in links(session)})
    return work, seen


def pairs(groups):
    return sum(count * (count - 1) // 2 for count in groups)


def agreement(one, other):
    """Give F1 over pairs of records, and how many persons are not the same set of records in both."""
    assert one.keys() == other.keys()
    both = pairs(Counter((one[key], other[key]) for key in one).values())
    alone = [pairs(Counter(each.values()).values()) for each in (one, other)]
    sets = [Counter(each.values()) for each in (one, other)]
    shared = sum(
        sets[0][a] == count == sets[1][b] for (a, b), count in Counter((one[k], other[k]) for k in one).items()
    )
    return 2 * both / sum(alone), len(sets[0]) - shared


def test_five_increments_give_the_clusters_of_one_batch_and_ids_stay(city, databases, now):
    whole = [[(source, path) for _, source, path in city]]
    in_parts = [[(source, path) for part, source, path in city if part == wanted] for wanted in range(PARTS)]
    at_once, [batch] = registry(databases, whole, now)
    with at_once.read() as session:
        row = session.scalars(select(Scorecard)).one()
        frozen = {"weights": row.weights, "facts": row.facts, "frequencies": row.frequencies}
    by_parts, steps = registry(databases, in_parts, now, frozen)
    f1, differing = agreement(batch, steps[-1])
    print(f"F1 {f1:.6f}, persons that differ {differing} of {len(set(batch.values()))}")  # noqa: T201
    assert f1 > 0.9995
    assert differing <= max(1, RECORDS // 2000)
    with by_parts.read() as session:
        merged = set(session.scalars(select(Person.id).where(Person.merged_into_id.is_not(None))))
    for before, after in pairwise(steps):
        oldest = {person: key for key, person in reversed(before.items())}
        for (
            person,
            key,
        ) in oldest.items():  # whoever keeps the oldest record keeps the id, or is now part of an older one
            assert after[key] == person or (after[key] < person and int(person[1:]) in merged)
    for work in (at_once, by_parts):
        work.dispose()
