"""Numbers that look right and belong to nobody: citizen ID numbers and telephones of the invented people.

ID numbers follow GB 11643-1999 to the check digit, under division codes ``PP99NN`` that were never issued. In GB/T 2260
the third and fourth digits number cities (01-20, 51-70), prefectures (21-50) and the counties that a province governs
itself (90); 99 was not given out in any edition, and no code of it stands in the tables of 2023-06-30.

Telephones have eleven digits and start with 128 or 129. The mobile ranges of China are 13 to 19 (Numbering Plan of the
Ministry of Industry and Information Technology, 2017 edition); numbers in 12 are short service codes, and none that
begin with 128 or 129 are assigned: dialled in full they reach neither a person nor a service.
"""

import re
from typing import Final

import numpy as np

from seed.streams import Days, Flags, Ints, Texts, draw, stream, texts

#: Third and fourth digit of every invented division.
NEVER_ISSUED: Final = "99"
INVENTED_ID: Final = re.compile(r"^[1-6]\d99\d{2}(?:\d{11}[\dXx]|\d{9})$")
INVENTED_TELEPHONE: Final = re.compile(r"^12[89]\d{8}$")
TELEPHONE_PREFIXES: Final = ("128", "129")

_WEIGHTS: Final = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], dtype=np.int64)
_CHECKS: Final = np.frombuffer(b"10X98765432", dtype=np.uint8)
_LOCAL: Final = 319900
#: Provinces of first registration of those who came from elsewhere, nearest first, and how many in a thousand.
_ELSEWHERE: Final = (
    (32, 240), (34, 220), (33, 110), (36, 80), (41, 75), (42, 55), (35, 45), (37, 40), (51, 35), (43, 30), (23, 15),
    (61, 15), (21, 12), (50, 10), (13, 10), (22, 8),
)  # fmt: skip
_LOCAL_CODES: Final = 18
_CODES_A_PROVINCE: Final = 60
_SPACE: Final = 200_000_000


class IssuedNumbers:
    """Hands out ID numbers, each once, with bounded memory.

    A number that falls on a used cell of a fixed table of flags is drawn again: a Bloom filter with one hash, where a
    false alarm costs one more draw and nothing else.

    Parameters
    ----------
    seed : int
        Of the world.
    people : int
        About how many numbers will be asked for; the table has at least sixteen cells for each.
    """

    def __init__(self, seed: int, people: int) -> None:
        self._seed = seed
        self._bits = min(27, max(16, int(16 * people).bit_length()))
        self._used = np.zeros(1 << self._bits, dtype=np.bool_)

    def issue(self, part: str | int, divisions: Ints, births: Days, female: Flags) -> Texts:
        """One number of 18 characters for each person, different from all that were issued before."""
        rng = stream(self._seed, "identity", part)
        day = births.astype("datetime64[D]").astype(np.int64)
        keys = np.zeros(len(divisions), dtype=np.int64)
        sequence = np.zeros(len(divisions), dtype=np.int64)
        open_rows = np.arange(len(divisions))
        while len(open_rows):
            tried = 2 * rng.integers(0, 500, len(open_rows)) + np.where(female[open_rows], 0, 1)
            sequence[open_rows] = np.maximum(tried, 1 + female[open_rows])
            keys[open_rows] = (divisions[open_rows] * 100_000 + day[open_rows] + 50_000) * 1000 + sequence[open_rows]
            open_rows = open_rows[~self._take(keys[open_rows])]
        return numbers(divisions, births, sequence)

    def _take(self, keys: Ints) -> Flags:
        cells = (keys.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(64 - self._bits)
        first = np.zeros(len(cells), dtype=np.bool_)
        first[np.unique(cells, return_index=True)[1]] = True
        free: Flags = first & ~self._used[cells]
        self._used[cells[free]] = True
        return free


def divisions(rng: np.random.Generator, local: Flags) -> Ints:
    """Invented divisions of first registration: 18 uneven ones for locals, 960 in other provinces."""
    home = _LOCAL + draw(rng, _LOCAL_CODES, len(local), 1.0 / (np.arange(_LOCAL_CODES, dtype=np.float64) + 4.0))
    shares = np.array([share for _, share in _ELSEWHERE], dtype=np.float64)
    province = np.array([code for code, _ in _ELSEWHERE])[draw(rng, len(_ELSEWHERE), len(local), shares)]
    away = province * 10_000 + int(NEVER_ISSUED) * 100 + rng.integers(0, _CODES_A_PROVINCE, len(local))
    return np.where(local, home, away).astype(np.int64)


def numbers(division: Ints, births: Days, sequence: Ints) -> Texts:
    """ID numbers of 18 characters with their check digit (GB 11643-1999)."""
    months = births.astype("datetime64[M]").astype(np.int64)
    day = (births.astype("datetime64[D]") - births.astype("datetime64[M]").astype("datetime64[D]")).astype(np.int64) + 1
    body = (division * 10_000 + 1970 + months // 12) * 10_000 + (months % 12 + 1) * 100 + day
    body = body * 1000 + sequence
    digits = (body[:, None] // (10 ** np.arange(16, -1, -1, dtype=np.int64))) % 10
    check = _CHECKS[(digits * _WEIGHTS).sum(axis=1) % 11]
    whole = np.concatenate([(digits + ord("0")).astype(np.uint8), check[:, None]], axis=1)
    return texts(np.ascontiguousarray(whole).view("S18").ravel().astype("U18"))


def check_digit(body: str) -> str:
    """The eighteenth character for the first seventeen digits."""
    return chr(_CHECKS[sum(int(digit) * int(weight) for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11])


def legacy(number: str) -> str:
    """The 15-digit form in use until 1999: without the century and the check digit."""
    return number[:6] + number[8:17]


def telephones(seed: int, person: Ints, generation: int = 0) -> Texts:
    """One number a person and generation (0 now, 1 the one before, 2 the next), never the same twice below 40 million.

    A Feistel network of three rounds over 10,000 × 20,000 places permutes them (M. Luby and C. Rackoff, 1988).
    """
    key = int(stream(seed, "telephone").integers(1, 1 << 31))
    place = (person + generation * (_SPACE // 4)) % _SPACE
    left, right = place // 20_000, place % 20_000
    for turn in range(3):
        left = (left + _scatter(right, key + 2 * turn)) % 10_000
        right = (right + _scatter(left, key + 2 * turn + 1)) % 20_000
    return texts((12_800_000_000 + left * 20_000 + right).astype("U11"))


def _scatter(values: Ints, key: int) -> Ints:
    mixed = (values.astype(np.uint64) + np.uint64(key)) * np.uint64(0x9E3779B97F4A7C15)
    return (mixed >> np.uint64(33)).astype(np.int64)
