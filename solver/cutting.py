"""Cuts the bytes of a large JSON object between the elements of its long lists, without parsing it."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import numpy as np

from solver.arrays import Ints
from solver.cutting_kernel import top_level

_LONG: Final = 4_000_000
"""Bytes from which a top-level list is cut into parts."""


def cut(raw: bytes, elements: int) -> dict[str, list[memoryview]] | None:
    """Parts of every value of the outer object, by key.

    A value that is a long list is cut into lists of `elements` elements; any other value is one part.
    ``None`` when the bytes are not one sound object: then the parser says what is wrong.
    """
    data = np.frombuffer(raw, dtype=np.uint8)
    cuts = np.empty(len(raw) // 4 + 16, dtype=np.int64)
    found = top_level(data, cuts)
    if found <= 0:
        return None
    marks = cuts[:found]
    outer = np.flatnonzero(marks <= 0)
    if len(outer) % 2 != 1 or raw[-marks[outer[0]]] != ord(":"):
        return None
    ends = [*(-marks[outer[1::2]]).tolist(), raw.rstrip().rfind(b"}")]
    begins = (-marks[outer[0::2]]).tolist()
    lasts = [*outer[1::2].tolist(), found]
    parts: dict[str, list[memoryview]] = {}
    before = raw.find(b"{")
    for colon, end, first, last in zip(begins, ends, outer[0::2].tolist(), lasts, strict=True):
        key = raw[before + 1 : colon].strip().strip(b'"').decode()
        parts[key] = _parts(raw, colon + 1, end, marks[first + 1 : last], elements)
        before = end
    return parts


def _parts(raw: bytes, begin: int, end: int, commas: Ints, elements: int) -> list[memoryview]:
    value = raw[begin:end].strip() if end - begin < _LONG else b""
    if value or raw[begin:end].lstrip()[:1] != b"[":
        return [memoryview(raw)[begin:end]]
    opening, closing = raw.index(b"[", begin), raw.rindex(b"]", begin, end)
    edges = [opening, *commas[elements - 1 :: elements].tolist(), closing]
    return [memoryview(b"[" + raw[left + 1 : right] + b"]") for left, right in pairwise(edges)]
