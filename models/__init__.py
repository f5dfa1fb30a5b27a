"""Rows, and what the database can forbid.

One file a subject. This room refuses Flask, Celery and settings: it is told which keys to use and what time it is.
Importing :mod:`models` registers every table on :data:`models.base.Base.metadata`.
"""

from models.account import Account, Grant
from models.assisted import AssistedEntry
from models.audit import AuditEvent
from models.authority import Actor, Permission, Role
from models.base import Base
from models.certificate import Certificate
from models.contact import ContactWish
from models.feedback import Feedback
from models.figure import KeptFigure
from models.handover import Handover, HandoverReply
from models.linkage import (
    LinkKey,
    LinkQueue,
    PersonEvent,
    PersonLink,
    RecordFeature,
    ReviewPair,
    Scorecard,
    Verdict,
)
from models.need import Need, Seat, Shift, ShiftRole
from models.organisation import OrganisationUnit
from models.outbox import OutboxMessage
from models.part import RunPart
from models.person import Consent, Departure, Person, PersonAttribute, PersonFree, PersonLike, PersonTag
from models.program import ApiToken, Happening, KeptAnswer, Webhook, WebhookDelivery
from models.relation import NeedBar, PersonDislike, PersonPair
from models.roster import Assignment, Backup, Offer, Roster, RosterRun, Shortfall
from models.schedule import StepRun
from models.service import HourChange, HourRecord, Presence
from models.source import HoursHanded, ImportBatch, ImportOriginal, RowIssue, SavedMapping, SourceRecord
from models.template import NeedTemplate
from models.what_if import WhatIf

__all__ = [
    "Account",
    "Actor",
    "ApiToken",
    "Assignment",
    "AssistedEntry",
    "AuditEvent",
    "Backup",
    "Base",
    "Certificate",
    "Consent",
    "ContactWish",
    "Departure",
    "Feedback",
    "Grant",
    "Handover",
    "HandoverReply",
    "Happening",
    "HourChange",
    "HourRecord",
    "HoursHanded",
    "ImportBatch",
    "ImportOriginal",
    "KeptAnswer",
    "KeptFigure",
    "LinkKey",
    "LinkQueue",
    "Need",
    "NeedBar",
    "NeedTemplate",
    "Offer",
    "OrganisationUnit",
    "OutboxMessage",
    "Permission",
    "Person",
    "PersonAttribute",
    "PersonDislike",
    "PersonEvent",
    "PersonFree",
    "PersonLike",
    "PersonLink",
    "PersonPair",
    "PersonTag",
    "Presence",
    "RecordFeature",
    "ReviewPair",
    "Role",
    "Roster",
    "RosterRun",
    "RowIssue",
    "RunPart",
    "SavedMapping",
    "Scorecard",
    "Seat",
    "Shift",
    "ShiftRole",
    "Shortfall",
    "SourceRecord",
    "StepRun",
    "Verdict",
    "Webhook",
    "WebhookDelivery",
    "WhatIf",
]
