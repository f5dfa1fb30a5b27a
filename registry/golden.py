"""The golden record: a pure function of a person's source records, the survivorship rules and standing choices.

Recomputed whenever a member changes, so it is never stale, and comparable value by value.
"""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from operator import attrgetter
from pathlib import Path
from typing import Any, Final

from models.taxonomy import CERTIFICATES, IMPLIES
from registry.standardise.availability import merged
from registry.standardise.names import is_han_text, sort_key, standard_name
from registry.standardise.record import StandardRecord

_EXPERIENCED_MINUTES: Final = 40 * 60
_OF_AGE_14: Final = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One source record of a person; `contained` of its minutes were served here and told to the agency."""

    id: int
    source: str
    changed_at: datetime
    standard: StandardRecord
    contained: int = 0


@dataclass(slots=True, kw_only=True)
class Golden:
    """A person as known. `provenance`: attribute → (source record or None, rule)."""

    name: str = ""
    name_sort: str = ""
    gender: str = "0"
    born_on: date | None = None
    id_number: str = ""
    id_masked: str = ""
    telephone: str = ""
    email: str = ""
    address: str = ""
    unit_code: str = ""
    workplace: str = ""
    is_student: bool = False
    guardian_consent: bool = False
    held_back: bool = False
    reported_minutes: int = 0
    tags: dict[str, tuple[date | None, int | None]] = field(default_factory=dict)
    free: tuple[tuple[int, int, int], ...] = ()
    likes: tuple[str, ...] = ()
    provenance: dict[str, list[Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A standing choice for one attribute: the record it is taken from, or a value of its own."""

    source_record_id: int | None
    value: Any = None


@lru_cache(maxsize=1)
def survivorship() -> Mapping[str, tuple[tuple[str, ...], Mapping[str, int]]]:
    """Give the rules and the trust order of each attribute, as ``survivorship.toml`` says."""
    data = tomllib.loads(Path(__file__).with_name("survivorship.toml").read_text(encoding="utf-8"))
    trust = {name: {source: place for place, source in enumerate(order)} for name, order in data["trust"].items()}
    return {name: (tuple(a["rules"]), trust[a["trust"]]) for name, a in data["attributes"].items()}


_NO_RANK: Final = 99
#: Genders that say something (GB/T 2261.1).
_SAID: Final = ("1", "2")


def golden_record(members: Sequence[Member], choices: Mapping[str, Choice], today: date) -> Golden:
    """Compute the golden record.

    Parameters
    ----------
    members
        At least one, by ascending id.
    choices
        Attribute → what a steward or the person chose.
    today
        Decides only who may be under 14.
    """
    golden = Golden()
    if len(members) == 1 and not choices:
        _take_only(golden, members[0])
        _finish_identity(golden, members)
        _finish_service(golden, members, today)
        return golden
    for attribute, (rules, trust) in survivorship().items():
        value, record_id, rule = _chosen(attribute, members, choices.get(attribute), rules, trust)
        if value:
            setattr(golden, attribute, value)
            golden.provenance[attribute] = [record_id, rule]
    _finish_identity(golden, members)
    _finish_service(golden, members, today)
    return golden


def _take_only(golden: Golden, member: Member) -> None:
    """Take what the only record says: there is nothing to choose."""
    for attribute, value in zip(survivorship(), _attributes()(member.standard), strict=True):
        if value and (attribute != "gender" or value in _SAID):
            setattr(golden, attribute, value)
            golden.provenance[attribute] = [member.id, "only"]


@lru_cache(maxsize=1)
def _attributes() -> Callable[[StandardRecord], tuple[Any, ...]]:
    return attrgetter(*survivorship())


def _chosen(
    attribute: str, members: Sequence[Member], choice: Choice | None, rules: tuple[str, ...], trust: Mapping[str, int]
) -> tuple[Any, int | None, str]:
    if choice is not None:
        if choice.source_record_id is None:
            return choice.value, None, "edited"
        for member in members:
            if member.id == choice.source_record_id and (value := getattr(member.standard, attribute)):
                return value, member.id, "chosen"
    having = [(value, member) for member in members if (value := getattr(member.standard, attribute))]
    if attribute == "gender":
        having = [pair for pair in having if pair[0] in _SAID]
    if not having:
        return None, None, ""
    return _by_rules(having, rules, trust)


def _by_rules(
    having: list[tuple[Any, Member]], rules: tuple[str, ...], trust: Mapping[str, int]
) -> tuple[Any, int | None, str]:
    if len(having) == 1:
        return having[0][0], having[0][1].id, "only"
    if all(value == having[0][0] for value, _ in having):
        return having[0][0], having[0][1].id, "agreed"
    for rule in rules:
        ranks = [_rank(rule, value, member, having, trust) for value, member in having]
        best = max(ranks)
        having = [pair for pair, rank in zip(having, ranks, strict=True) if rank == best]
        if all(value == having[0][0] for value, _ in having):
            return having[0][0], having[0][1].id, rule
    return having[0][0], having[0][1].id, "oldest"


def _rank(rule: str, value: Any, member: Member, having: list[tuple[Any, Member]], trust: Mapping[str, int]) -> Any:  # noqa: PLR0911  one line a rule
    """Give how well a value stands under a rule; the highest stays."""
    match rule:
        case "verified_id":
            return bool(member.standard.id_number and member.standard.id_is_citizen)
        case "has_han":
            return is_han_text(value)
        case "agreed":
            return sum(value == other for other, _ in having)
        case "trusted":
            return -trust.get(member.source, _NO_RANK)
        case "own_word":
            return member.source == "self_service"
        case "recent":
            return (member.changed_at, member.standard.registered_on)
        case "longest":
            return len(value)
        case "longest_unit":
            return len(member.standard.unit_code)
        case "oldest":
            return -member.id
        case _:
            raise ValueError(f"survivorship rule {rule!r} is unknown")


def _finish_identity(golden: Golden, members: Sequence[Member]) -> None:
    name = standard_name(golden.name)
    golden.name_sort = sort_key(name) if name else golden.name
    golden.gender = golden.gender or "0"
    born = str(golden.born_on or "")
    golden.born_on = date.fromisoformat(born) if len(born) == 10 else None  # noqa: PLR2004  a month is not a date
    if not golden.id_number:
        masks = sorted((m.standard.id_masked for m in members if m.standard.id_masked), key=lambda t: t.count("*"))
        golden.id_masked = masks[0] if masks else ""


def _finish_service(golden: Golden, members: Sequence[Member], today: date) -> None:
    records = [member.standard for member in members]
    golden.is_student = any(r.is_student for r in records)
    said = [r.guardian_consent for r in records if r.guardian_consent is not None]
    golden.guardian_consent = bool(said) and all(said)
    golden.reported_minutes = reported_minutes(members)
    golden.likes = tuple(sorted({category for r in records for category in r.categories}))
    golden.tags = _tags(golden, members)
    golden.held_back = may_be_under_14(golden, members, today) and not golden.guardian_consent
    golden.free = () if golden.held_back else merged([(d, s, e) for d, s, e in golden.free])


def reported_minutes(members: Sequence[Member]) -> int:
    """Give the minutes served before, not counted twice.

    Two registrations at one agency count separately: their minutes add up. Agencies record the same service each for
    itself: the largest sum of an agency stands, not the sum of the agencies. What an agency's figure contains of
    services here is counted here (:mod:`registry.served_here`).
    """
    by_source: dict[str, int] = {}
    for member in members:
        by_source[member.source] = by_source.get(member.source, 0) + (member.standard.minutes or 0) - member.contained
    return max(by_source.values())


def _tags(golden: Golden, members: Sequence[Member]) -> dict[str, tuple[date | None, int | None]]:
    """Gather skills, certificates with the last day on which they hold, what they include, and stable qualities."""
    tags: dict[str, tuple[date | None, int | None]] = {}
    for member in members:
        for skill in member.standard.skills:
            _hold(tags, skill, None, member.id)
        for code, until, *_ in member.standard.certificates:
            last = date.fromisoformat(until) if until else None
            for tag in (code, *IMPLIES.get(code, ())):
                _hold(tags, tag, last, member.id)
    if golden.is_student:
        tags["student"] = (None, None)
    if any(member.standard.political_status in ("01", "02") for member in members):
        tags["party_member"] = (None, None)
    if golden.unit_code:
        tags["resident"] = (None, None)
    if golden.reported_minutes >= _EXPERIENCED_MINUTES:
        tags["experienced"] = (None, None)
    return tags


def _hold(tags: dict[str, tuple[date | None, int | None]], tag: str, until: date | None, record_id: int) -> None:
    """Keep the latest end of a tag. A certificate's date counts more than an undated mention; a skill needs none."""
    if tag not in tags:
        tags[tag] = (until, record_id)
        return
    known = tags[tag][0]
    if tag in CERTIFICATES:
        later = until is not None and (known is None or until > known)
    else:
        later = known is not None and (until is None or until > known)
    if later:
        tags[tag] = (until, record_id)


def may_be_under_14(golden: Golden, members: Sequence[Member], today: date) -> bool:
    """Say whether somebody is, or without a known birth date may be, under 14 on `today`."""
    if golden.born_on is not None:
        birthday_14 = date(golden.born_on.year + _OF_AGE_14, golden.born_on.month, min(golden.born_on.day, 28))
        return birthday_14 > today
    months = [member.standard.born_on for member in members if member.standard.born_on]
    if months:
        return int(months[0][:4]) + _OF_AGE_14 >= today.year
    return any(member.source == "education" for member in members)
