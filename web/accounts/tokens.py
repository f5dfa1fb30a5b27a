"""Tokens for programs: random, kept as a digest, named, limited to scopes, expiring, revocable.

A token has no right of its own: it acts as its account, within its scopes, and a new password or a closed account ends
it. Because it is random, a plain digest of it is enough.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from matching.refusals import NotFound
from matching.trail import note
from models.authority import Actor, Permission
from models.program import ApiToken
from web.accounts.reader import Reader, find_reader
from web.refusals import ScopeTooWide

PREFIX = "linli_"
LIFETIME = timedelta(hours=12)
#: A use is written down at most this often, so that reading costs no write.
USE_NOTED_EVERY = timedelta(minutes=5)
_BYTES = 32
_HINT = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedToken:
    """A new token; `token` is shown this once."""

    token_id: int
    token: str
    name: str
    scopes: tuple[str, ...]
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenLine:
    """A token as its owner sees it; `hint` are its last characters."""

    token_id: int
    name: str
    hint: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


def scopes_of(actor: Actor) -> tuple[str, ...]:
    """Give the permissions that `actor` holds anywhere, in the order of their declaration."""
    return tuple(permission.value for permission in Permission if actor.has(permission))


def issue_token(
    session: Session,
    reader: Reader,
    *,
    name: str,
    scopes: Iterable[str] = (),
    expires_at: datetime | None = None,
    now: datetime,
) -> IssuedToken:
    """Make a token that acts as `reader` within `scopes`; without any, within all that the reader may do.

    Raises
    ------
    ScopeTooWide
        For a scope that the reader does not hold.
    """
    held = scopes_of(reader.actor)
    wanted = tuple(scope for scope in held if scope in set(scopes)) or held
    beyond = sorted(set(scopes) - set(held))
    if beyond:
        raise ScopeTooWide(scopes=beyond)
    text = PREFIX + secrets.token_urlsafe(_BYTES)
    row = ApiToken(
        account_id=reader.account_id,
        name=name,
        digest=_digest(text),
        hint=text[-_HINT:],
        seal=reader.seal,
        scopes=list(wanted),
        created_at=now,
        expires_at=expires_at or now + LIFETIME,
    )
    session.add(row)
    session.flush()
    note(session, reader.actor, action="token.made", subject=("api_token", row.id), now=now)
    return IssuedToken(token_id=row.id, token=text, name=name, scopes=wanted, expires_at=row.expires_at)


def tokens_of(session: Session, account_id: int, *, now: datetime) -> tuple[TokenLine, ...]:
    """Give the tokens of an account that work, the newest first."""
    query = select(ApiToken).where(
        ApiToken.account_id == account_id, ApiToken.revoked_at.is_(None), ApiToken.expires_at > now
    )
    return tuple(
        TokenLine(
            token_id=row.id,
            name=row.name,
            hint=row.hint,
            scopes=tuple(row.scopes),
            created_at=row.created_at,
            expires_at=row.expires_at,
            last_used_at=row.last_used_at,
            revoked_at=row.revoked_at,
        )
        for row in session.scalars(query.order_by(ApiToken.id.desc()))
    )


def revoke_token(session: Session, actor: Actor, *, token_id: int, now: datetime) -> None:
    """End a token of one's own; ending it twice is ending it once.

    Raises
    ------
    NotFound
        For somebody else's.
    """
    row = session.get(ApiToken, token_id)
    if row is None or row.account_id != actor.account_id:
        raise NotFound(kind="token", id=token_id)
    if row.revoked_at is None:
        row.revoked_at = now
        note(session, actor, action="token.revoked", subject=("api_token", token_id), now=now)


def reader_of_token(session: Session, token: str, *, now: datetime) -> tuple[Reader, bool] | None:
    """Give the reader that `token` acts as, and whether its use is to be noted; None when it opens nothing."""
    row = session.scalar(select(ApiToken).where(ApiToken.digest == _digest(token)))
    if row is None or row.revoked_at is not None or row.expires_at <= now:
        return None
    reader = find_reader(session, row.account_id)
    if reader is None or reader.seal != row.seal:
        return None
    limit = frozenset(permission for permission in Permission if permission.value in row.scopes)
    stale = row.last_used_at is None or row.last_used_at + USE_NOTED_EVERY <= now
    return replace(reader, token_id=row.id, actor=replace(reader.actor, limit=limit)), stale


def note_use(session: Session, token_id: int, *, now: datetime) -> None:
    """Write down that a token was used."""
    session.execute(update(ApiToken).where(ApiToken.id == token_id).values(last_used_at=now))


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()
