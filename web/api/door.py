"""Version 1, the door: codes, tokens, signing up, claiming the person that the agencies know."""

from datetime import timedelta
from typing import Any

from flask import current_app
from flask_login import current_user
from sqlalchemy.orm import Session

from models.account import Account
from models.authority import Permission
from registry.claiming import claim_person
from web.access import current_actor, public, requires
from web.accounts.codes import send_code, use_code
from web.accounts.door import cheap_passwords
from web.accounts.reader import reader_of
from web.accounts.signing_in import account_by_password, account_by_telephone
from web.accounts.tokens import IssuedToken, TokenLine, issue_token, revoke_token, scopes_of, tokens_of
from web.accounts.volunteering import SignUp, open_account, sign_up
from web.api.blueprint import api
from web.api.commands import ProveSchema, SignUpCommand, SignUpSchema, TelephoneSchema, TokenSchema
from web.api.paging import Page, PagedSchema, page_from, page_of
from web.api.shapes import shape_of
from web.api.views import CodeSent, Me, MyScope
from web.current import current_settings, current_work, now
from web.language import current_language
from web.limits import CODE, SIGN_IN, by_telephone, limiter
from web.refusals import CodeExpired, NoAccount, NotProved, SignInWrong

#: What everybody with an account may ask.
EVERYBODY = tuple(Permission)


@api.route("/codes", methods=["POST"], tags=["Signing in"])
@public
@limiter.limit(CODE, key_func=by_telephone)
@api.arguments(TelephoneSchema)
@api.response(202, shape_of(CodeSent))
@api.doc(security=[])
def ask_for_code(data: dict[str, str]) -> CodeSent:
    """Send a code to a telephone; the answer is the same whether anybody is registered or not."""
    with current_work().begin() as session:
        code = send_code(session, secret=current_settings().secret_key, telephone=data["telephone"], now=now())
    is_shown = current_settings().demo or current_app.testing
    return CodeSent(holds_seconds=600, demo_code=code if is_shown else None)


@api.route("/tokens", methods=["POST"], tags=["Signing in"])
@public
@limiter.limit(SIGN_IN, key_func=by_telephone)
@api.arguments(TokenSchema)
@api.response(201, shape_of(IssuedToken))
@api.doc(security=[])
def make_token(data: dict[str, Any]) -> IssuedToken:
    """Make a token from a login and a password, or from a telephone and its code; it is shown this once."""
    with current_work().begin() as session:
        account = _account(session, data)
        if account is not None:
            return _token(session, account, data)
    raise CodeExpired


def _account(session: Session, data: dict[str, Any]) -> Account | None:
    """Give the account of a right code or password, None for a wrong code, whose try is kept."""
    if data["telephone"]:
        if not _is_right(session, data["telephone"], data["code"]):
            return None
        account = account_by_telephone(session, telephone=data["telephone"], now=now())
        if account is None:
            raise NoAccount
        return account
    account = account_by_password(
        session, login=data["login"], password=data["password"], now=now(), cheap=cheap_passwords()
    )
    if account is None:
        raise SignInWrong
    return account


def _token(session: Session, account: Account, data: dict[str, Any]) -> IssuedToken:
    expires_at = None if data["days"] is None else now() + timedelta(days=data["days"])
    return issue_token(
        session,
        reader_of(account),
        name=data["name"] or "API",
        scopes=data["scopes"],
        expires_at=expires_at,
        now=now(),
    )


@api.route("/tokens", methods=["GET"], tags=["Signing in"])
@requires(*EVERYBODY)
@api.arguments(PagedSchema, location="query")
@api.response(200, page_of(TokenLine))
def read_tokens(asked: dict[str, Any]) -> Page[TokenLine]:
    """Give the account's tokens that work, the newest first; never the tokens themselves."""
    with current_work().read() as session:
        lines = tokens_of(session, current_user.account_id, now=now())
    return page_from(lines, asked, lambda line: [-line.token_id])


@api.route("/tokens/<int:token_id>", methods=["DELETE"], tags=["Signing in"])
@requires(*EVERYBODY)
@api.response(204)
def end_token(token_id: int) -> None:
    """Revoke a token of the account."""
    with current_work().begin() as session:
        revoke_token(session, current_actor(), token_id=token_id, now=now())


@api.route("/me", methods=["GET"], tags=["Signing in"])
@requires(*EVERYBODY)
@api.response(200, shape_of(Me))
def read_me() -> Me:
    """Give whose token it is, and what it may do where."""
    actor = current_actor()
    return Me(
        account_id=current_user.account_id,
        person_id=actor.person_id,
        display_name=current_user.display_name,
        language=current_user.language,
        scopes=scopes_of(actor),
        roles=tuple(MyScope(role=scope.role, unit_code=scope.unit_code) for scope in actor.scopes),
    )


@api.route("/sign-up", methods=["POST"], tags=["Signing in"])
@public
@limiter.limit(SIGN_IN, key_func=by_telephone)
@api.arguments(SignUpSchema)
@api.response(201, shape_of(IssuedToken))
@api.doc(security=[])
def register(command: SignUpCommand) -> IssuedToken:
    """Register a volunteer, who may turn out to be known already; give a token for twelve hours."""
    rest = command.rest
    entry = SignUp(
        name=command.name,
        telephone=command.telephone,
        born_on=rest.born_on,
        gender=rest.gender,
        unit_code=rest.unit_code,
        id_number=rest.id_number,
        offered=rest.offered,
    )
    with current_work().begin() as session:
        if _is_right(session, command.telephone, command.code):
            account = sign_up(session, entry, language=current_language(), now=now())
            return _first_token(session, account)
    raise CodeExpired


@api.route("/claims", methods=["POST"], tags=["Signing in"])
@public
@limiter.limit(CODE, key_func=by_telephone)
@api.arguments(ProveSchema)
@api.response(201, shape_of(IssuedToken))
@api.doc(security=[])
def prove(data: dict[str, str]) -> IssuedToken:
    """Open an account for a person whom the agencies know, by telephone code, name and last four of the ID number."""
    telephone = data["telephone"]
    with current_work().begin() as session:
        if _is_right(session, telephone, data["code"]):
            person_id = claim_person(session, telephone=telephone, name=data["name"], last_four=data["last_four"])
            if person_id is None:
                raise NotProved
            account = open_account(
                session, person_id=person_id, telephone=telephone, language=current_language(), now=now()
            )
            return _first_token(session, account)
    raise CodeExpired


def _is_right(session: Session, telephone: str, code: str) -> bool:
    """Use a code up; a wrong one is counted when the unit of work ends."""
    return use_code(session, secret=current_settings().secret_key, telephone=telephone, code=code, now=now())


def _first_token(session: Session, account: Account) -> IssuedToken:
    return issue_token(session, reader_of(account), name="API", now=now())
