"""How somebody wants to be reached, and when a message to them may leave.

The house's quiet hours hold for everybody; own ones come on top. A channel by mail needs an address that was proved to
be theirs. Whoever wants no message finds everything on their page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.policy import policy_of
from matching.refusals import NotFound, NotProvedAddress, QuietTooLong
from matching.trail import note
from models.authority import Actor
from models.contact import ContactWish, Reach, Topic
from models.person import Person, PersonState

#: Kind of message → what it is about; a kind that is not here always leaves (codes, a guardian's question).
TOPICS: dict[str, Topic] = {
    "offer": Topic.OFFERS,
    "offers": Topic.OFFERS,
    "stand_in": Topic.OFFERS,
    "swap_offered": Topic.OFFERS,
    "reminder": Topic.REMINDERS,
    "released": Topic.NEWS,
    "stood_in": Topic.NEWS,
    "swap_made": Topic.NEWS,
    "swap_refused": Topic.NEWS,
}
#: Beside one's own quiet hours and the house's so many hours of the day are left: a question must find its hour.
LEAST_OPEN_HOURS = 4
_DAY = timedelta(days=1)
_DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Wished:
    """What a person chooses; quiet hours are both given or both None."""

    offers: Reach = Reach.SMS
    reminders: Reach = Reach.SMS
    news: Reach = Reach.SMS
    gathered: bool = True
    quiet_from: time | None = None
    quiet_until: time | None = None

    def reach(self, topic: Topic) -> Reach:
        """Give the channel for a topic."""
        return {Topic.OFFERS: self.offers, Topic.REMINDERS: self.reminders, Topic.NEWS: self.news}[topic]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reachable:
    """A person's choice, None for the usual, and the digest of the mail address that they proved."""

    wished: Wished | None
    email_digest: bytes | None


def reachable(session: Session, person_id: int) -> Reachable:
    """Give how a person wants to be reached; whoever calls has the right to know."""
    row = session.get(ContactWish, person_id)
    if row is None:
        return Reachable(wished=None, email_digest=None)
    return Reachable(wished=_wished(row), email_digest=row.email_digest)


def keep_contact(session: Session, actor: Actor, *, wished: Wished, email_digest: bytes | None, now: datetime) -> None:
    """Keep how the actor wants to be reached.

    Parameters
    ----------
    email_digest
        The keyed digest of the actor's address as it is known now, None without one.

    Raises
    ------
    NotFound
    NotProvedAddress
        When mail is chosen and this address was not proved.
    QuietTooLong
    """
    row = _own(session, actor, now=now)
    mails = {wished.offers, wished.reminders, wished.news} & {Reach.EMAIL, Reach.BOTH}
    if mails and (email_digest is None or email_digest != row.email_digest):
        raise NotProvedAddress
    policy = policy_of(session)
    quiet = _minutes(policy.quiet_from, policy.quiet_until) | _minutes(wished.quiet_from, wished.quiet_until)
    if _DAY_MINUTES - len(quiet) < LEAST_OPEN_HOURS * 60:
        raise QuietTooLong(hours=LEAST_OPEN_HOURS)
    row.offers, row.reminders, row.news = wished.offers, wished.reminders, wished.news
    row.gathered, row.quiet_from, row.quiet_until = wished.gathered, wished.quiet_from, wished.quiet_until
    row.changed_at = now
    note(session, actor, action="contact.kept", subject=("person", row.person_id), now=now)


def prove_email(session: Session, actor: Actor, *, email_digest: bytes, now: datetime) -> None:
    """Keep that the actor reads mail at the address with this digest: they opened the link that was sent there."""
    row = _own(session, actor, now=now)
    row.email_digest, row.email_proved_at, row.changed_at = email_digest, now, now
    note(session, actor, action="contact.email_proved", subject=("person", row.person_id), now=now)


class Quiet:
    """When messages to some persons may leave, their own quiet hours read once."""

    def __init__(self, session: Session, person_ids: Sequence[int] | None = None) -> None:
        self._policy = policy_of(session)
        query = select(ContactWish.person_id, ContactWish.quiet_from, ContactWish.quiet_until, ContactWish.gathered)
        if person_ids is not None:
            query = query.where(ContactWish.person_id.in_(person_ids))
        self._own = {person: (start, end, gathered) for person, start, end, gathered in session.execute(query)}

    def gathers(self, person_id: int) -> bool:
        """Say whether a person wants several questions in one message."""
        return person_id not in self._own or self._own[person_id][2]

    def leaves_at(self, person_id: int | None, *, now: datetime) -> datetime:
        """Give when a message that is decided `now` may leave: at once, or when all quiet hours are over."""
        spans = [(self._policy.quiet_from, self._policy.quiet_until)]
        start, end, _ = self._own.get(person_id or 0, (None, None, True))
        if start is not None and end is not None:
            spans.append((start, end))
        moment = now
        for _ in range(len(spans) + 1):  # the end of one quiet time may lie in the other
            moment = max(self._after(moment, span) for span in spans)
        return moment

    def _after(self, moment: datetime, span: tuple[time, time]) -> datetime:
        """Give the end of a quiet time in which `moment` lies, else `moment`."""
        start, end = span
        local = moment.astimezone(self._policy.zone)
        if start == end:
            return moment
        if start < end:
            quiet, day = start <= local.time() < end, local.date()
        else:
            quiet = local.time() >= start or local.time() < end
            day = local.date() + (_DAY if local.time() >= start else timedelta())
        return datetime.combine(day, end, tzinfo=self._policy.zone).astimezone(moment.tzinfo) if quiet else moment


def _minutes(start: time | None, end: time | None) -> frozenset[int]:
    """Give the minutes of the day between two times, over midnight where the end comes first."""
    if start is None or end is None:
        return frozenset()
    first, last = (each.hour * 60 + each.minute for each in (start, end))
    return frozenset(range(first, last)) if first <= last else frozenset(range(_DAY_MINUTES)) - set(range(last, first))


def _wished(row: ContactWish) -> Wished:
    return Wished(
        offers=row.offers,
        reminders=row.reminders,
        news=row.news,
        gathered=row.gathered,
        quiet_from=row.quiet_from,
        quiet_until=row.quiet_until,
    )


def _own(session: Session, actor: Actor, *, now: datetime) -> ContactWish:
    person = None if actor.person_id is None else session.get(Person, actor.person_id)
    if person is None or person.state is not PersonState.ACTIVE:
        raise NotFound(kind="person")
    row = session.get(ContactWish, person.id)
    if row is None:
        row = ContactWish(person_id=person.id, changed_at=now)
        row.offers = row.reminders = row.news = Reach.SMS
        row.gathered = True
        session.add(row)
    return row
