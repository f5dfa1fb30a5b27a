"""Names of states and kinds, and the tone in which a badge shows each.

A tone is a class of the design system: *good*, *waiting*, *calm*, *trouble*, *quiet*. Colour is never alone: the word
is always beside it.
"""

from enum import StrEnum
from typing import Any, Final

from flask_babel import lazy_pgettext as _lp

from models.authority import Role
from models.handover import HandoverState
from models.linkage import PersonEventKind, ReviewState, VerdictKind
from models.need import NeedState, ShiftState, Tier
from models.organisation import UnitLevel
from models.outbox import MessageState
from models.person import PersonState
from models.program import DeliveryState
from models.roster import AssignmentState, OfferState, RosterState, RunKind, RunState
from models.schedule import StepState
from models.service import HourChangeKind, HourState
from models.source import BatchState, RecordState

Words = dict[StrEnum, tuple[Any, str]]

WORDS: Final[dict[type[StrEnum], Words]] = {
    DeliveryState: {
        DeliveryState.WAITING: (_lp("message", "Waiting"), "waiting"),
        DeliveryState.SENDING: (_lp("message", "Sending"), "waiting"),
        DeliveryState.SENT: (_lp("message", "Arrived"), "good"),
        DeliveryState.DEAD: (_lp("message", "Given up"), "trouble"),
    },
    NeedState: {
        NeedState.DRAFT: (_lp("need", "Draft"), "quiet"),
        NeedState.OPEN: (_lp("need", "Open"), "good"),
        NeedState.CANCELLED: (_lp("need", "Cancelled"), "trouble"),
    },
    ShiftState: {
        ShiftState.OPEN: (_lp("shift", "Takes place"), "good"),
        ShiftState.CANCELLED: (_lp("shift", "Cancelled"), "trouble"),
    },
    Tier: {
        Tier.ESSENTIAL: (_lp("tier", "Essential"), "trouble"),
        Tier.WANTED: (_lp("tier", "Wanted"), "waiting"),
        Tier.EXTRA: (_lp("tier", "Welcome"), "quiet"),
    },
    AssignmentState: {
        AssignmentState.PROPOSED: (_lp("assignment", "Proposed"), "calm"),
        AssignmentState.OFFERED: (_lp("assignment", "Asked"), "waiting"),
        AssignmentState.CONFIRMED: (_lp("assignment", "Confirmed"), "good"),
        AssignmentState.SERVED: (_lp("assignment", "Served"), "good"),
        AssignmentState.ABSENT: (_lp("assignment", "Absent"), "trouble"),
        AssignmentState.EXCUSED: (_lp("assignment", "Excused"), "quiet"),
        AssignmentState.DECLINED: (_lp("assignment", "Declined"), "trouble"),
        AssignmentState.LAPSED: (_lp("assignment", "No answer"), "trouble"),
        AssignmentState.RELEASED: (_lp("assignment", "Released"), "quiet"),
        AssignmentState.SUPERSEDED: (_lp("assignment", "Replaced"), "quiet"),
    },
    OfferState: {
        OfferState.OPEN: (_lp("offer", "Waiting for your answer"), "waiting"),
        OfferState.CONFIRMED: (_lp("offer", "You are coming"), "good"),
        OfferState.DECLINED: (_lp("offer", "You declined"), "quiet"),
        OfferState.LAPSED: (_lp("offer", "Not answered in time"), "quiet"),
        OfferState.WITHDRAWN: (_lp("offer", "Taken back"), "quiet"),
    },
    HandoverState: {
        HandoverState.OPEN: (_lp("handover", "Looking for a stand-in"), "waiting"),
        HandoverState.DONE: (_lp("handover", "Changed hands"), "good"),
        HandoverState.WITHDRAWN: (_lp("handover", "Comes after all"), "quiet"),
        HandoverState.UNDONE: (_lp("handover", "Turned back"), "quiet"),
    },
    RunState: {
        RunState.RUNNING: (_lp("run", "Running"), "waiting"),
        RunState.STORED: (_lp("run", "Stored"), "good"),
        RunState.FAILED: (_lp("run", "Failed"), "trouble"),
    },
    RunKind: {
        RunKind.PLAN: (_lp("run", "Plan"), "calm"),
        RunKind.REPAIR: (_lp("run", "Repair"), "calm"),
    },
    RosterState: {
        RosterState.PROPOSED: (_lp("roster", "Proposal"), "calm"),
        RosterState.PUBLISHED: (_lp("roster", "Published"), "good"),
        RosterState.SUPERSEDED: (_lp("roster", "Replaced"), "quiet"),
    },
    BatchState: {
        BatchState.READING: (_lp("batch", "Being read"), "waiting"),
        BatchState.STORED: (_lp("batch", "Stored"), "good"),
        BatchState.REFUSED: (_lp("batch", "Refused"), "trouble"),
    },
    RecordState: {
        RecordState.CURRENT: (_lp("record", "Current"), "good"),
        RecordState.GONE: (_lp("record", "Gone from the export"), "quiet"),
        RecordState.WITHDRAWN: (_lp("record", "Withdrawn"), "quiet"),
    },
    ReviewState: {
        ReviewState.WAITING: (_lp("review", "Waiting"), "waiting"),
        ReviewState.DECIDED: (_lp("review", "Decided"), "good"),
        ReviewState.MOOT: (_lp("review", "No longer a question"), "quiet"),
    },
    VerdictKind: {
        VerdictKind.SAME: (_lp("verdict", "Same person"), "good"),
        VerdictKind.DIFFERENT: (_lp("verdict", "Different people"), "trouble"),
    },
    PersonState: {
        PersonState.ACTIVE: (_lp("person", "Active"), "good"),
        PersonState.MERGED: (_lp("person", "Merged"), "quiet"),
        PersonState.WITHDRAWN: (_lp("person", "Withdrawn"), "quiet"),
    },
    PersonEventKind: {
        PersonEventKind.CREATED: (_lp("person event", "First seen"), "calm"),
        PersonEventKind.MERGED: (_lp("person event", "Merged"), "waiting"),
        PersonEventKind.SPLIT: (_lp("person event", "Split"), "waiting"),
        PersonEventKind.UNDONE: (_lp("person event", "Undone"), "quiet"),
        PersonEventKind.EDITED: (_lp("person event", "Edited"), "calm"),
    },
    HourState: {
        HourState.PROPOSED: (_lp("hours", "Proposed"), "calm"),
        HourState.RECORDED: (_lp("hours", "Recorded"), "waiting"),
        HourState.APPROVED: (_lp("hours", "Approved"), "good"),
        HourState.DISPUTED: (_lp("hours", "Disputed"), "trouble"),
        HourState.VOID: (_lp("hours", "Void"), "quiet"),
    },
    HourChangeKind: {
        HourChangeKind.CORRECTED: (_lp("hours", "Corrected"), "waiting"),
        HourChangeKind.DISPUTED: (_lp("hours", "Disputed"), "trouble"),
        HourChangeKind.APPROVED: (_lp("hours", "Approved"), "good"),
        HourChangeKind.VOIDED: (_lp("hours", "Void"), "quiet"),
    },
    MessageState: {
        MessageState.WAITING: (_lp("message", "Waiting to leave"), "waiting"),
        MessageState.SENDING: (_lp("message", "Leaving"), "waiting"),
        MessageState.SENT: (_lp("message", "Sent"), "good"),
        MessageState.FAILED: (_lp("message", "Could not be sent"), "trouble"),
    },
    StepState: {
        StepState.REQUESTED: (_lp("step", "Asked for"), "calm"),
        StepState.STARTED: (_lp("step", "Started"), "waiting"),
        StepState.DONE: (_lp("step", "Done"), "good"),
        StepState.SKIPPED: (_lp("step", "Skipped"), "quiet"),
        StepState.FAILED: (_lp("step", "Failed"), "trouble"),
    },
    UnitLevel: {
        UnitLevel.CITY: (_lp("unit", "City"), "calm"),
        UnitLevel.DISTRICT: (_lp("unit", "District"), "calm"),
        UnitLevel.STREET: (_lp("unit", "Street"), "calm"),
        UnitLevel.NEIGHBOURHOOD: (_lp("unit", "Neighbourhood"), "calm"),
        UnitLevel.GRID: (_lp("unit", "Grid"), "calm"),
    },
    Role: {
        Role.VOLUNTEER: (_lp("role", "Volunteer"), "calm"),
        Role.COORDINATOR: (_lp("role", "Coordinator"), "calm"),
        Role.STEWARD: (_lp("role", "Steward"), "calm"),
        Role.OPERATOR: (_lp("role", "Operator"), "calm"),
        Role.LEADER: (_lp("role", "Leader"), "calm"),
        Role.AUDITOR: (_lp("role", "Auditor"), "calm"),
    },
}


def state_name(state: StrEnum) -> str:
    """Name a state or kind."""
    return str(WORDS[type(state)][state][0])


def state_tone(state: StrEnum) -> str:
    """Give the tone in which a badge shows `state`."""
    return WORDS[type(state)][state][1]
