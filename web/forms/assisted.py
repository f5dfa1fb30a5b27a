"""What a coordinator fills in for somebody who has no telephone of their own."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from marshmallow import fields

from models.assisted import ConsentSeen
from web.accounts.volunteering import Offered
from web.forms.schema import Text, known
from web.forms.volunteers import MyTimesSchema

OWN = ("name", "born_on", "gender", "unit_code", "id_number", "address", "telephone", "consent")


@dataclass(frozen=True, slots=True, kw_only=True)
class Assisted:
    """Somebody to register; `telephone` is one at which they may be asked for, "" without."""

    name: str
    born_on: date
    gender: str
    unit_code: str
    id_number: str
    address: str
    telephone: str
    consent: ConsentSeen
    offered: Offered


class AssistedSchema(MyTimesSchema):
    name = Text(longest=40, required=True)
    born_on = fields.Date(required=True)
    gender = fields.String(load_default="0", validate=known(("0", "1", "2", "9")))
    unit_code = Text(longest=15, required=True)
    id_number = Text(longest=24, load_default="")
    address = Text(longest=120, load_default="")
    telephone = Text(longest=24, load_default="")
    consent = fields.Enum(ConsentSeen, by_value=True, required=True)

    @staticmethod
    def makes(**data: Any) -> Assisted:  # type: ignore[override]
        """Make the command."""
        own = {name: data.pop(name) for name in OWN}
        return Assisted(offered=MyTimesSchema.makes(**data), **own)
