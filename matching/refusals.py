"""What use cases refuse to do, each named for what it says, with a stable code; sentences are made in `web`."""

from typing import ClassVar


class Refusal(Exception):
    """Base of every refusal of this room.

    Attributes
    ----------
    code
        Stable; pages and the API translate by it.
    parameters
        What the sentence needs: ids, codes, counts; never a name or a number of a person.
    """

    code: ClassVar[str] = "refused"

    def __init__(self, **parameters: object) -> None:
        super().__init__(self.code)
        self.parameters = parameters


class NotFound(Refusal):
    """Not there, or not yours: the two look the same."""

    code = "not_found"


class NotAllowed(Refusal):
    """The actor may see it and may not do this to it."""

    code = "not_allowed"


class NeedRefused(Refusal):
    """A need cannot be posted as it stands; `field` and `problem` say why."""

    code = "need_refused"


class NeedHasPeople(Refusal):
    """The change would take seats from people who hold them."""

    code = "need_has_people"


class SeatTaken(Refusal):
    """Somebody else holds the seat, or every seat of the role is held."""

    code = "seat_taken"


class AlreadyBooked(Refusal):
    """The person holds another seat at that time."""

    code = "already_booked"


class NotEligible(Refusal):
    """A hard rule forbids it; `rule` is the first that does."""

    code = "not_eligible"


class OfferClosed(Refusal):
    """The offer was answered, withdrawn, or its deadline passed."""

    code = "offer_closed"


class HandoverClosed(Refusal):
    """Somebody else stands in already, or its holder comes after all."""

    code = "handover_closed"


class WeekPublished(Refusal):
    """The week is published; it can be repaired, not planned anew."""

    code = "week_published"


class NothingToPublish(Refusal):
    """No proposal waits for this week and area."""

    code = "nothing_to_publish"


class NothingToRepair(Refusal):
    """No published roster for this week and area."""

    code = "nothing_to_repair"


class NothingToAsk(Refusal):
    """The week has no plan yet that a question could be about."""

    code = "nothing_to_ask"


class PlanUnsound(Refusal):
    """The independent check found the plan to break a rule; nothing was stored."""

    code = "plan_unsound"


class WrongState(Refusal):
    """The thing is not in a state in which this can be done."""

    code = "wrong_state"


class NotProvedAddress(Refusal):
    """Messages by mail go to an address only that was proved to be the person's."""

    code = "address_not_proved"


class QuietTooLong(Refusal):
    """Quiet hours, with the house's, leave too little of the day for a question; `hours` is the least."""

    code = "quiet_too_long"


class CodeWrong(Refusal):
    """The code or token is not that of the place on that day."""

    code = "code_wrong"


class TooManyCheckIns(Refusal):
    """The person has arrived somewhere as often as a day allows; `limit` says how often."""

    code = "too_many_check_ins"


class ReasonMissing(Refusal):
    """What is done needs a reason that others can read."""

    code = "reason_missing"


class NothingToCertify(Refusal):
    """The person has no approved hours yet."""

    code = "nothing_to_certify"
