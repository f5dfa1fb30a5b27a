"""Identity numbers and telephones: standard form, masks, what a number says about its holder, what is wrong with it.

Sources: GB 11643-1999 (citizen identity numbers, weights and check characters), its predecessor of 15 digits.
A mistyped number is never repaired by its check digit: it has nine valid neighbours on average.
"""

import re
from datetime import date
from functools import lru_cache
from operator import mul
from typing import Final, NamedTuple

from registry.standardise.names import visible

_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS: Final = "10X98765432"
_ZEROS: Final = ord("0") * sum(_WEIGHTS)
_MASKED: Final = re.compile(r"(\d{1,10})[*＊xX#.…•_?\-]{2,17}(\d{0,5}[\dX])?")
_ID_NOISE: Final = re.compile(r"[\s'’`\-–—_.]")
_FLOAT: Final = re.compile(r"\d+\.0+|\d(\.\d+)?[eE]\+?\d+")
_MOBILE: Final = re.compile(r"1\d{10}")
_LANDLINE: Final = re.compile(r"0?(10|2\d|[3-9]\d\d)?(\d{7,8})")
_PASSPORT: Final = re.compile(r"[A-Z0-9]{6,12}")
_EARLIEST: Final = 1900
_WHOLE: Final = 18
_LEGACY: Final = 15


class IdNumber(NamedTuple):
    """An identity number as far as it is known.

    Attributes
    ----------
    whole
        18 characters with a right check character and a possible birth date, or another document's number; else "".
    masked
        What is visible, "*" for each hidden character ("310101********1234"); "" when nothing is hidden.
    faulty
        18 characters that fail the check or the date, kept for comparison only; else "".
    born_on, gender
        What a whole citizen number says; "" otherwise.
    is_citizen
        False for passports and travel permits.
    problem
        A code, "" when all is well.
    """

    whole: str = ""
    masked: str = ""
    faulty: str = ""
    born_on: str = ""
    gender: str = ""
    is_citizen: bool = True
    problem: str = ""


_NONE: Final = IdNumber()


def check_character(first_17: str) -> str:
    """Give the eighteenth character (GB 11643-1999)."""
    return _CHECKS[(sum(map(mul, first_17.encode(), _WEIGHTS)) - _ZEROS) % 11]


def standard_id(raw: str, kind: str = "") -> IdNumber:  # noqa: PLR0911  one line a form
    """Bring an identity number into standard form. `kind` is the document's name as the agency writes it.

    Problems: ``id_check_digit``, ``id_impossible_date``, ``id_length``, ``id_as_number`` (a spreadsheet kept fifteen
    digits and wrote noughts for the rest), ``id_unreadable``.
    """
    if raw.isdigit() and raw.isascii() and len(raw) == _WHOLE and (not kind or "身份" in kind):
        return _eighteen(raw)
    text = _ID_NOISE.sub("", visible(raw)).upper() if not _FLOAT.fullmatch(raw.strip()) else raw.strip()
    if not text.strip("0*无") or text in {"NULL", "NONE", "NAN", "N/A", "无", "暂无", "不详"}:
        return _NONE
    if _FLOAT.fullmatch(text):
        return IdNumber(problem="id_as_number")
    if kind and "身份" not in kind:
        ok = _PASSPORT.fullmatch(text) is not None
        return IdNumber(whole=text, is_citizen=False) if ok else IdNumber(is_citizen=False, problem="id_unreadable")
    if len(text) == _WHOLE and text[:17].isdigit() and (text[17].isdigit() or text[17] == "X"):
        return _eighteen(text)
    if len(text) == _LEGACY and text.isdigit():
        return _fifteen(text)
    mask = _MASKED.fullmatch(text)
    if mask:
        return _mask(mask.group(1), mask.group(2) or "")
    if not kind and _PASSPORT.fullmatch(text) and text[0].isalpha():
        return IdNumber(whole=text, is_citizen=False)
    return IdNumber(problem="id_length" if text.rstrip("X").isdigit() else "id_unreadable")


def _eighteen(text: str) -> IdNumber:
    born = _date(text[6:14])
    if not born:
        return IdNumber(faulty=text, problem="id_impossible_date")
    if check_character(text[:17]) != text[17]:
        if text.endswith("000"):  # a spreadsheet kept fifteen digits
            return IdNumber(problem="id_as_number")
        return IdNumber(faulty=text, problem="id_check_digit")
    return IdNumber(whole=text, born_on=born, gender="1" if int(text[16]) % 2 else "2")


def _fifteen(text: str) -> IdNumber:
    body = text[:6] + "19" + text[6:]
    born = _date(body[6:14])
    if not born:
        return IdNumber(problem="id_impossible_date")
    return IdNumber(whole=body + check_character(body), born_on=born, gender="1" if int(body[16]) % 2 else "2")


def _mask(head: str, tail: str) -> IdNumber:
    if len(head) + len(tail) >= _WHOLE:
        return IdNumber(problem="id_length")
    return IdNumber(masked=head + "*" * (18 - len(head) - len(tail)) + tail)


@lru_cache(maxsize=1 << 16)
def _date(digits: str) -> str:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return ""
    return born.isoformat() if born.year >= _EARLIEST else ""


def masked_id(whole: str) -> str:
    """Give the form shown on pages: six, stars, four; a short number shows its last two."""
    if len(whole) == _WHOLE:
        return whole[:6] + "*" * 8 + whole[14:]
    return "*" * (len(whole) - 2) + whole[-2:]


class Telephone(NamedTuple):
    """A number of digits only: a mobile of eleven, a landline with its area code, or "+" and another country's."""

    number: str = ""
    problem: str = ""


_NO_TELEPHONE: Final = Telephone()


def standard_telephone(raw: str, area_code: str = "021") -> Telephone:
    """Bring a telephone into standard form; the first number of several is taken.

    Problems: ``telephone_unreadable``, ``telephone_masked``.
    """
    text = raw.strip()
    if _MOBILE.fullmatch(text):
        return Telephone(number=text) if not _is_placeholder(text) else _NO_TELEPHONE
    text = visible(text)
    if _FLOAT.fullmatch(text):
        text = str(int(float(text)))
    if "*" in text:
        return Telephone(problem="telephone_masked")
    first = re.split(r"[/、,，;；或]|转", text)[0]
    foreign = first.strip().startswith("+") and not re.match(r"\+\s*86", first.strip())
    digits = re.sub(r"\D", "", first)
    if not digits.strip("0") or _is_placeholder(digits):
        return _NO_TELEPHONE if len(digits) != 1 and not first.strip(" -—无暂") else _unreadable(digits)
    if foreign:
        return Telephone(number="+" + digits)
    return _domestic(digits, area_code)


def _unreadable(digits: str) -> Telephone:
    return _NO_TELEPHONE if digits and len(set(digits)) == 1 else Telephone(problem="telephone_unreadable")


def _domestic(digits: str, area_code: str) -> Telephone:
    for prefix in ("0086", "86"):
        if digits.startswith(prefix) and len(digits) > 11:  # noqa: PLR2004
            digits = digits.removeprefix(prefix)
            break
    if _MOBILE.fullmatch(digits.removeprefix("0")):
        return Telephone(number=digits.removeprefix("0"))
    land = _LANDLINE.fullmatch(digits)
    if land and not digits.startswith("1"):
        area = "0" + land.group(1) if land.group(1) else area_code
        return Telephone(number=area + land.group(2))
    return Telephone(problem="telephone_unreadable")


def _is_placeholder(digits: str) -> bool:
    return len(set(digits[1:])) <= 1 or digits in {"12345678901", "12345678910", "13800138000"}


def masked_telephone(number: str) -> str:
    """Give the form shown on pages: three, stars, four."""
    return number[:3] + "*" * max(1, len(number) - 7) + number[-4:]
