"""The stored keys by which a new record finds its candidates: SipHash-2-4 of linkage keys, under a key of their own.

Aumasson and Bernstein, "SipHash: a fast short-input PRF" (2012). What goes in is the 64-bit mixture of
:mod:`registry.linkage.candidates`; what is kept says nothing without the digesting key.
"""

from typing import Any, Final

import numba
import numpy as np
import numpy.typing as npt
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from models import LinkKey
from models.sealing import Keyring, keyring_of
from registry.bulk import insert_rows, parts, table_of
from registry.linkage.candidates import CAP, keys_of
from registry.linkage.features import Features, unpacked
from registry.sealed_records import sealed_features

_C0: Final = np.uint64(0x736F6D6570736575)
_C1: Final = np.uint64(0x646F72616E646F6D)
_C2: Final = np.uint64(0x6C7967656E657261)
_C3: Final = np.uint64(0x7465646279746573)
_LENGTH: Final = np.uint64(8 << 56)
_PER_STATEMENT: Final = 5_000


@numba.njit(cache=True)
def _rotated(x: Any, by: int) -> Any:
    return (x << np.uint64(by)) | (x >> np.uint64(64 - by))


@numba.njit(cache=True)
def _round(v0: Any, v1: Any, v2: Any, v3: Any) -> Any:
    v0 = v0 + v1
    v1 = _rotated(v1, 13) ^ v0
    v0 = _rotated(v0, 32)
    v2 = v2 + v3
    v3 = _rotated(v3, 16) ^ v2
    v0 = v0 + v3
    v3 = _rotated(v3, 21) ^ v0
    v2 = v2 + v1
    v1 = _rotated(v1, 17) ^ v2
    return v0, v1, _rotated(v2, 32), v3


@numba.njit(cache=True)
def _siphash(values: Any, k0: Any, k1: Any) -> Any:
    result = np.empty(values.shape[0], np.uint64)
    for place in range(values.shape[0]):
        v0, v1, v2, v3 = k0 ^ _C0, k1 ^ _C1, k0 ^ _C2, k1 ^ _C3
        for word in (values[place], _LENGTH):
            v3 = v3 ^ word
            v0, v1, v2, v3 = _round(v0, v1, v2, v3)
            v0, v1, v2, v3 = _round(v0, v1, v2, v3)
            v0 = v0 ^ word
        v2 = v2 ^ np.uint64(0xFF)
        for _ in range(4):
            v0, v1, v2, v3 = _round(v0, v1, v2, v3)
        result[place] = v0 ^ v1 ^ v2 ^ v3
    return result


def hashed(keyring: Keyring, values: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    """Give the stored form of linkage keys."""
    secret = np.frombuffer(keyring.digest("link_key", "secret"), "<u8")
    digests: npt.NDArray[np.int64] = _siphash(values, secret[0], secret[1]).view(np.int64)
    return digests


def stored_keys(keyring: Keyring, features: Features) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Give the stored keys of records and the row of each, distinct, sorted by key and row."""
    keys = keys_of(features)
    kinds = [keys.all_of(kind) for kind in range(keys.first.shape[1])]
    values = hashed(keyring, np.concatenate([values for values, _ in kinds]))
    rows = np.concatenate([rows for _, rows in kinds]).astype(np.int64)
    order = np.lexsort((rows, values))
    values, rows = values[order], rows[order]
    keep = np.ones(len(values), np.bool_)
    keep[1:] = (values[1:] != values[:-1]) | (rows[1:] != rows[:-1])
    return values[keep], rows[keep]


def write_keys(session: Session, features: Features, record_ids: npt.NDArray[np.int64]) -> int:
    """Insert the keys of records that have none yet; give their number."""
    values, rows = stored_keys(keyring_of(session), features)
    numbers = record_ids[rows]
    return insert_rows(
        session, table_of(LinkKey), ("key", "source_record_id"), zip(values.tolist(), numbers.tolist(), strict=True)
    )


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
    for part in parts(gone):
        session.connection().execute(statement, part)


def neighbours(session: Session, values: list[int], *, cap: int = CAP) -> set[int]:
    """Give the records that share one of the keys, blocks of more than `cap` left out."""
    found: set[int] = set()
    for part in parts(sorted(values), _PER_STATEMENT):
        blocks: dict[int, list[int]] = {}
        for key, number in session.execute(select(LinkKey.key, LinkKey.source_record_id).where(LinkKey.key.in_(part))):
            blocks.setdefault(key, []).append(number)
        for block in blocks.values():
            if len(block) <= cap:
                found.update(block)
    return found
