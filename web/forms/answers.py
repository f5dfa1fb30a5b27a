"""What a volunteer answers to an offer, and for how long nothing is to be asked."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

from marshmallow import fields

from matching.offers import Answer, DeclineReason
from web.forms.schema import ClockTime, CommandSchema, Text, between
from web.moments import instant

#: For how many weeks a form offers to ask nothing.
PAUSES = (1, 2, 4, 12)
MORNING = time(9, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferAnswer:
    """An answer, with why not, another time that would do, and a pause."""

    answer: Answer
    reason: DeclineReason | None = None
    note: str | None = None
    other_starts_at: datetime | None = None
    pause_until: date | None = None
    pause_weeks: int | None = None

    def paused_until(self, today: date) -> date | None:
        """Give the day until which nothing is to be asked, None when nothing was said."""
        return self.pause_until or _weeks_on(self.pause_weeks, today)


class OfferAnswerSchema(CommandSchema):
    answer = fields.Enum(Answer, by_value=True, required=True)
    reason = fields.Enum(DeclineReason, by_value=True, load_default=None, allow_none=True)
    note = Text(longest=200, load_default=None, allow_none=True)
    other_on = fields.Date(load_default=None, allow_none=True)
    other_starts = ClockTime(load_default=None, allow_none=True, metadata={"description": "as 14:00"})
    pause_until = fields.Date(load_default=None, allow_none=True)
    pause_weeks = fields.Integer(load_default=None, allow_none=True, validate=between(1, 52))

    @staticmethod
    def makes(**data: Any) -> OfferAnswer:
        """Make the command; a day without a time means its morning."""
        day, at = data.pop("other_on"), data.pop("other_starts")
        other = None if day is None else instant(day, at or MORNING)
        return OfferAnswer(other_starts_at=other, **data)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Ask nothing for some weeks, or before a day; neither ends a pause."""

    until: date | None = None
    weeks: int | None = None

    def ends_on(self, today: date) -> date | None:
        return self.until or _weeks_on(self.weeks, today)


class PauseSchema(CommandSchema):
    makes: ClassVar = Pause
    until = fields.Date(load_default=None, allow_none=True)
    weeks = fields.Integer(load_default=None, allow_none=True, validate=between(1, 52))


def _weeks_on(weeks: int | None, today: date) -> date | None:
    return None if weeks is None else today + timedelta(weeks=weeks)
