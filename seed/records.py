"""What an agency knows of a person: the same people seen by five offices, each late and mistaken in its own way.

`observe` makes the columns that every agency has in some form; the files of `seed.agencies` write them their own way,
`seed.testset` writes them plainly. One row here is one source record.
"""

from dataclasses import dataclass, field, replace
from typing import Final, Literal

import numpy as np

from seed.confusions import traditional
from seed.identity import legacy
from seed.mess import (
    ErrorRates,
    disturb_addresses,
    disturb_births,
    disturb_names,
    disturb_numbers,
    disturb_telephones,
    strike,
)
from seed.people import People
from seed.streams import Flags, Floats, Ints, Texts, texts

Source = Literal["civilisation", "youth_league", "red_cross", "civil_affairs", "education"]

_MINOR: Final = 18
_OLD: Final = 60
_LEGACY_BEFORE: Final = np.datetime64("1990-01-01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """An agency.

    Attributes
    ----------
    coverage : tuple of (int, float)
        Share of people registered, from each age (years) up to the next.
    freshness : float
        Mean years since the agency last asked a person.
    masked, without_id : float
        Shares of ID numbers shown as first six and last four digits, and not held at all.
    """

    source: Source
    coverage: tuple[tuple[int, float], ...]
    freshness: float
    masked: float = 0.0
    without_id: float = 0.0


PROFILES: Final[dict[Source, Profile]] = {
    "civilisation": Profile(
        source="civilisation",
        coverage=((0, 0.0), (16, 0.15), (18, 0.68), (60, 0.74), (80, 0.0)),
        freshness=1.8,
    ),
    "youth_league": Profile(
        source="youth_league",
        coverage=((0, 0.0), (14, 0.62), (23, 0.55), (29, 0.16), (35, 0.0)),
        freshness=2.5,
        masked=0.82,
        without_id=0.08,
    ),
    "red_cross": Profile(
        source="red_cross",
        coverage=((0, 0.0), (18, 0.14), (30, 0.11), (60, 0.04), (75, 0.0)),
        freshness=4.0,
        without_id=0.14,
    ),
    "civil_affairs": Profile(
        source="civil_affairs",
        coverage=((0, 0.0), (18, 0.56), (35, 0.69), (60, 0.74), (82, 0.0)),
        freshness=1.0,
    ),
    "education": Profile(
        source="education",
        coverage=((0, 0.0), (12, 0.28), (14, 0.86), (18, 0.0)),
        freshness=0.5,
        without_id=1.0,
    ),
}
SOURCES: Final = tuple(PROFILES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """Source records of one agency and block, one element a record.

    Attributes
    ----------
    row : int64
        The person, a row of the block's `People`.
    external_id : text
        Filled by the agency that numbers its own.
    id_owner, telephone_owner : int64
        Whose number stands there: another's row for the traps, -1 for none.
    birth : text
        As typed, mostly ISO.
    line : text
        The address from the road down; `where` is the committee, an index into `seed.places.places`.
    years : float64
        Years since the agency asked.
    """

    source: Source
    row: Ints
    name: Texts
    female: Flags
    identity: Texts
    id_owner: Ints
    birth: Texts
    telephone: Texts
    telephone_owner: Ints
    where: Ints
    line: Texts
    years: Floats
    external_id: Texts = field(default_factory=lambda: texts([]))

    def __len__(self) -> int:
        return len(self.row)

    def numbered(self, external_id: Texts) -> "Records":
        """The same records under their external ids."""
        return replace(self, external_id=external_id)


def observe(
    people: People, profile: Profile, rates: ErrorRates, *, rng: np.random.Generator, mess: np.random.Generator
) -> Records:
    """The records that one agency holds of a block of people.

    Parameters
    ----------
    rng, mess : numpy.random.Generator
        Who is registered and when, and what went wrong; apart, so that other rates leave the membership alone.
    """
    row = _members(people, profile, rates, rng)
    years = rng.exponential(profile.freshness, len(row)) * rates.staleness
    telephone, telephone_owner = _telephones(people, row, years, rates, mess)
    identity, id_owner = _identities(people, row, profile, rates, mess)
    moved = people.moved[row] < years
    name = people.name[row].copy()
    _in_traditional(mess, name, people.identity_kind[row] > 1, rates.traditional_papers)
    disturb_names(mess, name, rates)
    birth = texts(people.birth[row].astype("U10"))
    disturb_births(mess, birth, rates)
    line = np.where(moved, people.old_home[row], people.home[row])
    disturb_addresses(mess, line, rates)
    return Records(
        source=profile.source,
        row=row,
        name=name,
        female=people.female[row] ^ (mess.random(len(row)) < rates.gender_wrong),
        identity=identity,
        id_owner=id_owner,
        birth=birth,
        telephone=telephone,
        telephone_owner=telephone_owner,
        where=np.where(moved, people.old_where[row], people.where[row]),
        line=line,
        years=years,
    )


def _members(people: People, profile: Profile, rates: ErrorRates, rng: np.random.Generator) -> Ints:
    ages = np.array([age for age, _ in profile.coverage])
    shares = np.array([share for _, share in profile.coverage])
    chance = shares[np.searchsorted(ages, people.age, side="right") - 1]
    citizen = (people.identity_kind == 0) | (profile.source in {"civilisation", "civil_affairs", "red_cross"})
    members = np.flatnonzero((rng.random(len(people)) < chance) & citizen)
    twice = members[rng.random(len(members)) < rates.duplicate]
    return np.sort(np.concatenate([members, twice]), kind="stable")


def _telephones(
    people: People, row: Ints, years: Floats, rates: ErrorRates, mess: np.random.Generator
) -> tuple[Texts, Ints]:
    parent = people.parent[row]
    by_parent = (parent >= 0) & (people.age[row] < _MINOR) & (mess.random(len(row)) < rates.telephone_of_parent)
    other = other_adult(people)[row]
    by_family = (other >= 0) & (people.age[row] >= _OLD) & (mess.random(len(row)) < rates.telephone_of_family)
    owner = np.where(by_parent, parent, np.where(by_family, other, row))
    old = people.changed[owner] < years
    numbers = np.where(old, people.old_telephone[owner], people.telephone[owner])
    disturb_telephones(mess, numbers, rates)
    return numbers, np.where(numbers == "", -1, owner)


def _identities(
    people: People, row: Ints, profile: Profile, rates: ErrorRates, mess: np.random.Generator
) -> tuple[Texts, Ints]:
    """ID numbers as the agency holds them, and whose they are."""
    other, parent = other_adult(people)[row], people.parent[row]
    of_spouse = (other >= 0) & (mess.random(len(row)) < rates.id_of_spouse)
    of_parent = (parent >= 0) & (people.age[row] < _MINOR) & (mess.random(len(row)) < rates.id_of_parent)
    owner = np.where(of_parent, parent, np.where(of_spouse, other, row))
    numbers = people.identity[owner].copy()
    citizen = people.identity_kind[owner] == 0
    if profile.source == "red_cross":
        aged = citizen & (people.birth[owner] < _LEGACY_BEFORE)
        strike_where(mess, numbers, aged, rates.legacy_id)
    disturbed = numbers[citizen]
    disturb_numbers(mess, disturbed, rates)
    numbers[citizen] = disturbed
    strike(mess, numbers, profile.masked, lambda text, _: mask(text))
    strike(mess, numbers, profile.without_id, lambda *_: "")
    return numbers, np.where(numbers == "", -1, owner)


def _in_traditional(mess: np.random.Generator, names: Texts, among: Flags, rate: float) -> None:
    """A share of those with a permit of Hong Kong, Macau or Taiwan stands with the characters of their papers."""
    for row in np.flatnonzero(among & (mess.random(len(names)) < rate)):
        names[row] = traditional(names[row])


def strike_where(mess: np.random.Generator, numbers: Texts, among: Flags, rate: float) -> None:
    """Write a share `rate` of the numbers `among` in the legacy form, in place."""
    for row in np.flatnonzero(among & (mess.random(len(numbers)) < rate)):
        numbers[row] = legacy(numbers[row])


def mask(number: str) -> str:
    """First six and last four characters, eight stars between."""
    return f"{number[:6]}********{number[-4:]}"


def other_adult(people: People) -> Ints:
    """Row of the spouse for each adult of a couple, else -1."""
    rows = np.arange(len(people))
    adult = people.parent < 0
    after, before = np.minimum(rows + 1, len(rows) - 1), np.maximum(rows - 1, 0)
    with_after = adult & adult[after] & (people.household == people.household[after]) & (after != rows)
    with_before = adult & adult[before] & (people.household == people.household[before]) & (before != rows)
    return np.where(with_after, after, np.where(with_before, before, -1))
