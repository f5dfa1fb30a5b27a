"""Sealing of personal values: AES-256-GCM for display, keyed BLAKE2b for comparison, under rotating keys.

An envelope is one byte of version, four of key number, twelve of nonce, then ciphertext and tag. What is bound to it
(the additional data) is the column and the row, so that a blob copied to another row does not open there.
The keyring is handed in, and travels on ``session.info["keyring"]``; this module reads no settings.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.orm import Session

_VERSION = 1
_NONCE = 12
_HEAD = 5
DIGEST_BYTES = 16


class SealBroken(ValueError):
    """A blob does not open: another row's, another key's, or damaged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyring:
    """The keys in force.

    Attributes
    ----------
    sealing
        Key number → 32 bytes. Old numbers stay until everything they sealed has been sealed again.
    current
        The number that seals.
    digesting
        32 bytes for keyed digests; one that changes makes every digest new, so it rotates apart from the others.

    Raises
    ------
    ValueError
        At construction, for a key that is not 32 bytes or a current number that is not there.
    """

    sealing: Mapping[int, bytes]
    current: int
    digesting: bytes
    _ciphers: dict[int, AESGCM] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.current not in self.sealing:
            raise ValueError(f"sealing key {self.current} is not in the keyring")
        for number, key in self.sealing.items():
            if len(key) != 32:  # noqa: PLR2004  AES-256
                raise ValueError(f"sealing key {number} has {len(key)} bytes, not 32")
            self._ciphers[number] = AESGCM(key)
        if len(self.digesting) != 32:  # noqa: PLR2004
            raise ValueError(f"the digesting key has {len(self.digesting)} bytes, not 32")

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel to another process of ours as what it was made of."""
        return _keyring, (dict(self.sealing), self.current, self.digesting)

    def seal(self, value: bytes, *, bound_to: str) -> bytes:
        """Seal `value` for the place `bound_to`, as in ``person.telephone/17``."""
        nonce = os.urandom(_NONCE)
        head = bytes([_VERSION]) + self.current.to_bytes(4, "big")
        return head + nonce + self._ciphers[self.current].encrypt(nonce, value, bound_to.encode())

    def seal_all(self, values: Iterable[tuple[bytes, str]]) -> list[bytes]:
        """Seal many values, each for its place: what :meth:`seal` gives, in one go."""
        encrypt, head = self._ciphers[self.current].encrypt, bytes([_VERSION]) + self.current.to_bytes(4, "big")
        pairs = list(values)
        pool = os.urandom(_NONCE * len(pairs))
        sealed = []
        for place, (value, bound_to) in enumerate(pairs):
            nonce = pool[_NONCE * place : _NONCE * place + _NONCE]
            sealed.append(head + nonce + encrypt(nonce, value, bound_to.encode()))
        return sealed

    def open(self, blob: bytes, *, bound_to: str) -> bytes:
        """Open a blob that was sealed for `bound_to`.

        Raises
        ------
        SealBroken
            When it was not, or the key is not in the keyring, or the blob is damaged.
        """
        number = key_number(blob)
        cipher = self._ciphers.get(number)
        if cipher is None:
            raise SealBroken(f"sealing key {number} is not in the keyring")
        try:
            return cipher.decrypt(blob[_HEAD : _HEAD + _NONCE], blob[_HEAD + _NONCE :], bound_to.encode())
        except InvalidTag as error:
            raise SealBroken(f"a sealed value does not open at {bound_to}") from error

    def digest(self, kind: str, value: str) -> bytes:
        """Digest `value` for comparison, 16 bytes; equal values of one kind have equal digests."""
        return blake2b(
            value.encode(), digest_size=DIGEST_BYTES, key=self.digesting, person=kind.encode()[:16].ljust(16, b"\0")
        ).digest()


def _keyring(sealing: dict[int, bytes], current: int, digesting: bytes) -> Keyring:
    return Keyring(sealing=sealing, current=current, digesting=digesting)


def key_number(blob: bytes) -> int:
    """Give the number of the key that sealed `blob`.

    Raises
    ------
    SealBroken
        When it is no envelope of ours.
    """
    if len(blob) < _HEAD + _NONCE or blob[0] != _VERSION:
        raise SealBroken("not a sealed value")
    return int.from_bytes(blob[1:_HEAD], "big")


def keyring_of(session: Session) -> Keyring:
    """Give the keyring that the session was opened with.

    Raises
    ------
    LookupError
        When whoever opened the session gave it none.
    """
    keyring = session.info.get("keyring")
    if not isinstance(keyring, Keyring):
        raise LookupError("this session was opened without a keyring")
    return keyring
