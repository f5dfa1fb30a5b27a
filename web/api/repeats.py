"""One effect for one ``Idempotency-Key``: the first send is answered and kept for a day, every repeat gets that answer.

The key is claimed by inserting it, so that of two sends at once one waits outside. That the effect is committed is
written by the effect's own transaction: a process that dies between the two leaves a key that says *done, answer lost*,
never one that does it again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from flask import Response, g, request
from flask_login import current_user
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.program import KeptAnswer, KeptState
from models.sealing import keyring_of
from web.current import current_work, now
from web.database import WITH_COMMIT
from web.refusals import AnswerLost, KeyInUse, KeyReused

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
KEPT = timedelta(hours=24)
#: A send that was claimed so long ago and did nothing is over: its process is gone.
GIVEN_UP = timedelta(minutes=10)
LONGEST_KEY = 255
#: Answers that say nothing was done; the same key may try again.
_UNDONE = frozenset({401, 403, 408, 413, 415, 429})
_CLAIMED = "kept_answer_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    holder: str
    key: str
    fingerprint: str


def claim_key() -> Response | None:
    """Claim the key of this request; give the kept answer when it was sent before.

    Raises
    ------
    KeyReused, KeyInUse, AnswerLost
    """
    asked = _asked()
    if asked is None:
        return None
    try:
        with current_work().begin() as session:
            _forget_old(session, asked)
            session.add(row := KeptAnswer(**_columns(asked), state=KeptState.STARTED, created_at=now()))
            session.flush()
    except IntegrityError:
        return _repeated(asked)
    setattr(g, _CLAIMED, row.id)
    WITH_COMMIT.set(_marker(row.id))
    return None


def keep_answer(response: Response) -> Response:
    """Keep the answer of a claimed key, or give the key back when nothing was done."""
    claimed: int | None = g.pop(_CLAIMED, None)
    if claimed is None:
        return response
    WITH_COMMIT.set(None)
    with current_work().begin() as session:
        row = session.get_one(KeptAnswer, claimed)
        undone = response.status_code in _UNDONE or response.status_code >= 500  # noqa: PLR2004
        if undone and row.state is KeptState.STARTED:
            session.delete(row)
        elif not undone:
            row.state, row.status, row.kind = KeptState.ANSWERED, response.status_code, response.mimetype
            row.answer_sealed = keyring_of(session).seal(response.get_data(), bound_to=_place(row.id))
    return response


def release_claim(_error: BaseException | None = None) -> None:
    """Leave no mark to the next request of this thread."""
    WITH_COMMIT.set(None)


def _asked() -> _Asked | None:
    key = request.headers.get(HEADER, "").strip()
    if request.method != "POST" or not key or not current_user.is_authenticated:
        return None
    whole = b"\0".join((request.full_path.encode(), request.mimetype.encode(), _body()))
    token_id = current_user.token_id
    holder = f"account/{current_user.account_id}" if token_id is None else f"token/{token_id}"
    return _Asked(holder=holder, key=key[:LONGEST_KEY], fingerprint=sha256(whole).hexdigest())


def _body() -> bytes:
    """Give what tells this body from another; a file is told by its name and its parts' names and sizes."""
    if request.mimetype != "multipart/form-data":
        return request.get_data(cache=True)
    parts = [f"{name}={value}" for name, value in sorted(request.form.items(multi=True))]
    for name, file in sorted(request.files.items(multi=True)):
        digest = sha256()
        while piece := file.stream.read(1 << 20):
            digest.update(piece)
        file.stream.seek(0)
        parts.append(f"{name}={file.filename}/{digest.hexdigest()}")
    return "\n".join(parts).encode()


def _columns(asked: _Asked) -> dict[str, str]:
    return {"holder": asked.holder, "key": asked.key, "fingerprint": asked.fingerprint}


def _forget_old(session: Session, asked: _Asked) -> None:
    """Take away this key when its day is over, or when its first send died before it did anything."""
    is_same = (KeptAnswer.holder == asked.holder) & (KeptAnswer.key == asked.key)
    is_old = KeptAnswer.created_at <= now() - KEPT
    is_dead = (KeptAnswer.state == KeptState.STARTED) & (KeptAnswer.created_at <= now() - GIVEN_UP)
    session.execute(delete(KeptAnswer).where(is_same & (is_old | is_dead)))


def forget_answers(session: Session, *, now: datetime) -> None:
    """Take away all answers whose day is over."""
    session.execute(delete(KeptAnswer).where(KeptAnswer.created_at <= now - KEPT))


def _repeated(asked: _Asked) -> Response | None:
    with current_work().read() as session:
        row = session.scalar(select(KeptAnswer).where(KeptAnswer.holder == asked.holder, KeptAnswer.key == asked.key))
        if row is None:
            raise KeyInUse
        if row.fingerprint != asked.fingerprint:
            raise KeyReused
        if row.state is KeptState.STARTED:
            raise KeyInUse
        if row.answer_sealed is None or row.status is None:
            raise AnswerLost
        body = keyring_of(session).open(row.answer_sealed, bound_to=_place(row.id))
    answer = Response(body, status=row.status, mimetype=row.kind)
    answer.headers[REPLAYED] = "true"
    return answer


def _marker(claimed: int) -> Callable[[Session], None]:
    def mark(session: Session) -> None:
        is_started = (KeptAnswer.id == claimed) & (KeptAnswer.state == KeptState.STARTED)
        session.execute(update(KeptAnswer).where(is_started).values(state=KeptState.DONE))

    return mark


def _place(number: int) -> str:
    return f"kept_answer.answer_sealed/{number}"
