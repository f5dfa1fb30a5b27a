"""What-if questions as they are asked on the page, one schema a kind."""

from typing import Any, ClassVar

from marshmallow import ValidationError, fields, validates_schema

from matching.what_ifs import MOST_PEOPLE, PARTS_OF_DAY, SOFT_WEIGHTS, Drive, FreeDay, OtherWeights, Recruit
from models.taxonomy import CERTIFICATES, SKILLS
from models.what_if import WhatIfKind
from web.forms.schema import CommandSchema, Text, between, known

MOST_WEIGHT = 2_000


class WeightsSchema(CommandSchema):
    """Other weights of wishes and fairness; the city's own stand in the form."""

    near = fields.Integer(required=True, validate=between(0, MOST_WEIGHT))
    liked = fields.Integer(required=True, validate=between(0, MOST_WEIGHT))
    familiar = fields.Integer(required=True, validate=between(0, MOST_WEIGHT))
    turn = fields.Integer(required=True, validate=between(0, MOST_WEIGHT))
    recent_hour = fields.Integer(required=True, validate=between(0, MOST_WEIGHT))

    @staticmethod
    def makes(**data: Any) -> OtherWeights:
        """Make the question."""
        return OtherWeights(weights={name: data[name] for name in SOFT_WEIGHTS})


class FreeDaySchema(CommandSchema):
    makes: ClassVar = FreeDay
    day = fields.Integer(required=True, validate=between(0, 6))


class DriveSchema(CommandSchema):
    """A volunteer drive in one unit."""

    unit_code = Text(longest=15, required=True)
    people = fields.Integer(required=True, validate=between(1, MOST_PEOPLE))
    tags = fields.List(fields.String(validate=known((*CERTIFICATES, *SKILLS))), load_default=list)
    days = fields.List(fields.Integer(validate=between(0, 6)), load_default=list)
    parts = fields.List(fields.String(validate=known(tuple(PARTS_OF_DAY))), load_default=list)

    @validates_schema(skip_on_field_errors=True)
    def free_at_some_time(self, data: dict[str, Any], **_options: Any) -> None:
        """People who are never free fill no seat."""
        for name in ("days", "parts"):
            if not data[name]:
                raise ValidationError("missing", name)

    @staticmethod
    def makes(**data: Any) -> Drive:
        """Make the question."""
        return Drive(
            unit_code=data["unit_code"],
            people=data["people"],
            tags=tuple(data["tags"]),
            days=tuple(data["days"]),
            parts=tuple(data["parts"]),
        )


class RecruitSchema(CommandSchema):
    makes: ClassVar = Recruit


SCHEMAS: dict[WhatIfKind, type[CommandSchema]] = {
    WhatIfKind.WEIGHTS: WeightsSchema,
    WhatIfKind.FREE_DAY: FreeDaySchema,
    WhatIfKind.DRIVE: DriveSchema,
    WhatIfKind.RECRUIT: RecruitSchema,
}
