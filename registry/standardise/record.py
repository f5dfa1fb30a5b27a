"""A row in standard form: what linkage compares and the golden record chooses from."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from functools import lru_cache
from operator import attrgetter
from typing import Any, Final

import orjson

from registry.standardise.availability import standard_availability
from registry.standardise.dates import standard_date
from registry.standardise.labels import code_of, codes_of, is_nothing, is_yes
from registry.standardise.names import simplified, standard_name, visible
from registry.standardise.numbers import IdNumber, standard_id, standard_telephone
from registry.standardise.places import Gazetteer

_MAX_HOURS: Final = 100_000
_OLDEST_YEARS: Final = 120


@dataclass(frozen=True, slots=True)
class CellProblem:
    """A cell that could not be used as it stands; the rest of the row is. `parameters` hold no personal value."""

    cell: str
    code: str
    parameters: Mapping[str, Any]


@dataclass(slots=True)
class StandardRecord:
    """One source record in standard form. "" and [] are absent values; dates are ISO text, perhaps year-month."""

    name: str = ""
    reading: str = ""
    gender: str = "0"
    gender_typed: str = "0"
    born_on: str = ""
    born_on_typed: str = ""
    id_number: str = ""
    id_is_citizen: bool = True
    id_masked: str = ""
    id_faulty: str = ""
    telephone: str = ""
    guardian_telephone: str = ""
    email: str = ""
    unit_code: str = ""
    address: str = ""
    building: str = ""
    workplace: str = ""
    department: str = ""
    skills: list[str] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)
    certificates: list[list[str]] = field(default_factory=list)
    free: list[list[int]] = field(default_factory=list)
    minutes: int | None = None
    is_student: bool = False
    guardian_consent: bool | None = None
    political_status: str = ""
    registered_on: str = ""

    def to_json(self) -> bytes:
        """Give the record as JSON without what is absent."""
        values = zip(_NAMES, _VALUES(self), _ABSENT.values(), strict=True)
        return orjson.dumps({name: value for name, value, absent in values if value != absent})

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "StandardRecord":
        """Make the record of what :meth:`to_json` gave, parsed; fields that are no longer known are left out."""
        return cls(**{name: value for name, value in data.items() if name in _ABSENT})


_NAMES: Final = tuple(f.name for f in fields(StandardRecord))
_VALUES: Final = attrgetter(*_NAMES)
_ABSENT: Final = asdict(StandardRecord())


@dataclass(slots=True)
class Standardiser:
    """Turns the fields of one row into a standard record, gathering what is wrong with cells.

    Parameters
    ----------
    gazetteer
        The city's units.
    today
        Birth dates after it, or more than 120 years before it, are not believed.
    area_code
        Put before landlines without one.
    """

    gazetteer: Gazetteer
    today: date
    area_code: str = ""
    problems: list[CellProblem] = field(default_factory=list)
    _believed: tuple[str, str] = field(init=False)

    def __post_init__(self) -> None:
        first = f"{self.today.year - _OLDEST_YEARS:04d}"
        self._believed = first, self.today.isoformat()

    def record(self, row: Mapping[str, str], constants: Mapping[str, Any]) -> StandardRecord:
        """Standardise one row of non-empty cells; `problems` are those of this row afterwards."""
        self.problems = []
        record = StandardRecord(**constants)
        get = row.get
        self._name(record, row)
        self._identity(record, get("id_number", ""), get("id_kind", ""), get("born_on", ""), get("gender", ""))
        self._contact(record, row)
        self._home(record, row)
        self._service(record, row)
        self._standing(record, row)
        self._certificates(record, row)
        return record

    def problem(self, field_name: str, code: str, **parameters: object) -> None:
        self.problems.append(CellProblem(field_name, code, parameters))

    def _name(self, record: StandardRecord, row: Mapping[str, str]) -> None:
        raw = row.get("name") or f"{row.get('surname', '')} {row.get('given_name', '')}".strip()
        name = standard_name(raw)
        record.name = name.text if name else ""
        if "pinyin" in row:
            reading = standard_name(row["pinyin"])
            record.reading = reading.text if reading and not reading.is_han else ""

    def _identity(self, record: StandardRecord, number: str, kind: str, born: str, gender: str) -> None:
        known = standard_id(number, kind) if number else _NO_ID
        if known.problem:
            self.problem("id_number", known.problem)
        record.id_number, record.id_masked, record.id_faulty = known.whole, known.masked, known.faulty
        record.id_is_citizen = known.is_citizen
        typed = standard_date(born) if born else standard_date("")
        if typed.problem:
            self.problem("born_on", typed.problem)
        typed_iso = typed.iso if self._believable(typed.iso) else ""
        record.born_on_typed = typed_iso
        record.born_on = known.born_on if self._believable(known.born_on) else typed_iso
        if known.born_on and typed_iso and not known.born_on.startswith(typed_iso):
            self.problem("born_on", "born_on_contradicts_id")
        said = code_of("gender", gender) if gender else None
        record.gender_typed = said or "0"
        record.gender = known.gender or record.gender_typed
        if gender and said is None and not is_nothing(gender):
            self.problem("gender", "gender_unreadable")
        if known.gender and said in ("1", "2") and said != known.gender:
            self.problem("gender", "gender_contradicts_id")

    def _believable(self, iso: str) -> bool:
        if not iso:
            return False
        if not self._believed[0] <= iso <= self._believed[1]:
            self.problem("born_on", "born_on_not_believable")
            return False
        return True

    def _contact(self, record: StandardRecord, row: Mapping[str, str]) -> None:
        for source, target in (("telephone", "telephone"), ("guardian_telephone", "guardian_telephone")):
            raw = row.get(source)
            if raw:
                telephone = standard_telephone(raw, self.area_code)
                if telephone.problem:
                    self.problem(source, telephone.problem)
                setattr(record, target, telephone.number)
        raw = row.get("email")
        if raw and not is_nothing(raw):
            email = visible(raw).replace(" ", "").lower()
            record.email = email if email.count("@") == 1 and "." in email.split("@")[1] else ""
            if not record.email:
                self.problem("email", "email_unreadable")

    def _home(self, record: StandardRecord, row: Mapping[str, str]) -> None:
        get = row.get
        residence = get("residence", "")
        parts = (
            residence.split("/") if residence else [get("district", ""), get("street", ""), get("neighbourhood", "")]
        )
        address = get("address", "")
        if residence or address or any(parts):
            place = self.gazetteer.place(parts, "" if is_nothing(address) else address)
            record.unit_code, record.address, record.building = place.unit_code, place.rest, place.building
            if not place.unit_code:
                self.problem("residence" if residence else "district" if any(parts) else "address", "place_unknown")
        workplace = get("workplace")
        if workplace and not is_nothing(workplace):
            record.workplace = _plain(workplace)
        department = get("department") or get("grade")
        if department and not is_nothing(department):
            record.department = _plain(department)

    def _service(self, record: StandardRecord, row: Mapping[str, str]) -> None:
        get = row.get
        if raw := get("skills"):
            codes, unknown = codes_of(("skills", "certificates"), raw)
            record.skills = [code for code in codes if code_of("certificates", code) is None]
            record.certificates += [[code, "", ""] for code in codes if code_of("certificates", code)]
            self._unknown("skills", len(unknown))
        if raw := get("categories"):
            categories, unknown = codes_of(("categories",), raw)
            record.categories = list(categories)
            self._unknown("categories", len(unknown))
        if raw := get("availability"):
            spans, understood = standard_availability(raw)
            record.free = [list(span) for span in spans]
            if not understood:
                self.problem("availability", "availability_unreadable")
        if raw := get("hours"):
            record.minutes = _minutes(raw)
            if record.minutes is None and not is_nothing(raw):
                self.problem("hours", "hours_unreadable")

    @staticmethod
    def _standing(record: StandardRecord, row: Mapping[str, str]) -> None:
        get = row.get
        if raw := get("registered_on"):
            record.registered_on = standard_date(raw).iso
        if raw := get("guardian_consent"):
            record.guardian_consent = is_yes(raw)
        if raw := get("political_status"):
            record.political_status = code_of("political_status", raw) or ""
        if raw := get("league_member"):
            record.political_status = "03" if is_yes(raw) or code_of("political_status", raw) == "03" else ""
        if "学生" in (get("occupation") or ""):
            record.is_student = True

    def _certificates(self, record: StandardRecord, row: Mapping[str, str]) -> None:
        if raw := row.get("certificate"):
            codes, unknown = codes_of(("certificates",), raw)
            until = standard_date(row.get("certificate_until", ""))
            if until.problem:
                self.problem("certificate_until", until.problem)
            last = until.iso if until.is_whole or not until.iso else until.iso + "-28"
            number = visible(row.get("certificate_number", ""))
            record.certificates += [[code, last, number] for code in codes]
            self._unknown("certificate", len(unknown))
        if raw := row.get("qualifications"):
            codes, unknown = codes_of(("certificates",), raw)
            record.certificates += [[code, "", ""] for code in codes]
            self._unknown("qualifications", len(unknown))

    def _unknown(self, field_name: str, count: int) -> None:
        if count:
            self.problem(field_name, "label_unknown", count=count)


_NO_ID: Final = IdNumber()


@lru_cache(maxsize=1 << 16)
def _plain(text: str) -> str:
    return simplified(visible(text)).replace(" ", "") if not text.isascii() else visible(text)


@lru_cache(maxsize=1 << 15)
def _minutes(raw: str) -> int | None:
    text = visible(raw).removesuffix("小时").removesuffix("h").strip().replace(",", "")
    try:
        hours = float(text)
    except ValueError:
        return None
    return round(hours * 60) if 0 <= hours <= _MAX_HOURS else None


Standardise = Callable[[Mapping[str, str]], StandardRecord]
