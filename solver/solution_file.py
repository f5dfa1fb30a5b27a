"""Solution files: what `solver.solve` answers, as JSON."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import orjson

from solver.faults import Fault, InvalidProblem
from solver.reading import parse_json, read_bytes
from solver.result import ChangeKind, Result, Status, Tier, Unfilled, WouldFill

SOLUTION_FORMAT: Final = "linli.solution/1"
_SIZES: Final = ("minutes", "tag", "metres", "people")


def write_solution(result: Result, path: str | Path) -> None:
    """Write a solution file (``.json`` or ``.json.gz``)."""
    raw = orjson.dumps(plain_result(result)) + b"\n"
    Path(path).write_bytes(gzip.compress(raw, compresslevel=4, mtime=0) if str(path).endswith(".gz") else raw)


def plain_result(result: Result) -> dict[str, Any]:
    """The result as a file holds it; what is absent is ``None``."""
    return {
        "format": SOLUTION_FORMAT,
        "problem": result.problem,
        "status": str(result.status),
        "points": result.points,
        "bound": result.bound,
        "gap": result.gap,
        "seconds": round(result.seconds, 3),
        "seed": result.seed,
        "workers": result.workers,
        "engine": result.engine,
        "limited": result.limited,
        "terms": dict(result.terms),
        "assignments": result.assignments,
        "unfilled": [_plain_unfilled(role) for role in result.unfilled],
        "backups": dict(result.backups),
    }


def _plain_unfilled(role: Unfilled) -> dict[str, Any]:
    return {
        "role": role.role,
        "missing": role.missing,
        "tier": str(role.tier),
        "eligible": role.eligible,
        "blocked": {str(rule): count for rule, count in role.blocked.items()},
        "would_fill": [_plain_change(change) for change in role.would_fill],
    }


def _plain_change(change: WouldFill) -> dict[str, Any]:
    sizes = {name: getattr(change, name) for name in _SIZES if getattr(change, name) is not None}
    return {"change": str(change.change), **sizes, "gains": change.gains}


def read_solution(path: str | Path) -> Result:
    """Read a solution file.

    Raises
    ------
    InvalidProblem
        When the file is not a solution; with the place of what is wrong.
    """
    return parse_solution(read_bytes(path))


def parse_solution(raw: bytes) -> Result:
    """Read a solution from its JSON text; raises `InvalidProblem` as `read_solution` does."""
    plain = parse_json(raw)
    if not isinstance(plain, dict) or plain.get("format") != SOLUTION_FORMAT:
        raise InvalidProblem([Fault("format", f'is not "{SOLUTION_FORMAT}"')])
    assignments = plain.get("assignments", [])
    for index, pair in enumerate(assignments if isinstance(assignments, list) else [None]):
        if not isinstance(pair, list) or len(pair) != 2 or not all(isinstance(each, str) for each in pair):  # noqa: PLR2004
            raise InvalidProblem([Fault(f"assignments[{index}]", "is not a pair of ids")])
    if plain.get("status") not in list(Status):
        raise InvalidProblem([Fault("status", f"is not one of {', '.join(Status)}")])
    return _result_of(plain)


def _result_of(plain: Mapping[str, Any]) -> Result:
    return Result(
        status=Status(plain["status"]),
        problem=plain.get("problem", ""),
        seconds=plain.get("seconds", 0.0),
        seed=plain.get("seed", 0),
        workers=plain.get("workers", 1),
        engine=plain.get("engine", ""),
        points=plain.get("points"),
        bound=plain.get("bound"),
        terms=plain.get("terms", {}),
        assignments=tuple((volunteer, role) for volunteer, role in plain.get("assignments", [])),
        unfilled=tuple(map(_unfilled_of, plain.get("unfilled", []))),
        backups={role: tuple(names) for role, names in plain.get("backups", {}).items()},
        limited=plain.get("limited", False),
    )


def _unfilled_of(plain: Mapping[str, Any]) -> Unfilled:
    return Unfilled(
        role=plain["role"],
        missing=plain["missing"],
        tier=Tier(plain["tier"]),
        eligible=plain["eligible"],
        blocked=plain["blocked"],
        would_fill=tuple(
            WouldFill(
                change=ChangeKind(change["change"]),
                gains=change["gains"],
                **{name: change[name] for name in _SIZES if name in change},
            )
            for change in plain.get("would_fill", [])
        ),
    )
