"""Passwords, as argon2id hashes. An unknown login costs the same time as a wrong password.

The profile is RFC 9106's second recommendation unless the caller asks for the cheap one, which is for tests only.
"""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError
from argon2.profiles import CHEAPEST, RFC_9106_LOW_MEMORY

FEWEST_CHARACTERS = 8
MOST_CHARACTERS = 200


@cache
def hasher(*, cheap: bool = False) -> PasswordHasher:
    """Give the hasher in use."""
    return PasswordHasher.from_parameters(CHEAPEST if cheap else RFC_9106_LOW_MEMORY)


@cache
def _nobody(*, cheap: bool) -> str:
    """Give a hash that no password matches, to be checked where there is no account."""
    return hasher(cheap=cheap).hash("\0nobody")


def hash_password(password: str, *, cheap: bool = False) -> str:
    """Hash `password` for keeping."""
    return hasher(cheap=cheap).hash(password)


def password_matches(kept: str | None, password: str, *, cheap: bool = False) -> bool:
    """Say whether `password` is the one that `kept` was made from.

    With `kept` None (no such account, or one without a password) the answer is False after the same work.
    """
    try:
        hasher(cheap=cheap).verify(kept or _nobody(cheap=cheap), password)
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False
    return kept is not None
