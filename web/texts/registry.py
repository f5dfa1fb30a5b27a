"""What the registry says in codes: fields, faults of rows, why records were linked, how comparisons came out."""

import re
from collections.abc import Mapping
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

FIELDS: Final[dict[str, Any]] = {
    "name": _lp("field", "Name"),
    "reading": _lp("field", "Pinyin"),
    "gender": _lp("field", "Gender"),
    "born_on": _lp("field", "Born on"),
    "id_number": _lp("field", "ID number"),
    "telephone": _lp("field", "Telephone"),
    "guardian_telephone": _lp("field", "Guardian's telephone"),
    "email": _lp("field", "E-mail"),
    "unit_code": _lp("field", "Neighbourhood"),
    "address": _lp("field", "Address"),
    "workplace": _lp("field", "School or work"),
    "department": _lp("field", "Class or department"),
    "registered_on": _lp("field", "Registered on"),
    "free": _lp("field", "Free times"),
    "availability": _lp("field", "Free times"),
    "hours": _lp("field", "Hours"),
    "certificate_until": _lp("field", "Certificate valid until"),
    "residence": _lp("field", "Place of residence"),
    "district": _lp("field", "District"),
    "skills": _lp("field", "Skills"),
    "categories": _lp("field", "Kinds of service"),
    "external_id": _lp("field", "The agency's number"),
    "surname": _lp("field", "Surname"),
    "given_name": _lp("field", "Given name"),
    "pinyin": _lp("field", "Pinyin"),
    "id_kind": _lp("field", "Kind of document"),
    "political_status": _lp("field", "Political status"),
    "league_member": _lp("field", "Youth-league member"),
    "education_level": _lp("field", "Education"),
    "occupation": _lp("field", "Occupation"),
    "street": _lp("field", "Street or town"),
    "neighbourhood": _lp("field", "Committee"),
    "qualifications": _lp("field", "Qualifications"),
    "grade": _lp("field", "School year"),
    "team": _lp("field", "Team"),
    "certificate": _lp("field", "Kind of certificate"),
    "certificate_number": _lp("field", "Certificate number"),
    "certificate_from": _lp("field", "Certificate issued on"),
    "guardian_name": _lp("field", "Guardian's name"),
    "guardian_consent": _lp("field", "Guardian's consent"),
    "emergency_telephone": _lp("field", "Emergency telephone"),
    "is_student": _lp("field", "Student"),
    "consent": _lp("field", "Guardian's consent"),
    "tags": _lp("field", "Skills and certificates"),
    "reported_minutes": _lp("field", "Hours"),
}

ISSUES: Final[dict[str, Any]] = {
    "too_few_columns": _l("The row has fewer columns than the headings."),
    "too_many_columns": _l("The row has more columns than the headings."),
    "total_row": _l("This is a total at the bottom, not a person."),
    "repeated_header": _l("The headings are repeated here."),
    "repeated_row": _l("The same row stands in the file twice."),
    "repeated_external_id": _l("Another row of the file has the same agency's number."),
    "external_id_missing": _l("The agency's number is missing."),
    "external_id_unreadable": _l("The agency's number cannot be read."),
    "undecodable": _l("Some characters cannot be read in the file's encoding."),
    "name_missing": _l("The name is missing."),
    "name_unreadable": _l("This is no name."),
    "contact_missing": _l("A way to reach the person is missing."),
    "id_check_digit": _l("The check digit of the ID number is wrong."),
    "id_impossible_date": _l("The ID number has a date that does not exist."),
    "id_length": _l("The ID number has the wrong length."),
    "id_as_number": _l("A spreadsheet kept only fifteen digits of the ID number. Format the column as text."),
    "id_unreadable": _l("This is no ID number."),
    "born_on_contradicts_id": _l("The birth date contradicts the ID number."),
    "born_on_not_believable": _l("The birth date is not believable."),
    "gender_contradicts_id": _l("The gender contradicts the ID number."),
    "gender_unreadable": _l("The gender cannot be read."),
    "date_impossible": _l("This date does not exist."),
    "date_unreadable": _l("This is no date."),
    "telephone_unreadable": _l("This is no telephone number."),
    "telephone_masked": _l("The telephone number is masked with stars."),
    "email_unreadable": _l("This is no e-mail address."),
    "place_unknown": _l("The place is not among the city's divisions."),
    "availability_unreadable": _l("The free times cannot be read."),
    "hours_unreadable": _l("The hours cannot be read."),
    "label_unknown": _l("Some words for skills or kinds of service are not known."),
    "date_empty": _l("Nothing tells this person from a namesake: no birth date, number or telephone."),
}

#: What to do about it, in the agency's system or in the file.
REMEDIES: Final[dict[str, Any]] = {
    "too_few_columns": _l("Fill in the missing cells; often a line break inside a cell cut the row."),
    "too_many_columns": _l("Put a cell that has the delimiter in it between quotation marks."),
    "total_row": _l("Nothing to do: it is left out."),
    "repeated_header": _l("Nothing to do: it is left out."),
    "repeated_row": _l("Nothing to do: the first one counts."),
    "repeated_external_id": _l("Give each person a number of their own, or take one of the rows away."),
    "external_id_missing": _l("Fill in the number under which the agency keeps this person."),
    "external_id_unreadable": _l("Write the number with at most 64 letters and digits."),
    "undecodable": _l("Export the file again, as UTF-8 or GB18030."),
    "name_missing": _l("Fill in the name."),
    "name_unreadable": _l("Write the name as it stands on the identity card."),
    "contact_missing": _l("Add a telephone, an ID number or a birth date."),
    "id_check_digit": _l("Compare the number with the identity card: a digit is wrong or two are swapped."),
    "id_impossible_date": _l("Compare digits 7 to 14 with the birth date."),
    "id_length": _l("Write all 18 characters of the number."),
    "id_as_number": _l("Format the column as text and type the number again."),
    "id_unreadable": _l("Write the number as it stands on the document, or leave the cell blank."),
    "born_on_contradicts_id": _l("Correct whichever is wrong, the birth date or the ID number."),
    "born_on_not_believable": _l("Correct the birth date: nobody is that old or not yet born."),
    "gender_contradicts_id": _l("Correct whichever is wrong, the gender or the ID number."),
    "gender_unreadable": _l("Choose one of the usual words for the gender, or leave the cell blank."),
    "date_impossible": _l("Correct the date: that month has no such day."),
    "date_unreadable": _l("Write the date as year, month and day."),
    "date_empty": _l("Add a telephone, an ID number or a birth date."),
    "telephone_unreadable": _l("Write eleven digits, or an area code and the number."),
    "telephone_masked": _l("Export the column without stars."),
    "email_unreadable": _l("Write a whole address, or leave the cell blank."),
    "place_unknown": _l("Write the district, street and committee as they are called today, or their code."),
    "availability_unreadable": _l("Write days and times, for example Saturday mornings."),
    "hours_unreadable": _l("Write the hours as a number."),
    "label_unknown": _l("Use the words of the list, or tell us the word so that we add it."),
}

#: Why records belong together, and why a machine did not decide.
RULES: Final[dict[str, Any]] = {
    "single": _lp("rule", "the only record"),
    "exact_id": _lp("rule", "same ID number"),
    "masked_id": _lp("rule", "visible part of the ID number"),
    "near_id": _lp("rule", "ID number with a slip of the pen"),
    "scorecard": _lp("rule", "the weight of all evidence"),
    "verdict": _lp("rule", "a steward's decision"),
    "split": _lp("rule", "split by a steward"),
    "likely": _lp("rule", "likely, but not certain"),
    "id_shared": _lp("rule", "one ID number, different names"),
    "id_conflict": _lp("rule", "two different ID numbers"),
    "not_enough_evidence": _lp("rule", "too little evidence"),
    "cluster_conflict": _lp("rule", "contradicts other records of the person"),
    "double_booking": _lp("rule", "the two hold seats at the same time"),
    "verified_id": _lp("rule", "from the record with a valid ID number"),
    "has_han": _lp("rule", "written in Chinese characters"),
    "agreed": _lp("rule", "most records agree"),
    "trusted": _lp("rule", "the most trusted source"),
    "recent": _lp("rule", "the newest"),
    "longest": _lp("rule", "the most complete"),
    "longest_unit": _lp("rule", "the most exact place"),
    "oldest": _lp("rule", "the oldest record"),
    "only": _lp("rule", "the only one"),
    "own_word": _lp("rule", "the person's own word"),
    "chosen": _lp("rule", "chosen by a steward"),
    "edited": _lp("rule", "edited by hand"),
}

COMPARISONS: Final[dict[str, Any]] = {
    "prior": _lp("comparison", "Any two records"),
    "name": _lp("comparison", "Name"),
    "rarity": _lp("comparison", "Rare name"),
    "birth": _lp("comparison", "Birth date"),
    "telephone": _lp("comparison", "Telephone"),
    "sex": _lp("comparison", "Gender"),
    "place": _lp("comparison", "Place"),
    "work": _lp("comparison", "School or work"),
    "email": _lp("comparison", "E-mail"),
    "feed": _lp("comparison", "Source"),
    "number": _lp("comparison", "ID number"),
}

LEVELS: Final[dict[str, Any]] = {
    "": _lp("level", "where one begins"),
    "exact": _lp("level", "the same"),
    "equal": _lp("level", "the same"),
    "same": _lp("level", "the same"),
    "own": _lp("level", "the same, nobody else's"),
    "different": _lp("level", "different"),
    "other": _lp("level", "different"),
    "missing": _lp("level", "missing on one side"),
    "not_compared": _lp("level", "not compared"),
    "same_reading": _lp("level", "sounds the same"),
    "same_reading_latin": _lp("level", "same pinyin"),
    "near_reading": _lp("level", "sounds alike"),
    "contained": _lp("level", "one contains the other"),
    "one_character": _lp("level", "one character differs"),
    "same_given": _lp("level", "same given name"),
    "same_surname": _lp("level", "same surname only"),
    "rare": _lp("level", "nobody else"),
    "equal_month": _lp("level", "same month"),
    "one_part": _lp("level", "one part differs"),
    "same_year": _lp("level", "same year"),
    "shared_many": _lp("level", "shared by many"),
    "one_digit": _lp("level", "one digit differs"),
    "guardian": _lp("level", "a guardian's"),
    "same_address": _lp("level", "same address"),
    "same_building": _lp("level", "same building"),
    "same_hood": _lp("level", "same neighbourhood"),
    "same_street": _lp("level", "same street"),
    "same_district": _lp("level", "same district"),
    "other_hood": _lp("level", "another neighbourhood"),
    "other_street": _lp("level", "another street"),
    "other_district": _lp("level", "another district"),
    "one_edit": _lp("level", "one digit differs"),
    "two_edits": _lp("level", "two digits differ"),
    "mask_10": _lp("level", "all visible digits agree"),
    "mask_7": _lp("level", "most visible digits agree"),
    "mask_conflict": _lp("level", "visible digits contradict"),
    "conflict": _lp("level", "two different numbers"),
}

#: GB/T 2261.1
GENDERS: Final[dict[str, Any]] = {
    "0": _lp("gender", "unknown"),
    "1": _lp("gender", "male"),
    "2": _lp("gender", "female"),
    "9": _lp("gender", "not stated"),
}

EVENTS: Final[dict[str, Any]] = {
    "person.looked": _lp("audit", "opened this page"),
    "number.revealed": _lp("audit", "saw a whole number"),
}
_COUNTED: Final = re.compile(r"(shared|count)_(\d+)")


def shown_value(code: str, value: str | None, units: Mapping[str, str]) -> str:
    """Give a field's value as people read it: the gender in words, a unit by its name."""
    if code == "gender":
        return str(GENDERS.get(value or "", value or ""))
    return units.get(value or "", value or "") if code == "unit_code" else value or ""


def field_name(code: str | None) -> str:
    """Name a field of ours; the whole row for none."""
    return _("the whole row") if code is None else str(FIELDS.get(code, code))


def issue_text(code: str) -> str:
    """Say what is wrong with a row or cell."""
    return str(ISSUES.get(code, code))


def remedy_text(code: str) -> str:
    """Say what to do about a problem."""
    return str(REMEDIES.get(code, ""))


def mend_sentence(code: str, field: str | None) -> str:
    """Say in one sentence for the agency what is wrong and what to do."""
    fault = f"{issue_text(code)} {remedy_text(code)}".strip()
    return _("%(field)s: %(fault)s", field=field_name(field), fault=fault) if field else fault


def rule_text(code: str) -> str:
    """Say why records were linked, or a value was chosen."""
    return str(RULES.get(code, code))


def comparison_name(code: str) -> str:
    """Name a comparison."""
    return str(COMPARISONS.get(code, code))


def level_text(code: str) -> str:
    """Say how a comparison came out."""
    counted = _COUNTED.fullmatch(code)
    if counted and counted[1] == "shared":
        return str(_("the same, shared by %(count)s or more", count=counted[2]))
    if counted:
        return str(_("%(count)s or more people of that name", count=counted[2]))
    return str(LEVELS.get(code, code))
