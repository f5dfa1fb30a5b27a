"""Until when an answer is awaited: a whole hour that a person would name, in waking hours, well before the shift.

The usual hours are the policy's; a unit's ``settings["week"]["answers"]`` may say others, ``"09:00 20:00"``, for itself
and all below it. What cannot be read counts as the usual.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.policy import Policy, policy_of
from models.need import Shift
from models.organisation import OrganisationUnit

SHORTEST_REPLY = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerHours:
    """Between which times of day deadlines may lie."""

    earliest: time
    latest: time


class Deadlines:
    """Gives deadlines by the settings of units, read once: of all, or of one unit and those above it."""

    def __init__(self, session: Session, *, unit_code: str | None = None) -> None:
        self._policy = policy_of(session)
        self._usual = AnswerHours(earliest=self._policy.answers_from, latest=self._policy.answers_until)
        query = select(OrganisationUnit.code, OrganisationUnit.settings)
        if unit_code is not None:
            above = [unit_code[:length] for length in range(len(unit_code) + 1)]
            query = query.where(OrganisationUnit.code.in_(above))
        told = {
            code: answer_hours(settings.get("week", {}))
            for code, settings in session.execute(query)
            if settings.get("week")
        }
        self._told = {code: hours for code, hours in told.items() if hours is not None}

    def deadline(self, *, starts_at: datetime, unit_code: str, now: datetime) -> datetime:
        """Give until when to answer about a shift in the unit with `unit_code`, asked `now`."""
        areas = [code for code in self._told if unit_code.startswith(code)]
        hours = self._told[max(areas, key=len)] if areas else self._usual
        return reply_deadline(starts_at, self._policy, hours=hours, now=now)


def deadline_of(session: Session, shift: Shift, *, now: datetime) -> datetime:
    """Give until when to answer about one shift, asked `now`."""
    deadlines = Deadlines(session, unit_code=shift.unit_code)
    return deadlines.deadline(starts_at=shift.starts_at, unit_code=shift.unit_code, now=now)


def answer_hours(week: Mapping[str, Any]) -> AnswerHours | None:
    """Read a unit's answer hours; None when it says none, or none that can be read."""
    earliest, _, latest = str(week.get("answers", "")).partition(" ")
    try:
        hours = AnswerHours(earliest=time.fromisoformat(earliest), latest=time.fromisoformat(latest))
    except ValueError:
        return None
    return hours if hours.earliest < hours.latest else None


def reply_deadline(starts_at: datetime, policy: Policy, *, hours: AnswerHours | None = None, now: datetime) -> datetime:
    """Give the last whole hour of waking hours that is not too late; `now` is when the message leaves.

    Too late is after `reply_hours` from now, and later than `reply_before_shift_hours` before the shift. Where no whole
    hour is left, the next half hour after an hour is given: nobody is asked for an answer at once.
    """
    hours = hours or AnswerHours(earliest=policy.answers_from, latest=policy.answers_until)
    usual = now + timedelta(hours=policy.reply_hours)
    latest = starts_at - timedelta(hours=policy.reply_before_shift_hours)
    soonest = now + SHORTEST_REPLY
    humane = _waking_hour_until(min(usual, latest), policy, hours)
    if humane >= soonest:
        return humane
    return max(min(_next_half_hour(max(min(usual, latest), soonest)), starts_at), soonest)


def _waking_hour_until(moment: datetime, policy: Policy, hours: AnswerHours) -> datetime:
    """Give the last whole hour until `moment` that lies in the answer hours."""
    local = moment.astimezone(policy.zone).replace(minute=0, second=0, microsecond=0)
    if local.time() > hours.latest:
        local = local.replace(hour=hours.latest.hour, minute=hours.latest.minute)
    if local.time() < hours.earliest:
        local = datetime.combine(local.date() - timedelta(days=1), hours.latest, tzinfo=policy.zone)
    return local.astimezone(moment.tzinfo)


def _next_half_hour(moment: datetime) -> datetime:
    past = timedelta(minutes=moment.minute % 30, seconds=moment.second, microseconds=moment.microsecond)
    return moment if not past else moment - past + timedelta(minutes=30)
