"""The features of a source record: what linkage compares, as one structure of fixed size.

Texts are 64-bit digests (BLAKE2b, no key: features are sealed where they are kept), dates whole numbers ``yyyymmdd``
with 00 for what is not known, an identity number eighteen small numbers with :data:`HIDDEN` for what cannot be seen.
"""

import struct
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Final
from zlib import crc32

import numpy as np
import numpy.typing as npt

from registry.standardise.names import blurred, pinyin_key, standard_name
from registry.standardise.record import StandardRecord

HIDDEN: Final = 255
CHARACTERS: Final = 6

ID_NONE: Final = 0
ID_WHOLE: Final = 1
ID_MASKED: Final = 2
ID_FAULTY: Final = 3
ID_OTHER: Final = 4

#: One record. 0 is absent everywhere; `number` is the digest of a whole number of any document.
FEATURE: Final = np.dtype(
    [
        ("name", "<u8"), ("reading", "<u8"), ("reading_2", "<u8"), ("near", "<u8"), ("given", "<u8"),
        ("surname", "<u8"), ("characters", "<u4", (CHARACTERS,)), ("number", "<u8"), ("telephone", "<u8"),
        ("guardian", "<u8"), ("email", "<u8"), ("address", "<u8"), ("building", "<u8"), ("work", "<u8"),
        ("hood", "<i8"), ("street", "<i8"), ("district", "<i4"), ("source", "<u4"), ("born", "<i4"),
        ("born_typed", "<i4"), ("length", "u1"), ("han", "u1"), ("sex", "u1"), ("id_state", "u1"),
        ("digits", "u1", (18,)), ("sex_typed", "u1"), ("spare", "u1"),
    ]
)  # fmt: skip


def _place(name: str, width: int) -> int:
    assert FEATURE.fields is not None
    return int(FEATURE.fields[name][1]) // width


#: Places of the fields among a record's words of 8 bytes, halves of 4 and octets: what compiled code reads.
W_NAME, W_READING, W_READING_2, W_NEAR, W_GIVEN, W_SURNAME, W_NUMBER, W_TELEPHONE, W_GUARDIAN, W_EMAIL = (
    _place(name, 8)
    for name in (
        "name", "reading", "reading_2", "near", "given", "surname", "number", "telephone", "guardian", "email",
    )
)  # fmt: skip
W_ADDRESS, W_BUILDING, W_WORK, W_HOOD, W_STREET = (
    _place(name, 8) for name in ("address", "building", "work", "hood", "street")
)
H_CHARACTERS, H_DISTRICT, H_SOURCE, H_BORN, H_TYPED = (
    _place(name, 4) for name in ("characters", "district", "source", "born", "born_typed")
)
O_LENGTH, O_HAN, O_SEX, O_STATE, O_DIGITS = (_place(name, 1) for name in ("length", "han", "sex", "id_state", "digits"))
_NAME: Final = struct.Struct("<6Q6I")
_REST: Final = struct.Struct("<7Q2qiIii4B18sBx")

Features = npt.NDArray[Any]

#: Character of an identity number → its small number.
_DIGITS: Final = bytes(b"0123456789X".find(c) & HIDDEN for c in range(256))
_BLANK: Final = bytes([HIDDEN] * 18)


def digest_of(text: str) -> int:
    """Give the 64-bit digest of a text; 0 for an empty one."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little") | 1 if text else 0


def packed(record: StandardRecord, source: str) -> bytes:
    """Give the features of one record, as the bytes of one :data:`FEATURE`."""
    name_part, length, han = _name_part(record.name, record.reading)
    digits, state = _digits(record)
    unit = record.unit_code
    rest = _REST.pack(
        digest_of(record.id_number),
        _telephone(record.telephone),
        _telephone(record.guardian_telephone),
        digest_of(record.email),
        digest_of(record.address),
        digest_of(record.building),
        _short_digest(record.workplace),
        int(unit[:12]) if len(unit) >= 12 else 0,  # noqa: PLR2004  neighbourhood
        int(unit[:9]) if len(unit) >= 9 else 0,  # noqa: PLR2004  street
        int(unit[:6]) if len(unit) >= 6 else 0,  # noqa: PLR2004  district
        crc32(source.encode()),
        _born(record.born_on),
        _born(record.born_on_typed),
        length,
        han,
        int(record.gender) % 9,
        state,
        digits,
        int(record.gender_typed) % 9,
    )
    return name_part + rest


def columns(features: Features) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int32], npt.NDArray[np.uint8]]:
    """Give records as plain arrays, rows × words, halves and octets, without copying: they compile fast."""
    raw = np.ascontiguousarray(features)
    count = len(raw)
    return (
        raw.view("<u8").reshape(count, FEATURE.itemsize // 8),
        raw.view("<i4").reshape(count, FEATURE.itemsize // 4),
        raw.view("u1").reshape(count, FEATURE.itemsize),
    )


def unpacked(rows: list[bytes]) -> Features:
    """Give the structures of many packed records: writable, for what is compiled tells read-only arrays apart."""
    return np.frombuffer(bytearray().join(rows), dtype=FEATURE)


@lru_cache(maxsize=1 << 19)
def _name_part(text: str, reading: str) -> tuple[bytes, int, int]:
    name = standard_name(text)
    if name is None:
        return bytes(_NAME.size), 0, 0
    first, second = name.syllables, name.other_syllables
    written = standard_name(reading) if reading else None
    if written is not None and second and pinyin_key(written.syllables) == pinyin_key(second):
        first, second = second, first
    elif written is not None and not second and pinyin_key(written.syllables) != pinyin_key(first):
        second = written.syllables
    near = pinyin_key(tuple(blurred(s) for s in first))
    codes = [ord(c) for c in text.replace("·", "")[:CHARACTERS]] + [0] * CHARACTERS
    part = _NAME.pack(
        digest_of(name.text),
        digest_of(pinyin_key(first)),
        digest_of(pinyin_key(second)) if second else 0,
        digest_of("~" + near),
        digest_of(name.given),
        digest_of(first[0] if name.surname and first else name.surname),
        *codes[:CHARACTERS],
    )
    return part, min(255, len(text.replace("·", ""))), int(name.is_han)


@lru_cache(maxsize=1 << 16)
def _short_digest(text: str) -> int:
    return digest_of(text)


def _telephone(number: str) -> int:
    """Keep the digits, so that one mistyped digit can be seen."""
    return int(number[:18]) if number.isdigit() else digest_of(number)


@lru_cache(maxsize=1 << 17)
def _born(iso: str) -> int:
    return int(iso.replace("-", "").ljust(8, "0")) if iso else 0


def _digits(record: StandardRecord) -> tuple[bytes, int]:
    if record.id_number and not record.id_is_citizen:
        return _BLANK, ID_OTHER
    for text, state in ((record.id_number, ID_WHOLE), (record.id_masked, ID_MASKED), (record.id_faulty, ID_FAULTY)):
        if text:
            return text.encode("ascii", "replace").translate(_DIGITS), state
    return _BLANK, ID_NONE


assert _NAME.size + _REST.size == FEATURE.itemsize  # the two descriptions of one structure
