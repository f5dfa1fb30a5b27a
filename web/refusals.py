"""What the ways in refuse by themselves: keys sent twice, scopes that are too wide, addresses of webhooks."""

from typing import ClassVar


class Refusal(Exception):
    """Base of every refusal of this room.

    Attributes
    ----------
    code
        Stable; the API answers with it.
    parameters
        Codes, ids and counts only.
    """

    code: ClassVar[str] = "refused"

    def __init__(self, **parameters: object) -> None:
        super().__init__(self.code)
        self.parameters = parameters


class ScopeTooWide(Refusal):
    """A token would be allowed more than its account; `scopes` are those beyond."""

    code = "scope_too_wide"


class SignInWrong(Refusal):
    """No account is opened by what was said; nothing says whether there is one."""

    code = "sign_in_wrong"


class CodeExpired(Refusal):
    """The code of a telephone is not the one that was sent, or its time is over."""

    code = "code_expired"


class NoAccount(Refusal):
    """The telephone is proved, and nobody has signed up with it."""

    code = "no_account"


class NotProved(Refusal):
    """What was said does not prove one person known to the agencies."""

    code = "not_proved"


class KeyReused(Refusal):
    """An ``Idempotency-Key`` was sent before, with something else."""

    code = "key_reused"


class KeyInUse(Refusal):
    """The first send with this ``Idempotency-Key`` is still at work."""

    code = "key_in_use"


class AnswerLost(Refusal):
    """What was asked with this ``Idempotency-Key`` was done, and its answer was lost."""

    code = "answer_lost"


class CursorUnreadable(Refusal):
    """``after`` is not what an answer of this list gave."""

    code = "cursor_unreadable"


class AddressRefused(Refusal):
    """A webhook's address is not a public https address."""

    code = "address_refused"


class TooManyWebhooks(Refusal):
    """An account has so many webhooks; `limit` says how many."""

    code = "too_many_webhooks"
