"""People whom a coordinator registered, since they have no telephone of their own; she asks them by word of mouth."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Numbered, StrEnumType, one_of


class ConsentSeen(StrEnum):
    """How the coordinator saw that the person agrees to being registered and asked (PIPL 13, 14)."""

    PAPER = "paper"  # a signed sheet, kept in the office
    SPOKEN = "spoken"  # said to the coordinator
    FAMILY = "family"  # said beside a member of the family


class AssistedEntry(Numbered, Base):
    """Who registered a person for them, where, and what was seen of their agreement."""

    __tablename__ = "assisted_entry"
    __table_args__ = (one_of("consent", ConsentSeen),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    unit_code: Mapped[str] = mapped_column(String(15), index=True, doc="whose coordinators ask them")
    consent: Mapped[ConsentSeen] = mapped_column(StrEnumType(ConsentSeen))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]
