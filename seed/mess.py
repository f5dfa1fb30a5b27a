"""How records go wrong on their way into a file: the stated rates, and what each error does to a column of text.

A rate is the share of those cells to which the error can happen at all; `docs/sample-city.md` has them as a table.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from seed import confusions
from seed.streams import Texts

#: Characters of a citizen ID number; the legacy form has no check.
_WHOLE: Final = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorRates:
    """Shares between 0 and 1. The defaults make the sample city; `seed.testset.HARD` is worse.

    Attributes
    ----------
    traditional_papers : float
        Of holders of a permit of Hong Kong, Macau or Taiwan: the characters of their papers.
    dotted : float
        Of names with a dot: another dot (• ． ‧ or a space).
    nickname : float
        A form of address instead of the given name (小王, 王阿姨).
    id_mistyped, id_swapped, id_wrong_check : float
        Of numbers written whole: one digit, two neighbours, the last character.
    id_of_spouse : float
        Of adults with a spouse: the spouse's number.
    id_of_parent : float
        Of minors with an ID column: the parent's number on the child's record.
    legacy_id : float
        In the Red Cross file, of those born before 1990: 15 digits.
    telephone_of_parent : float
        Of minors: the parent's telephone.
    telephone_of_family : float
        Of people over 60 who do not live alone: the telephone of the other adult.
    birth_wrong : float
        Typed birth date that contradicts the ID: a year off, or day and month exchanged.
    duplicate : float
        One person twice in one export under another external id.
    staleness : float
        Factor on the years since an agency last asked: 0 makes every telephone and address the present one.
    blank_row, repeated_header, too_few_columns, impossible_date : float
        Unusable rows, as a share of the usable ones. A total row ends each file if `total_row`.
    """

    homophone: float = 0.008
    look_alike: float = 0.004
    spaced: float = 0.006
    invisible: float = 0.004
    traditional: float = 0.004
    traditional_papers: float = 0.5
    suffix: float = 0.003
    nickname: float = 0.0015
    dotted: float = 0.4
    id_lower_x: float = 0.25
    id_full_width: float = 0.003
    id_mistyped: float = 0.008
    id_swapped: float = 0.004
    id_wrong_check: float = 0.003
    id_missing: float = 0.02
    id_of_spouse: float = 0.001
    id_of_parent: float = 0.02
    legacy_id: float = 0.06
    telephone_missing: float = 0.02
    telephone_written: float = 0.06
    telephone_full_width: float = 0.003
    telephone_mistyped: float = 0.005
    telephone_of_parent: float = 0.55
    telephone_of_family: float = 0.06
    birth_wrong: float = 0.006
    birth_written: float = 0.04
    birth_placeholder: float = 0.004
    gender_wrong: float = 0.003
    address_missing: float = 0.03
    address_short: float = 0.12
    duplicate: float = 0.008
    staleness: float = 1.0
    blank_row: float = 0.0015
    repeated_header: float = 0.001
    too_few_columns: float = 0.0012
    impossible_date: float = 0.0012
    total_row: bool = True


def strike(rng: np.random.Generator, cells: Texts, rate: float, change: Callable[[str, float], str]) -> None:
    """Change in place a share `rate` of the cells that are not empty; `change` gets a number in [0, 1) to choose by."""
    rows = np.flatnonzero(rng.random(len(cells)) < rate)
    for row, at in zip(rows.tolist(), rng.random(len(rows)).tolist(), strict=True):
        if cells[row]:
            cells[row] = change(cells[row], at)


def disturb_names(rng: np.random.Generator, names: Texts, rates: ErrorRates) -> None:
    """Everything that happens to a name, in place."""
    strike(rng, names, rates.nickname, _nickname)
    strike(rng, names, rates.homophone, confusions.misheard)
    strike(rng, names, rates.look_alike, confusions.misread)
    strike(rng, names, rates.traditional, lambda name, _: confusions.traditional(name))
    strike(rng, names, rates.spaced, _spaced)
    strike(rng, names, rates.invisible, _invisible)
    strike(rng, names, rates.suffix, lambda name, at: name + ("（党员）", "（组长）", " 同学", "女士")[int(at * 4)])
    strike(rng, names, rates.dotted, lambda name, at: name.replace("·", "•．‧ ・"[int(at * 5)]))


def disturb_numbers(rng: np.random.Generator, numbers: Texts, rates: ErrorRates) -> None:
    """Mistyped ID numbers and other ways of writing them, in place."""
    strike(rng, numbers, rates.id_mistyped, lambda text, at: confusions.slipped(text, at, first=6))
    strike(rng, numbers, rates.id_swapped, lambda text, at: confusions.swapped(text, at, first=6))
    strike(rng, numbers, rates.id_wrong_check, _wrong_check)
    strike(rng, numbers, rates.id_lower_x, lambda text, _: text.lower())
    strike(rng, numbers, rates.id_full_width, lambda text, _: confusions.full_width(text))
    strike(rng, numbers, rates.id_missing, lambda *_: "")


def disturb_telephones(rng: np.random.Generator, numbers: Texts, rates: ErrorRates) -> None:
    """Missing, mistyped and freely written telephones, in place."""
    strike(rng, numbers, rates.telephone_mistyped, lambda text, at: confusions.slipped(text, at, first=3))
    strike(rng, numbers, rates.telephone_written, _written_telephone)
    strike(rng, numbers, rates.telephone_full_width, lambda text, _: confusions.full_width(text))
    strike(rng, numbers, rates.telephone_missing, lambda _, at: "" if at < 0.8 else "无")  # noqa: PLR2004 mostly blank


def disturb_births(rng: np.random.Generator, births: Texts, rates: ErrorRates) -> None:
    """Wrong, placeholder and freely written dates, in place; the text is ISO when it comes in."""
    strike(rng, births, rates.birth_wrong, _wrong_birth)
    strike(rng, births, rates.birth_placeholder, lambda _, at: ("0000-00-00", "1900-01-01", "1990-01-01")[int(at * 3)])
    strike(rng, births, rates.birth_written, _written_date)


def disturb_addresses(rng: np.random.Generator, addresses: Texts, rates: ErrorRates) -> None:
    """Missing and shortened addresses, in place."""
    strike(rng, addresses, rates.address_short, _short_address)
    strike(rng, addresses, rates.address_missing, lambda *_: "")


def _nickname(name: str, at: float) -> str:
    return ("小" + name[0], "老" + name[0], name[0] + "阿姨", name[0] + "老师")[int(at * 4)]


def _spaced(name: str, at: float) -> str:
    place = 1 + int(at * (len(name) - 1))
    return name[:place] + (" " if at < 0.6 else "\u3000") + name[place:]  # noqa: PLR2004 the wide one is rarer


def _invisible(name: str, at: float) -> str:
    place = int(at * (len(name) + 1))
    return name[:place] + "\u200b\u200d\ufeff\u00a0"[int(at * 997) % 4] + name[place:]


def _wrong_check(text: str, at: float) -> str:
    if len(text) != _WHOLE:
        return text
    others = [digit for digit in "0123456789X" if digit != text[-1]]
    return text[:-1] + others[int(at * len(others))]


def _written_telephone(text: str, at: float) -> str:
    spaced = f"{text[:3]} {text[3:7]} {text[7:]}"
    return (f"+86-{spaced}", f"+86{text}", spaced, spaced.replace(" ", "-"), f"86 {text}", f" {text} ")[int(at * 6)]


def _wrong_birth(text: str, at: float) -> str:
    if text[8:] <= "12" and text[5:7] != text[8:] and at < 0.4:  # noqa: PLR2004 American order
        return f"{text[:4]}-{text[8:]}-{text[5:7]}"
    shifted = f"{int(text[:4]) + (1 if at < 0.7 else -1)}{text[4:]}"  # noqa: PLR2004
    return shifted.replace("-02-29", "-02-28")


def _written_date(text: str, at: float) -> str:
    year, month, day = text.split("-")
    plain = f"{int(month)}", f"{int(day)}"
    forms = (
        f"{year}/{plain[0]}/{plain[1]}",
        f"{year}年{plain[0]}月{plain[1]}日",
        f"{year}.{month}.{day}",
        year + month + day,
    )
    return forms[int(at * 4)]


def _short_address(text: str, at: float) -> str:
    if at < 0.4:  # noqa: PLR2004
        return text.removesuffix("室").replace("弄", "-").replace("号", "-")
    return text.removesuffix("室") if at < 0.8 else "上海市" + text  # noqa: PLR2004
