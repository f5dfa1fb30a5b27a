"""Places: division codes and written addresses → the lowest unit that is known, and what is left of the address.

The gazetteer is handed in (code → name, of the organisation units); nothing about a city is written here.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from registry.standardise.names import simplified, visible

_CODE: Final = re.compile(r"\d{6}(?:\d{3}(?:\d{3})?)?")
_SUFFIXES: Final = ("新区", "自治县", "地区", "街道办事处", "街道", "区", "县", "镇", "乡", "市")
_COMMITTEE: Final = re.compile(
    "(第?[一二三四五六七八九十0-9]*)(社区)?(居民委员会|村民委员会|居委会|村委会|居委|村委|社区|居民区|村)$"
)
_ROAD: Final = re.compile(
    r"(?P<road>[一-鿿·]{1,12}?(?:路|街|道|大道|巷|公路|支路|里|新村|坊))(?:(?P<lane>\d+)弄)?(?:(?P<number>\d+)号)?"
)
_ROOM: Final = re.compile(r"(\d+)(?:室|房|户)?$")
_DIGIT: Final = re.compile("[0-9]")
_HAN_DIGITS: Final = str.maketrans("〇零一二三四五六七八九", "00123456789")
_CACHE_LIMIT: Final = 1 << 18


class Place(NamedTuple):
    """Where somebody lives, as far as it is known.

    Attributes
    ----------
    unit_code
        Significant digits of the lowest known unit ("" for none).
    rest
        The address without the units, standard; "" when it was only units.
    building
        Road, lane and number, without flat or room; "" when none was found.
    """

    unit_code: str = ""
    rest: str = ""
    building: str = ""


def significant(code: str) -> str:
    """Give a division code without the empty levels at its end: 310101000000 → 310101, 310000 → 31."""
    for length in (12, 9):
        if len(code) == length and code.endswith("000"):
            code = code[: length - 3]
    while len(code) in (6, 4) and code.endswith("00"):
        code = code[:-2]
    return code


def bare(name: str) -> str:
    """Give a unit's name without what kind of unit it is: 南京东路街道 → 南京东路, 云南中路居民委员会 → 云南中路."""
    name = _COMMITTEE.sub(lambda m: m.group(1), name) if len(name) > 2 else name  # noqa: PLR2004
    for suffix in _SUFFIXES:
        if name.endswith(suffix) and len(name) - len(suffix) >= 2:  # noqa: PLR2004  杨行镇 yes, 沪县 no
            return name[: -len(suffix)]
    return name


@dataclass(slots=True)
class Gazetteer:
    """The units of a city, found by code or by name under their parent.

    A name is looked up by the lengths that names under that parent have, longest first.
    """

    names: Mapping[str, str]
    _children: dict[str, dict[str, str]] = field(default_factory=dict)
    _lengths: dict[str, list[int]] = field(default_factory=dict)
    _firsts: dict[str, frozenset[str]] = field(default_factory=dict)
    _streets: dict[str, str] = field(default_factory=dict)
    _units: dict[tuple[str, ...], str] = field(default_factory=dict)
    _places: dict[tuple[str, str], Place] = field(default_factory=dict)
    _heads: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    _has_digits: bool = False

    def __post_init__(self) -> None:
        for code, name in sorted(self.names.items()):
            children = self._children.setdefault(self._parent(code), {})
            for form in (name, bare(name)):
                if len(form) > 1:
                    children.setdefault(form, code)
            if len(code) == 9:  # noqa: PLR2004  streets, of which a name that two have says nothing
                self._streets[name] = "" if name in self._streets else code
        for parent, children in (*self._children.items(), ("street", self._streets)):
            self._lengths[parent] = sorted({len(name) for name in children}, reverse=True)
            self._firsts[parent] = frozenset(name[0] for name in children)
        self._has_digits = any(_DIGIT.search(name) for name in self.names.values())

    def _parent(self, code: str) -> str:
        return next((code[:n] for n in (12, 9, 6, 4, 2) if n < len(code) and code[:n] in self.names), "")

    def by_code(self, code: str) -> str:
        """Give the lowest unit that is known of a written code; "" when not even its district is."""
        code = significant(code)
        while code and code not in self.names and len(code) > 6:  # noqa: PLR2004
            code = code[:-3]
        return code if code in self.names else ""

    def place(self, parts: Iterable[str], address: str = "") -> Place:
        """Find the unit that `parts` name (district, street, neighbourhood, or one code), then the address's own."""
        named = tuple(parts)
        unit = self._units.get(named)
        if unit is None:
            unit = self._units[named] = self._named(named)
        found = self._places.get((unit, address))
        if found is None:
            if len(self._places) >= _CACHE_LIMIT:
                self._places.clear()
            found = self._places[unit, address] = self._find(unit, address)
        return found

    def _named(self, parts: tuple[str, ...]) -> str:
        unit = ""
        for part in parts:
            text = simplified(visible(part)).replace(" ", "")
            if _CODE.fullmatch(text):
                unit = self.by_code(text) or unit
            elif text:
                unit = self._descend(unit, text)[0]
        return unit

    def _find(self, unit: str, address: str) -> Place:
        """Find the unit at the beginning of an address: it ends before the first digit, so it is looked up by that."""
        digit = _DIGIT.search(address)
        end = digit.end() if digit and not self._has_digits else len(address)
        head = address[:end]
        known = self._heads.get((unit, head))
        if known is None:
            if len(self._heads) >= _CACHE_LIMIT:
                self._heads.clear()
            written = _written(head)
            known = self._heads[unit, head] = self._from_address(unit, written) if written else (unit, "")
        rest = known[1] + _written(address[end:])
        return Place(unit_code=known[0], rest=_tidy(rest), building=_building(rest))

    def _from_address(self, unit: str, text: str) -> tuple[str, str]:
        found, rest = self._descend("", text)
        if not found:  # the address begins below what the columns said
            return self._descend(unit, text)
        return (found, rest) if len(found) >= len(unit) or not unit.startswith(found) else (unit, rest)

    def _descend(self, unit: str, text: str) -> tuple[str, str]:
        """Follow names at the beginning of `text` downwards from `unit`; give the unit reached and what is left."""
        text = text.removeprefix("中国")
        while text:
            name = self._name_at(unit, text)
            if name is None and not unit:
                unit = next((root for root in self._children.get("", {}).values() if self._name_at(root, text)), "")
                name = self._name_at(unit, text) if unit else None
            if name is None:
                break
            unit, text = self._children[unit][name], _after(text, name).removeprefix("市辖区")
        if not unit and text and text[0] in self._firsts["street"]:
            street = next((text[:n] for n in self._lengths["street"] if self._streets.get(text[:n])), None)
            if street:
                return self._descend(self._streets[street], text[len(street) :])
        return unit, text

    def _name_at(self, unit: str, text: str) -> str | None:
        children = self._children.get(unit)
        if children is None or text[0] not in self._firsts[unit]:
            return None
        lengths = self._lengths[unit]
        return next((text[:n] for n in lengths if text[:n] in children and self._is_unit(text[:n], text, unit)), None)

    @staticmethod
    def _is_unit(name: str, text: str, unit: str) -> bool:
        """Say whether a bare name stands for the unit here, and does not begin a road's name (南京东路300号)."""
        after = text[len(name) :]
        if name.endswith(_SUFFIXES) or not after:
            return True
        if len(unit) < 6:  # noqa: PLR2004  a district: 浦东 in 浦东南路 is a road
            return after.startswith(("区", "新区", "县", "市")) or not _ROAD.match(text)
        return after.startswith(("街道", "镇", "乡", "居委", "居民", "社区", "村委", "村民"))


def _written(text: str) -> str:
    return simplified(visible(text)).replace(" ", "").replace("/", "")


def _after(text: str, name: str) -> str:
    rest = text[len(name) :]
    for suffix in (
        "街道办事处",
        "街道",
        "居民委员会",
        "居委会",
        "居委",
        "村民委员会",
        "村委会",
        "社区",
        "新区",
        "区",
        "镇",
        "乡",
        "县",
        "市",
    ):
        if not name.endswith(suffix) and rest.startswith(suffix):
            return rest[len(suffix) :]
    return rest


def _tidy(rest: str) -> str:
    return re.sub(
        r"[\s,，.。、;；#\-—_()（）]",
        "",
        rest.translate(_HAN_DIGITS) if re.search("[一二三四五六七八九]号|[一二三四五六七八九]弄", rest) else rest,
    )


def _building(rest: str) -> str:
    found = _ROAD.search(rest)
    if not found or not (found["lane"] or found["number"]):
        return ""
    lane = f"{found['lane']}弄" if found["lane"] else ""
    number = f"{found['number']}号" if found["number"] else ""
    return found["road"] + lane + number
