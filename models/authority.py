"""Who may do what, where: permissions, the roles that hold them, and the actor on whose behalf code runs.

A permission is ``scope:resource:action``. A grant gives a role over an organisation unit and all below it; a
permission that is about oneself only needs no grant.
"""

from dataclasses import dataclass, field
from enum import StrEnum


class Permission(StrEnum):
    SELF_WEEK_READ = "self:week:read"
    SELF_OFFER_ANSWER = "self:offer:answer"
    SELF_PROFILE_WRITE = "self:profile:write"
    UNIT_NEED_READ = "unit:need:read"
    UNIT_NEED_WRITE = "unit:need:write"
    UNIT_ROSTER_READ = "unit:roster:read"
    UNIT_ROSTER_WRITE = "unit:roster:write"
    UNIT_PERSON_READ = "unit:person:read"
    UNIT_ATTENDANCE_WRITE = "unit:attendance:write"
    UNIT_HOURS_APPROVE = "unit:hours:approve"
    UNIT_INDICATOR_READ = "unit:indicator:read"
    CITY_IMPORT_READ = "city:import:read"
    CITY_IMPORT_WRITE = "city:import:write"
    CITY_REVIEW_DECIDE = "city:review:decide"
    CITY_PERSON_READ = "city:person:read"
    CITY_PERSON_MERGE = "city:person:merge"
    CITY_NUMBER_REVEAL = "city:number:reveal"
    CITY_RUN_READ = "city:run:read"
    CITY_RUN_START = "city:run:start"
    CITY_ROSTER_PUBLISH = "city:roster:publish"
    CITY_AUDIT_READ = "city:audit:read"
    CITY_ACCOUNT_WRITE = "city:account:write"


class Role(StrEnum):
    VOLUNTEER = "volunteer"
    COORDINATOR = "coordinator"
    STEWARD = "steward"
    OPERATOR = "operator"
    LEADER = "leader"
    AUDITOR = "auditor"


_SELF = frozenset(p for p in Permission if p.startswith("self:"))
_COORDINATOR = frozenset(p for p in Permission if p.startswith("unit:"))
_STEWARD = frozenset(
    {
        Permission.CITY_IMPORT_READ,
        Permission.CITY_IMPORT_WRITE,
        Permission.CITY_REVIEW_DECIDE,
        Permission.CITY_PERSON_READ,
        Permission.CITY_PERSON_MERGE,
        Permission.CITY_NUMBER_REVEAL,
    }
)
_OPERATOR = frozenset(
    {
        Permission.CITY_RUN_READ,
        Permission.CITY_RUN_START,
        Permission.CITY_ROSTER_PUBLISH,
        Permission.CITY_IMPORT_READ,
        Permission.CITY_ACCOUNT_WRITE,
        Permission.UNIT_NEED_READ,
        Permission.UNIT_ROSTER_READ,
    }
)
_LEADER = frozenset({Permission.UNIT_INDICATOR_READ, Permission.UNIT_NEED_READ, Permission.UNIT_ROSTER_READ})
_AUDITOR = frozenset({Permission.CITY_AUDIT_READ, Permission.CITY_RUN_READ, Permission.CITY_PERSON_READ})

#: Total over :class:`Role`; a test holds it to that.
PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.VOLUNTEER: _SELF,
    Role.COORDINATOR: _COORDINATOR,
    Role.STEWARD: _STEWARD,
    Role.OPERATOR: _OPERATOR,
    Role.LEADER: _LEADER,
    Role.AUDITOR: _AUDITOR,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """A role over a unit; `unit_code` "" is everywhere."""

    role: Role
    unit_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """On whose behalf something is done.

    `account_id` is None for the program itself (the weekly run, the command line); `person_id` is the volunteer behind
    the account, None for staff without one. `limit` is what a program's token allows at most, None for no limit.
    """

    account_id: int | None
    person_id: int | None = None
    scopes: tuple[Scope, ...] = field(default=())
    is_system: bool = False
    limit: frozenset[Permission] | None = None

    def may(self, permission: Permission, unit_code: str = "") -> bool:
        """Say whether `permission` is held for the unit with `unit_code` ("" asks for the whole city)."""
        if self.is_system:
            return True
        if self.limit is not None and permission not in self.limit:
            return False
        if permission.startswith("self:"):
            return self.person_id is not None
        return any(
            permission in PERMISSIONS[scope.role] and unit_code.startswith(scope.unit_code) for scope in self.scopes
        )

    def has(self, permission: Permission) -> bool:
        """Say whether `permission` is held anywhere at all."""
        return bool(self.is_system or self.may(permission) or self.units(permission))

    def units(self, permission: Permission) -> tuple[str, ...]:
        """Give the codes of the units over which `permission` is held, "" for all; shortest first."""
        if self.is_system:
            return ("",)
        if self.limit is not None and permission not in self.limit:
            return ()
        held = {scope.unit_code for scope in self.scopes if permission in PERMISSIONS[scope.role]}
        return tuple(sorted(held, key=lambda code: (len(code), code)))


#: The program itself.
SYSTEM = Actor(account_id=None, is_system=True)
