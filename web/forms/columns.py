"""What the columns of a file mean, as a steward says it: options, first values, samples with numbers masked."""

import re
from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from registry.headings import FoundFile
from registry.mappings import FIELDS, FeedMapping, mapping_from
from web.forms.form import Form
from web.texts.registry import field_name

#: The agency that is not known yet.
NEW: Final = "+"
_CODE: Final = re.compile(r"[a-z][a-z0-9_]{1,31}")
_TAKEN: Final = frozenset({"self_service", "linli", "hotline"})
_LONG_NUMBER: Final = 11

#: Fields in groups, in the order in which people think of them.
GROUPS: Final[tuple[tuple[Any, tuple[str, ...]], ...]] = (
    (
        _l("Who"),
        ("external_id", "name", "surname", "given_name", "pinyin", "gender", "born_on", "id_kind", "id_number"),
    ),
    (_l("How to reach them"), ("telephone", "email", "emergency_telephone")),
    (_l("Where they live"), ("district", "street", "neighbourhood", "residence", "address")),
    (_l("What they can and want"), ("skills", "categories", "availability", "qualifications", "hours")),
    (
        _l("Certificates"),
        ("certificate", "certificate_number", "certificate_from", "certificate_until"),
    ),
    (
        _l("School, work, membership"),
        (
            "workplace", "department", "grade", "occupation", "education_level", "political_status", "league_member",
            "team", "registered_on",
        ),
    ),
    (_l("Guardian"), ("guardian_name", "guardian_telephone", "guardian_consent")),
)  # fmt: skip


def field_options() -> list[tuple[str, list[tuple[str, str]]]]:
    """Give the fields that a column may become, in groups."""
    return [(str(title), [(code, field_name(code)) for code in codes]) for title, codes in GROUPS]


def first_values(found: FoundFile, source: str, on: date) -> dict[str, Any]:
    """Give what the form begins with: the guesses."""
    values = {f"columns.{column.number}": column.field for column in found.columns}
    return values | {"source": source, "name": on.isoformat()}


def chosen_mapping(form: Form, found: FoundFile, known: Mapping[str, FeedMapping]) -> FeedMapping | None:
    """Make the mapping that a steward chose; None when the form has complaints."""
    source, agency = form.value("source"), ""
    if source == NEW:
        source, agency = form.value("code").strip(), form.value("agency").strip()[:40]
        if not _CODE.fullmatch(source) or source in known or source in _TAKEN:
            form.errors["code"] = _("Write a short name in small Latin letters that no other agency has.")
        if not agency:
            form.complain("agency", "missing")
    elif source not in known:
        form.complain("source", "missing")
    fields = {column.number: form.value(f"columns.{column.number}") or "ignored" for column in found.columns}
    _complain_of_fields(form, fields)
    if form.errors:
        return None
    columns = {column.heading: fields[column.number] for column in found.columns}
    base = known[source].as_data() if source in known else {"source": source, "agency": agency, "area_code": "021"}
    return mapping_from({**base, "columns": columns})


def _complain_of_fields(form: Form, fields: dict[int, str]) -> None:
    times = Counter(field for field in fields.values() if field != "ignored")
    for number, field in fields.items():
        if field not in FIELDS:
            form.complain(f"columns.{number}", "not_offered")
        elif times[field] > 1:
            form.errors[f"columns.{number}"] = _(
                "Two columns cannot both be “%(field)s”. Leave one of them out.", field=field_name(field)
            )
    if not times["external_id"]:
        form.errors[""] = _("Say which column holds the agency's own number of a person.")
    elif not times["name"] and not times["surname"]:
        form.errors[""] = _("Say which column holds the name.")


def shown_sample(text: str) -> str:
    """Show a value with long numbers masked: of eleven digits and more only the first three and the last two."""
    digits = [place for place, character in enumerate(text) if character.isdigit()]
    if len(digits) < _LONG_NUMBER:
        return text[:40]
    hidden = set(digits[3:-2])
    return "".join("•" if place in hidden else character for place, character in enumerate(text))[:40]
