"""What a program may do, and how a message to a webhook stands, in words."""

from typing import Any, Final

from flask_babel import lazy_gettext as _l

from models.authority import Permission

#: Total over :class:`Permission`; a test holds it to that.
SCOPES: Final[dict[Permission, Any]] = {
    Permission.SELF_WEEK_READ: _l("Read my week, hours and certificates; arrive and leave"),
    Permission.SELF_OFFER_ANSWER: _l("Answer questions, take and give back seats"),
    Permission.SELF_PROFILE_WRITE: _l("Read and change what I offer"),
    Permission.UNIT_NEED_READ: _l("Read needs"),
    Permission.UNIT_NEED_WRITE: _l("Post, change and cancel needs"),
    Permission.UNIT_ROSTER_READ: _l("Read the week's roster"),
    Permission.UNIT_ROSTER_WRITE: _l("Pin and release people"),
    Permission.UNIT_PERSON_READ: _l("Read volunteers of my units"),
    Permission.UNIT_ATTENDANCE_WRITE: _l("Write who came"),
    Permission.UNIT_HOURS_APPROVE: _l("Approve hours"),
    Permission.UNIT_INDICATOR_READ: _l("Read the figures"),
    Permission.CITY_IMPORT_READ: _l("Read imported files and their problems"),
    Permission.CITY_IMPORT_WRITE: _l("Send files"),
    Permission.CITY_REVIEW_DECIDE: _l("Decide doubtful pairs"),
    Permission.CITY_PERSON_READ: _l("Read persons of the registry"),
    Permission.CITY_PERSON_MERGE: _l("Merge and split persons"),
    Permission.CITY_NUMBER_REVEAL: _l("See whole numbers"),
    Permission.CITY_RUN_READ: _l("Read runs"),
    Permission.CITY_RUN_START: _l("Start plans and repairs"),
    Permission.CITY_ROSTER_PUBLISH: _l("Publish rosters"),
    Permission.CITY_AUDIT_READ: _l("Read the audit log"),
    Permission.CITY_ACCOUNT_WRITE: _l("Manage accounts"),
}

#: Why the last attempt of a message failed.
FAILURES: Final[dict[str, Any]] = {
    "refused": _l("The receiver did not take it"),
    "timeout": _l("The receiver did not answer in time"),
    "certificate": _l("The receiver's certificate is not good"),
    "no_connection": _l("No connection came about"),
    "no_such_name": _l("There is no such address"),
    "address_refused": _l("The address lies inside a private network"),
    "gone": _l("The receiver says that it is gone"),
    "ended": _l("The webhook was ended"),
}


def scope_text(scope: str) -> str:
    """Say what a scope allows."""
    return str(SCOPES[Permission(scope)])


def failure_text(code: str) -> str:
    """Say why an attempt failed."""
    return str(FAILURES.get(code, code))
