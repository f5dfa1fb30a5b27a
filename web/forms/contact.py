"""How somebody wants to be reached, as the form of it says."""

from datetime import time
from typing import ClassVar

from marshmallow import ValidationError, fields, validates_schema

from matching.contact import Wished
from models.contact import Reach
from web.forms.schema import ClockTime, CommandSchema


class WishedSchema(CommandSchema):
    """Channels by topic; both quiet times or neither."""

    makes: ClassVar = Wished
    offers = fields.Enum(Reach, by_value=True, required=True)
    reminders = fields.Enum(Reach, by_value=True, required=True)
    news = fields.Enum(Reach, by_value=True, required=True)
    gathered = fields.Boolean(load_default=False)
    quiet_from = ClockTime(load_default=None, allow_none=True)
    quiet_until = ClockTime(load_default=None, allow_none=True)

    @validates_schema(skip_on_field_errors=True)
    def both_or_neither(self, data: dict[str, time | None], **_options: object) -> None:
        """One quiet time alone says nothing."""
        if (data.get("quiet_from") is None) != (data.get("quiet_until") is None):
            missing = "quiet_from" if data.get("quiet_from") is None else "quiet_until"
            raise ValidationError("missing", missing)
