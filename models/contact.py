"""How somebody wants to be reached: by which channel for what, gathered or one by one, and when not."""

from datetime import datetime, time
from enum import StrEnum

from sqlalchemy import ForeignKey, LargeBinary, Time
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, StrEnumType, one_of


class Reach(StrEnum):
    SMS = "sms"
    EMAIL = "email"
    BOTH = "both"
    PAGE = "page"  # no message: they look here by themselves


class Topic(StrEnum):
    """What a message is about; the columns of :class:`ContactWish` are named after them."""

    OFFERS = "offers"
    REMINDERS = "reminders"
    NEWS = "news"


class ContactWish(Base):
    """One person's choice. Without a row the usual holds: a short message, or a mail where no telephone is known."""

    __tablename__ = "contact_wish"
    __table_args__ = (one_of("offers", Reach), one_of("reminders", Reach), one_of("news", Reach))

    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    offers: Mapped[Reach] = mapped_column(StrEnumType(Reach), default=Reach.SMS)
    reminders: Mapped[Reach] = mapped_column(StrEnumType(Reach), default=Reach.SMS)
    news: Mapped[Reach] = mapped_column(StrEnumType(Reach), default=Reach.SMS)
    gathered: Mapped[bool] = mapped_column(default=True, doc="several questions of one moment in one message")
    quiet_from: Mapped[time | None] = mapped_column(Time, doc="local; null: the house's quiet hours only")
    quiet_until: Mapped[time | None] = mapped_column(Time)
    email_digest: Mapped[bytes | None] = mapped_column(
        LargeBinary(16), doc="keyed digest of the mail address that they proved to be theirs"
    )
    email_proved_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]
