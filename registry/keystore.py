"""The stored keys by which a new record finds its candidates: SipHash-2-4 of linkage keys, under a key of their own.

Aumasson and Bernstein, "SipHash: a fast short-input PRF" (2012). What goes in is the 64-bit mixture of
:mod:`registry.linkage.candidates`; what is kept says nothing without the digesting key.
"""

from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sqlalchemy import bindparam
from sqlalchemy.orm import Session

from models import LinkKey
from models.sealing import Keyring, keyring_of
from registry.bulk import insert_numbers, parts, rows_among, table_of
from registry.linkage.candidates import CAP
from registry.linkage.compiled import kernel, part
from registry.linkage.features import Features, unpacked
from registry.linkage.link_keys import keys_of
from registry.sealed_records import sealed_features

_C0: Final = np.uint64(0x736F6D6570736575)
_C1: Final = np.uint64(0x646F72616E646F6D)
_C2: Final = np.uint64(0x6C7967656E657261)
_C3: Final = np.uint64(0x7465646279746573)
_R13, _R16, _R17, _R21, _R32 = (np.uint64(by) for by in (13, 16, 17, 21, 32))
_LENGTH: Final = np.uint64(8 << 56)


@part
def _rotated(x: Any, by: Any) -> Any:
    return (x << by) | (x >> (np.uint64(64) - by))


@part
def _round(v0: Any, v1: Any, v2: Any, v3: Any) -> Any:
    v0 = v0 + v1
    v1 = _rotated(v1, _R13) ^ v0
    v0 = _rotated(v0, _R32)
    v2 = v2 + v3
    v3 = _rotated(v3, _R16) ^ v2
    v0 = v0 + v3
    v3 = _rotated(v3, _R21) ^ v0
    v2 = v2 + v1
    v1 = _rotated(v1, _R17) ^ v2
    return v0, v1, _rotated(v2, _R32), v3


@kernel
def _siphash(values: Any, k0: Any, k1: Any, result: Any) -> None:
    for place in range(values.shape[0]):
        v0, v1, v2, v3 = k0 ^ _C0, k1 ^ _C1, k0 ^ _C2, k1 ^ _C3
        for turn in range(2):
            word = values[place] if turn == 0 else _LENGTH
            v3 = v3 ^ word
            v0, v1, v2, v3 = _round(v0, v1, v2, v3)
            v0, v1, v2, v3 = _round(v0, v1, v2, v3)
            v0 = v0 ^ word
        v2 = v2 ^ np.uint64(0xFF)
        for _ in range(4):
            v0, v1, v2, v3 = _round(v0, v1, v2, v3)
        result[place] = v0 ^ v1 ^ v2 ^ v3


def hashed(keyring: Keyring, values: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    """Give the stored form of linkage keys."""
    first, second = np.frombuffer(keyring.digest("link_key", "secret"), "<u8")
    return hashed_under((first, second), values)


def hashed_under(secret: tuple[np.uint64, np.uint64], values: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    """Give SipHash-2-4 of 64-bit words."""
    digests: npt.NDArray[np.int64] = np.empty(len(values), np.int64)
    _siphash(np.ascontiguousarray(values), *secret, digests.view(np.uint64))
    return digests


def stored_keys(keyring: Keyring, features: Features) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Give the stored keys of records and the row of each, distinct, sorted by key and row."""
    values, rows = _keys_and_rows(keyring, features)
    order = np.lexsort((rows, values))
    values, rows = values[order], rows[order]
    keep = np.ones(len(values), np.bool_)
    keep[1:] = (values[1:] != values[:-1]) | (rows[1:] != rows[:-1])
    return values[keep], rows[keep]


def _keys_and_rows(keyring: Keyring, features: Features) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    keys = keys_of(features)
    kinds = [keys.all_of(kind) for kind in range(keys.first.shape[1])]
    values = hashed(keyring, np.concatenate([values for values, _ in kinds]))
    return values, np.concatenate([rows for _, rows in kinds]).astype(np.int64)


def key_rows(keyring: Keyring, features: Features, record_ids: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Give the keys of records as rows of the table, by key: a table filled in its order grows at its end.

    A row may stand there twice, where two readings of a name give one key.
    """
    values, rows = _keys_and_rows(keyring, features)
    order = np.argsort(values)
    table = np.empty((len(order), 2), np.int64)
    table[:, 0], table[:, 1] = values[order], record_ids[rows[order]]
    return table


def write_keys(session: Session, features: Features, record_ids: npt.NDArray[np.int64]) -> int:
    """Insert the keys of records, those that are not there yet; give how many keys they have."""
    return insert_keys(session, key_rows(keyring_of(session), features, record_ids))


def insert_keys(session: Session, rows: npt.NDArray[np.int64]) -> int:
    """Insert rows of keys, those that are not there yet."""
    return insert_numbers(session, table_of(LinkKey), ("key", "source_record_id"), rows)


def remove_keys(session: Session, record_ids: list[int]) -> None:
    """Take away the keys of records, which must still have the features that the keys were made of."""
    opened = sealed_features(session, record_ids)
    if not opened:
        return
    numbers = np.array(sorted(opened), np.int64)
    values, rows = stored_keys(keyring_of(session), unpacked([opened[number] for number in numbers.tolist()]))
    table = table_of(LinkKey)
    statement = table.delete().where(table.c.key == bindparam("key_"), table.c.source_record_id == bindparam("record_"))
    gone = [{"key_": k, "record_": n} for k, n in zip(values.tolist(), numbers[rows].tolist(), strict=True)]
    for some in parts(gone):
        session.connection().execute(statement, some)


def neighbours(session: Session, values: list[int], *, cap: int = CAP) -> set[int]:
    """Give the records that share one of the keys, blocks of more than `cap` left out."""
    blocks: dict[int, list[int]] = {}
    for key, number in rows_among(session, table_of(LinkKey), ("key", "source_record_id"), "key", sorted(values)):
        blocks.setdefault(key, []).append(number)
    return {number for block in blocks.values() if len(block) <= cap for number in block}
