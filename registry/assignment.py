"""Which person a cluster is: the part of a person that holds their oldest record keeps the id; the oldest id survives.

A pure function of the clusters and of who the records belong to now, so that nobody's id changes because somebody
else came.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class Assignment:
    """What becomes of persons.

    Attributes
    ----------
    members
        Person → records, ascending; new persons have a negative number, to be given one in this order: -1, -2, ….
    merged
        Person → the person they are now.
    changed
        Persons, old and new, whose set of records changed.
    before
        Person that is merged → the records they had.
    left
        Person → records that went from them to somebody else, without the whole person being merged.
    """

    members: dict[int, list[int]] = field(default_factory=dict)
    merged: dict[int, int] = field(default_factory=dict)
    changed: set[int] = field(default_factory=set)
    before: dict[int, list[int]] = field(default_factory=dict)
    left: dict[int, list[int]] = field(default_factory=dict)


def assigned(clusters: Mapping[int, list[int]], people: Mapping[int, list[int]]) -> Assignment:
    """Decide.

    Parameters
    ----------
    clusters
        Lowest record → records, ascending.
    people
        Person → all their records now, ascending; every person to whom a record of `clusters` belongs.
    """
    cluster_of = {record: root for root, records in clusters.items() for record in records}
    claims: dict[int, list[int]] = {}
    for person, records in sorted(people.items()):
        root = next((cluster_of[record] for record in records if record in cluster_of), None)
        if root is not None:
            claims.setdefault(root, []).append(person)
    result = Assignment()
    for fresh, root in enumerate((root for root in sorted(clusters) if root not in claims), start=1):
        claims[root] = [-fresh]
    for root in sorted(clusters):
        survivor, *others = claims[root]
        result.members[survivor] = clusters[root]
        result.merged |= dict.fromkeys(others, survivor)
        result.before |= {other: people[other] for other in others}
        if people.get(survivor) != clusters[root]:
            result.changed.add(survivor)
    for person, records in people.items():
        kept = set(result.members.get(result.merged.get(person, person), ()))
        gone = [record for record in records if record not in kept]
        if gone:
            result.left[person] = gone
    return result
