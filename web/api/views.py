"""What only programs are shown: frozen views beside those of the rooms below."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from matching.contact import Wished
from matching.queries.changes import Changes, UnitRepair
from matching.queries.rosters import RosterView, RunView
from matching.queries.what_ifs import Recruits, Sides
from models.authority import Role
from models.roster import RunState


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeSent:
    """A code is on its way; `demo_code` is filled in a demonstration only."""

    holds_seconds: int
    demo_code: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MyScope:
    """A role over a unit; `unit_code` "" is everywhere."""

    role: Role
    unit_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Me:
    """Whose token it is; `scopes` are the permissions of the account within those of the token."""

    account_id: int
    person_id: int | None
    display_name: str
    language: str
    scopes: tuple[str, ...]
    roles: tuple[MyScope, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterPage(RosterView):
    """Some shifts of a week's board; `next` is the address of those after them."""

    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """The offer by which a seat was taken, for giving it back."""

    offer_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedRun:
    """A step that was started; ask at `poll` for the run."""

    week: str
    kind: str
    poll: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunProgress:
    """How a started step stands: waiting, running, stored or failed; the run as soon as there is one."""

    state: str
    run: RunView | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """To how many something was done."""

    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MyContact(Wished):
    """By which way, and when not, a volunteer is reached."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairShown:
    """The newest repair of a unit's week; `changes` are None until they are worked out."""

    run: UnitRepair | None
    changes: Changes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedWhatIf:
    """A what-if question and its answer; `asked` are its own facts, by its `kind`."""

    id: int
    week: str
    kind: str
    asked: dict[str, Any]
    unit_name: str | None
    state: RunState
    asked_at: datetime
    answered_at: datetime | None
    failure: str | None
    sides: Sides | None
    recruiting: tuple[Recruits, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileIssue:
    """One problem of a file that was sent: where, what, and whether the row was left out whole."""

    line_number: int
    sheet: str | None
    field: str | None
    heading: str | None
    code: str
    quarantined: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """What a file did, or with `dry_run` would do; `batch_id` is None then. `issues` are the first of them."""

    dry_run: bool
    batch_id: int | None
    source: str
    rows: int
    new: int
    changed: int
    unchanged: int
    gone: int
    quarantined: int
    repeated: bool
    issue_counts: dict[str, int]
    issues: tuple[FileIssue, ...]
