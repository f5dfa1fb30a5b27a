"""The people of the sample city: a block of households at a time, so that a million of them fit in little memory.

Each block draws from its own streams. Everyone is invented; the names are true to their generation.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from seed import words
from seed.divisions import Size
from seed.households import Households, households
from seed.identity import IssuedNumbers, divisions, telephones
from seed.names import NameTables, given_names, surnames, tables, unusual_names
from seed.places import homes
from seed.streams import Days, Flags, Floats, Ints, Texts, draw, padded, stream

#: Households in a block: about 3,700 people.
BLOCK: Final = 2_000
_DAYS_A_YEAR: Final = 365.2425
_ADULT: Final = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What a whole city has in common.

    Attributes
    ----------
    on : datetime64[D]
        The day on which ages and exports are taken.
    strangers : float
        Share of single adults who have another's name, sex and birthday.
    flavour : int
        Which dealing of name frequencies, see `seed.names.tables`.
    """

    seed: int
    size: Size
    on: np.datetime64
    issued: IssuedNumbers
    strangers: float = 0.003
    flavour: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """One block, one element a person. Rows of `parent`, `twin` and `namesake` point inside the block, -1 is nobody.

    Attributes
    ----------
    number : int64
        Unique in the city; the truth writes it as ``P0000001``.
    identity_kind : int64
        0 citizen ID, 1 passport, 2 and 3 the permits of Hong Kong and Macau, and of Taiwan.
    telephone, old_telephone, home, old_home : text
        Now and before; `changed` and `moved` are years since, infinite when never.
    where, old_where : int64
        Committee, an index into `seed.places.places`.
    skills : int64 (people, 3)
        Indexes into `models.taxonomy.SKILLS`, -1 for none.
    pattern : int64
        When free, an index into `seed.words.PATTERNS`.
    """

    number: Ints
    household: Ints
    female: Flags
    birth: Days
    age: Ints
    parent: Ints
    twin: Ints
    namesake: Ints
    name: Texts
    identity_kind: Ints
    identity: Texts
    nation: Texts
    telephone: Texts
    old_telephone: Texts
    changed: Floats
    where: Ints
    home: Texts
    old_where: Ints
    old_home: Texts
    moved: Floats
    skills: Ints
    pattern: Ints
    hours: Floats
    education: Texts
    politics: Texts

    def __len__(self) -> int:
        return len(self.number)


def people(world: World, block: int, first: int) -> People:
    """The people of one block, numbered from `first`."""
    ties = households(stream(world.seed, "households", block), BLOCK, world.on)
    namesake = _namesakes(stream(world.seed, "namesakes", block), ties, world)
    birth = np.where(namesake >= 0, ties.birth[namesake], ties.birth)
    female = np.where(namesake >= 0, ties.female[namesake], ties.female)
    age = np.floor((world.on - birth).astype(np.int64) / _DAYS_A_YEAR).astype(np.int64)
    kind, nation = _origins(stream(world.seed, "origins", block), ties)
    name = _names(
        stream(world.seed, "names", block), ties, tables(world.flavour), birth=birth, female=female, nation=nation
    )
    name = np.where(namesake >= 0, name[namesake], name)
    number = first + np.arange(len(birth))
    rng = stream(world.seed, "registration", block)
    local = rng.random(BLOCK)[ties.household] < np.where(ties.rank > 1, 0.85, 0.5)
    home, old_home = (_homes(world, block, part, ties) for part in ("home", "old home"))
    once = stream(world.seed, "changes", block)
    group, lives = np.digitize(age, words.AGE_EDGES), stream(world.seed, "lives", block)
    return People(
        number=number,
        household=ties.household,
        female=female,
        birth=birth,
        age=age,
        parent=ties.parent,
        twin=ties.twin,
        namesake=namesake,
        name=name,
        identity_kind=kind,
        identity=_papers(kind, number, world.issued.issue(block, divisions(rng, local), birth, female)),
        nation=words.NATIONS[nation],
        telephone=telephones(world.seed, number),
        old_telephone=telephones(world.seed, number, 1),
        changed=_since(once, np.arange(len(birth)), len(birth), 0.055),
        where=home[0],
        home=home[1],
        old_where=old_home[0],
        old_home=old_home[1],
        moved=_since(once, ties.household, BLOCK, 0.05),
        skills=words.skills_of(lives, group),
        pattern=words.by_group(lives, group, words.PATTERN_SHARES),
        hours=_served(lives, age),
        education=words.EDUCATIONS[words.by_group(lives, group, words.EDUCATION_SHARES)],
        politics=words.POLITICS[words.by_group(lives, group, words.POLITICS_SHARES)],
    )


def _namesakes(rng: np.random.Generator, ties: Households, world: World) -> Ints:
    """Rows of single adults who are to have another household's adult's name and birthday."""
    alone = np.bincount(ties.household, minlength=BLOCK)[ties.household] == 1
    chosen = np.flatnonzero(alone & (rng.random(len(alone)) < world.strangers))
    others = np.flatnonzero((ties.rank <= 1) & ~alone)
    namesake = np.full(len(alone), -1)
    namesake[chosen] = rng.choice(others, len(chosen), replace=False)
    return namesake


def _origins(rng: np.random.Generator, ties: Households) -> tuple[Ints, Ints]:
    """Kind of papers and index of nationality, the same for a household."""
    kind = draw(rng, 4, BLOCK, np.array([985.0, 5.0, 6.0, 4.0]))[ties.household]
    nation = draw(rng, len(words.NATIONS), BLOCK, words.NATION_SHARES)[ties.household]
    return kind, np.where(kind == 0, nation, 0)


def _names(
    rng: np.random.Generator, ties: Households, table: NameTables, *, birth: Days, female: Flags, nation: Ints
) -> Texts:
    """Children have their father's surname, now and then their mother's; half of siblings share a first character."""
    family = surnames(rng, len(birth), table)
    year = birth.astype("datetime64[Y]").astype(np.int64) + 1970
    first, second = given_names(rng, year, female, table, rare=0.003)
    head = np.searchsorted(ties.household, np.arange(BLOCK))
    father = np.where(ties.female[head], np.minimum(head + 1, len(birth) - 1), head)
    father = np.where((ties.household[father] == np.arange(BLOCK)) & (ties.rank[father] == 1), father, head)
    from_father = rng.random(BLOCK) < 0.93  # noqa: PLR2004 a rough share
    namer = np.where(from_father, father, head)[ties.household]
    child = ties.rank > 1
    family[child] = family[namer[child]]
    alike = (rng.random(len(birth)) < 0.5) & (ties.rank == 3)  # noqa: PLR2004 half of second children
    alike |= ties.twin >= 0
    elder = np.maximum(np.arange(len(birth)) - 1, 0)
    first[alike] = first[elder[alike]]
    lone = alike & (second == "")
    second[lone] = np.where(female[lone], "怡", "宁")
    same = alike & (first + second == first[elder] + second[elder])
    second[same] = np.where(second[same] == "安", "然", "安")
    odd = unusual_names(rng, female, words.NAME_KINDS[nation])
    return np.where(odd == "", family + first + second, odd)


def _papers(kind: Ints, number: Ints, citizen: Texts) -> Texts:
    """Passports and permits have serial parts with leading zeros, which issued ones do not reach."""
    papers = citizen.copy()
    for which, prefix in ((1, "EX"), (2, "H0"), (3, "0")):
        rows = np.flatnonzero(kind == which)
        papers[rows] = prefix + padded(number[rows], 7)
    return papers


def _homes(world: World, block: int, part: str, ties: Households) -> tuple[Ints, Texts]:
    where, line = homes(stream(world.seed, part, block), world.size, BLOCK)
    return where[ties.household], line[ties.household]


def _since(rng: np.random.Generator, group: Ints, groups: int, yearly: float) -> Floats:
    """Years since the last change, exponential at a yearly rate; infinite beyond fifteen years."""
    years = rng.exponential(1 / yearly, groups)
    return np.where(years > 15, np.inf, years)[group]  # noqa: PLR2004 see above


def _served(rng: np.random.Generator, age: Ints) -> Floats:
    """Hours served so far: many few, few many, and some who registered and never came."""
    hours = np.round(np.minimum(rng.lognormal(3.0, 1.5, len(age)), 2_500.0) * np.where(age < _ADULT, 0.35, 1.0), 1)
    hours[rng.random(len(age)) < 0.18] = 0.0  # noqa: PLR2004 a guess
    return hours
