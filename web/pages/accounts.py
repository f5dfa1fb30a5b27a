"""The door: signing in by login and password, or by a telephone and the code sent to it; signing out."""

from flask import Blueprint, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_user, logout_user

from models.account import Account
from web.access import public
from web.accounts.codes import send_code, use_code
from web.accounts.door import cheap_passwords
from web.accounts.reader import reader_of
from web.accounts.signing_in import account_by_password, account_by_telephone
from web.current import current_settings, current_work, now
from web.forms import Form, read_form
from web.forms.accounts import AskForCode, AskForCodeSchema, GiveCode, GiveCodeSchema, SignIn, SignInSchema
from web.limits import CODE, SIGN_IN, limiter
from web.navigation import own_path, start_url

accounts = Blueprint("accounts", __name__)
TELEPHONE = "telephone"
#: The telephone that a code proved, and the name given on the first screen of signing up.
PROVED = "proved_telephone"
NAME = "sign_up_name"


@accounts.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """Ask who is there."""
    return _sign_in_page(Form(), 200)


@accounts.post("/sign-in")
@public
@limiter.limit(SIGN_IN)
def sign_in_send() -> ResponseReturnValue:
    """Open a session for whoever knows a login and its password."""
    command, form = read_form(SignInSchema(), request.form)
    if isinstance(command, SignIn):
        with current_work().begin() as work:
            account = account_by_password(
                work, login=command.login, password=command.password, now=now(), cheap=cheap_passwords()
            )
            if account is not None:
                return open_session(account)
        form.complain("", "wrong_sign_in")
    form.values.pop("password", None)
    return _sign_in_page(form, 422)


@accounts.get("/sign-in/telephone")
@public
def telephone() -> ResponseReturnValue:
    """Ask a volunteer for their number."""
    session.pop(NAME, None)
    return render_template("accounts/telephone.html", form=Form())


@accounts.post("/sign-in/telephone")
@public
@limiter.limit(CODE)
def telephone_send() -> ResponseReturnValue:
    """Send a code; the answer is the same whether anybody is registered or not."""
    command, form = read_form(AskForCodeSchema(), request.form)
    if not isinstance(command, AskForCode):
        return render_template("accounts/telephone.html", form=form), 422
    ask_code(command.telephone)
    return redirect(url_for("accounts.code"))


@accounts.get("/sign-in/code")
@public
def code() -> ResponseReturnValue:
    """Ask for the code."""
    if TELEPHONE not in session:
        return redirect(url_for("accounts.telephone"))
    return _code_page(Form(), 200)


@accounts.post("/sign-in/code")
@public
@limiter.limit(SIGN_IN)
def code_send() -> ResponseReturnValue:
    """Open a session for whoever holds the telephone."""
    number = session.get(TELEPHONE)
    if number is None:
        return redirect(url_for("accounts.telephone"))
    command, form = read_form(GiveCodeSchema(), request.form)
    if isinstance(command, GiveCode):
        with current_work().begin() as work:
            secret = current_settings().secret_key
            if not use_code(work, secret=secret, telephone=number, code=command.code, now=now()):
                form.complain("code", "wrong_code")
                return _code_page(form, 422)
            account = account_by_telephone(work, telephone=number, now=now())
            if account is not None:
                return open_session(account)
        session.pop("demo_code", None)
        session[PROVED] = number
        return redirect(url_for("sign_up.about" if NAME in session else "sign_up.claim"))
    return _code_page(form, 422)


@accounts.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """End the session."""
    logout_user()
    session.clear()
    return redirect(url_for("site.home"))


def open_session(account: Account) -> ResponseReturnValue:
    """Begin a fresh session for `account`, and go where the reader was going."""
    wanted = own_path(request.form.get("next"))
    session.clear()
    session.permanent = True
    login_user(reader_of(account))
    return redirect(wanted or start_url())


def ask_code(number: str) -> None:
    """Send a code to `number`; a demonstration shows it on the next page, plainly marked."""
    with current_work().begin() as work:
        code_text = send_code(work, secret=current_settings().secret_key, telephone=number, now=now())
    session[TELEPHONE] = number
    if current_settings().demo or current_app.testing:
        session["demo_code"] = code_text


def shown_code() -> str | None:
    """Give the code that a demonstration shows, None in real life."""
    return session.get("demo_code") if current_settings().demo else None


def _sign_in_page(form: Form, status: int) -> ResponseReturnValue:
    wanted = own_path(request.values.get("next"))
    return render_template("accounts/sign_in.html", form=form, next=wanted), status


def _code_page(form: Form, status: int) -> ResponseReturnValue:
    number = str(session[TELEPHONE])
    masked = f"{number[:3]}****{number[-4:]}"
    page = render_template(
        "accounts/code.html", form=form, masked=masked, shown_code=shown_code(), signing_up=NAME in session
    )
    return page, status
