"""What a message says, made when it leaves, in the reader's language, with a link that answers by one tap."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from flask import Flask
from flask_babel import force_locale, gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.contact import TOPICS, reachable
from models.account import Account
from models.contact import Reach
from models.need import Need, Shift, ShiftState
from models.outbox import OutboxMessage
from models.person import Consent, Person, Purpose
from models.roster import Assignment, AssignmentState, Offer, OfferState
from models.sealing import Keyring, keyring_of
from registry.persons import place_of_person
from web.accounts.codes import KIND as TELEPHONE_CODE
from web.accounts.codes import code_of_message
from web.accounts.emails import KIND as EMAIL_CHECK
from web.accounts.emails import email_check_letter
from web.accounts.guardians import KIND as GUARDIAN
from web.accounts.guardians import guardian_token, opened
from web.database import Work
from web.gateways import Letter
from web.jobs.handover_letters import KINDS as HANDOVER_KINDS
from web.jobs.handover_letters import handover_text
from web.jobs.outbox import Write
from web.language import FIRST
from web.links import offer_link
from web.moments import moment_text, span_text
from web.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class _Text:
    subject: str
    body: str


def letters_of(app: Flask, settings: Settings) -> Write:
    """Give the function that writes the letters of an installation; None is a message that has become moot."""

    def write(work: Work, message: OutboxMessage) -> Letter | None:
        with app.app_context(), work.read() as session:
            if message.kind == TELEPHONE_CODE:
                return _code_letter(keyring_of(session), settings, message)
            person = None if message.person_id is None else session.get(Person, message.person_id)
            if person is None or _refuses_messages(session, person.id):
                return None
            if message.kind == GUARDIAN:
                return _guardian_letter(keyring_of(session), settings, message)
            if message.kind == EMAIL_CHECK:
                with force_locale(_language(session, person.id)):
                    return email_check_letter(session, settings, message, person.id)
            about = message if message.kind != "copy" else session.get_one(OutboxMessage, message.facts["of"])
            with force_locale(_language(session, person.id)):
                text = _text(session, about, settings)
            return None if text is None else _chosen(session, person, message, about, text)

    return write


def _chosen(
    session: Session, person: Person, message: OutboxMessage, about: OutboxMessage, text: _Text
) -> Letter | None:
    """Give a letter as the person wants it; None for whoever wants none about this. Their mail only when proved."""
    keyring = keyring_of(session)
    letter = Letter(
        key=message.key,
        telephone=_opened(keyring, person.telephone_sealed, place_of_person("telephone_sealed", person.id)),
        email=_opened(keyring, person.email_sealed, place_of_person("email_sealed", person.id)),
        subject=text.subject,
        text=text.body,
    )
    wish, topic = reachable(session, person.id), TOPICS.get(about.kind)
    if wish.wished is None or topic is None:
        return letter
    proved = letter.email is not None and keyring.digest("email", letter.email) == wish.email_digest
    letter = letter if proved else replace(letter, email=None)
    if message.kind == "copy":
        return replace(letter, channels=frozenset({str(message.facts["by"])}))
    return _by(letter, wish.wished.reach(topic))


def _by(letter: Letter, reach: Reach) -> Letter | None:
    if reach is Reach.PAGE:
        return None
    if reach is Reach.BOTH and letter.email is not None:
        return replace(letter, channels=frozenset({"sms"}), copy_by="email")
    if reach is Reach.EMAIL and letter.email is not None:
        return replace(letter, channels=frozenset({"email"}))
    return replace(letter, channels=frozenset({"sms"}))  # an address that changed is no longer proved


def _opened(keyring: Keyring, sealed: bytes | None, bound_to: str) -> str | None:
    return None if sealed is None else keyring.open(sealed, bound_to=bound_to).decode()


def _code_letter(keyring: Keyring, settings: Settings, message: OutboxMessage) -> Letter:
    telephone, code = code_of_message(keyring, settings.secret_key, message.facts)
    with force_locale(FIRST):
        body = gettext("%(code)s is your Linli code. It holds for ten minutes; give it to nobody.", code=code)
        return Letter(key=message.key, telephone=telephone, email=None, subject=gettext("Your code"), text=body)


def _guardian_letter(keyring: Keyring, settings: Settings, message: OutboxMessage) -> Letter:
    sealed = str(message.facts["telephone"])
    token = guardian_token(settings.secret_key, person_id=message.person_id or 0, sealed=sealed)
    with force_locale(FIRST):
        body = gettext(
            "Somebody under age would like to serve as a volunteer, and asks for your consent: %(link)s",
            link=f"{settings.public_url}/g/{token}",
        )
        subject = gettext("Your consent is asked for")
        return Letter(key=message.key, telephone=opened(keyring, sealed), email=None, subject=subject, text=body)


def _refuses_messages(session: Session, person_id: int) -> bool:
    """Say whether a person took back the consent to be sent messages (PIPL 15)."""
    query = select(Consent.id).where(
        Consent.person_id == person_id, Consent.purpose == Purpose.CONTACT, Consent.withdrawn_at.is_not(None)
    )
    return session.scalar(query) is not None


def _language(session: Session, person_id: int) -> str:
    return session.scalar(select(Account.language).where(Account.person_id == person_id)) or FIRST


def _text(session: Session, message: OutboxMessage, settings: Settings) -> _Text | None:
    if message.kind in HANDOVER_KINDS:
        found = handover_text(session, message, settings)
        return None if found is None else _Text(subject=found[0], body=found[1])
    writer = _WRITERS.get(message.kind)
    return None if writer is None else writer(session, message, settings)


def _offer(session: Session, offer_id: int, settings: Settings) -> _Text | None:
    offer = session.get(Offer, offer_id)
    if offer is None or offer.state is not OfferState.OPEN:
        return None
    need, shift = _what(session, offer.assignment_id)
    link = offer_link(settings.public_url, settings.secret_key, offer.id)
    body = gettext(
        "Could you help? %(title)s, %(when)s, %(place)s. Please answer by %(deadline)s: %(link)s",
        title=need.title,
        when=span_text(shift.starts_at, shift.ends_at),
        place=need.place,
        deadline=moment_text(offer.deadline_at),
        link=link,
    )
    return _Text(subject=gettext("Could you help?"), body=body)


def _offers(session: Session, offer_ids: list[int], settings: Settings) -> _Text | None:
    """Word a digest: one line an offer that is still open, each with its own link."""
    texts = [text for offer_id in offer_ids if (text := _offer(session, int(offer_id), settings)) is not None]
    return _Text(subject=gettext("Could you help?"), body="\n".join(text.body for text in texts)) if texts else None


def _reminder(session: Session, assignment_id: int) -> _Text | None:
    if session.get_one(Assignment, assignment_id).state is not AssignmentState.CONFIRMED:
        return None
    need, shift = _what(session, assignment_id)
    body = gettext(
        "Tomorrow you are expected: %(title)s, %(when)s, %(place)s. If you cannot come, please say so now.",
        title=need.title,
        when=span_text(shift.starts_at, shift.ends_at),
        place=need.place,
    )
    return _Text(subject=gettext("Tomorrow"), body=body)


def _shortage(session: Session, shift_id: int) -> _Text | None:
    shift = session.get_one(Shift, shift_id)
    if shift.state is not ShiftState.OPEN:
        return None
    body = gettext(
        "Essential seats are still empty: %(title)s, %(when)s.",
        title=session.get_one(Need, shift.need_id).title,
        when=span_text(shift.starts_at, shift.ends_at),
    )
    return _Text(subject=gettext("A shift is short"), body=body)


def _released(session: Session, assignment_id: int) -> _Text:
    need, shift = _what(session, assignment_id)
    body = gettext(
        "You are no longer needed for %(title)s, %(when)s. Thank you for being ready.",
        title=need.title,
        when=span_text(shift.starts_at, shift.ends_at),
    )
    return _Text(subject=gettext("A change in your week"), body=body)


def _what(session: Session, assignment_id: int) -> tuple[Need, Shift]:
    shift = session.get_one(Shift, session.get_one(Assignment, assignment_id).shift_id)
    return session.get_one(Need, shift.need_id), shift


#: kind of message → what writes it; a kind that is not here says nothing.
_WRITERS: dict[str, Callable[[Session, OutboxMessage, Settings], _Text | None]] = {
    "offer": lambda session, message, settings: _offer(session, int(message.key.partition("/")[2]), settings),
    "offers": lambda session, message, settings: _offers(session, message.facts["offers"], settings),
    "released": lambda session, message, _settings: _released(session, int(message.facts["assignment"])),
    "reminder": lambda session, message, _settings: _reminder(session, int(message.facts["assignment"])),
    "shortage": lambda session, message, _settings: _shortage(session, int(message.facts["shift"])),
}
