"""What a run explains beside its plan: why seats stay empty, what would fill them, who could take which seat."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from matching.snapshot import number
from models.roster import Backup, Shortfall
from solver import Result


def store_explanation(session: Session, run_id: int, result: Result) -> None:
    """Write why seats stay empty, and who could take a seat that falls empty."""
    shortfalls = [
        {
            "run_id": run_id,
            "role_id": number(unfilled.role),
            "tier": str(unfilled.tier),
            "missing": unfilled.missing,
            "eligible": unfilled.eligible,
            "blocked": {str(rule): count for rule, count in unfilled.blocked.items()},
            "would_fill": [plain_change(change) for change in unfilled.would_fill],
        }
        for unfilled in result.unfilled
    ]
    if shortfalls:
        session.execute(insert(Shortfall), shortfalls)
    role_ids = [number(role) for role in result.backups]
    session.execute(delete(Backup).where(Backup.role_id.in_(role_ids)))
    backups = [
        {"role_id": number(role), "rank": rank, "person_id": number(person)}
        for role, people in result.backups.items()
        for rank, person in enumerate(people, 1)
    ]
    if backups:
        session.execute(insert(Backup), backups)


def plain_change(change: Any) -> dict[str, Any]:
    """Give a change that would fill a seat as the plain mapping of the file format, absent values left out."""
    plain = change if isinstance(change, dict) else asdict(change)
    return {name: value for name, value in plain.items() if value is not None}
