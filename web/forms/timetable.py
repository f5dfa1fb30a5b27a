"""What an operator says of the week's steps: run, skip, take a skip back; and the times of a unit."""

from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from typing import Any, ClassVar

from marshmallow import ValidationError, fields, validates_schema

from matching.steps import Step
from matching.timetables import StepTime
from web.forms.schema import ClockTime, CommandSchema, Text, between


class StepAct(StrEnum):
    RUN = "run"
    SKIP = "skip"
    UNSKIP = "unskip"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepCommand:
    act: StepAct
    step: Step
    week: str
    area: str


class StepSchema(CommandSchema):
    makes: ClassVar = StepCommand
    act = fields.Enum(StepAct, by_value=True, required=True)
    step = fields.Enum(Step, by_value=True, required=True)
    week = Text(longest=8, required=True)
    area = Text(longest=15, load_default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class TimesCommand:
    """`answers` is None for the usual ones."""

    steps: dict[Step, StepTime]
    answers: tuple[time, time] | None


class OneTimeSchema(CommandSchema):
    """A weekday and a time; both or neither."""

    weekday = fields.Integer(load_default=None, allow_none=True, validate=between(0, 6))
    at = ClockTime(load_default=None, allow_none=True)

    @validates_schema(skip_on_field_errors=True)
    def both(self, data: dict[str, Any], **_options: Any) -> None:
        """A weekday without a time says nothing."""
        if (data["weekday"] is None) != (data["at"] is None):
            raise ValidationError("missing", "at" if data["at"] is None else "weekday")


class UnitTimesSchema(CommandSchema):
    """The times of a unit; what is left blank is as usual."""

    close = fields.Nested(OneTimeSchema, load_default=None, allow_none=True)
    plan = fields.Nested(OneTimeSchema, load_default=None, allow_none=True)
    publish = fields.Nested(OneTimeSchema, load_default=None, allow_none=True)
    repair = fields.Nested(OneTimeSchema, load_default=None, allow_none=True)
    answers_from = ClockTime(load_default=None, allow_none=True)
    answers_until = ClockTime(load_default=None, allow_none=True)

    @validates_schema(skip_on_field_errors=True)
    def in_order(self, data: dict[str, Any], **_options: Any) -> None:
        """Answers are awaited between two times of one day."""
        earliest, latest = data["answers_from"], data["answers_until"]
        if (earliest is None) != (latest is None):
            raise ValidationError("missing", "answers_until" if latest is None else "answers_from")
        if earliest is not None and earliest >= latest:
            raise ValidationError("ends_before_start", "answers_until")

    @staticmethod
    def makes(**data: Any) -> TimesCommand:
        """Make the command of what was filled in."""
        said = {step: data[step.value] for step in Step if data[step.value] and data[step.value]["at"] is not None}
        steps = {step: StepTime(weekday=one["weekday"], at=one["at"]) for step, one in said.items()}
        answers = None if data["answers_from"] is None else (data["answers_from"], data["answers_until"])
        return TimesCommand(steps=steps, answers=answers)
