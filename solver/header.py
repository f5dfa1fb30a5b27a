"""The head of a problem file: format, horizon, travel and weights."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any, Final

from solver.diagnose import number_faults, shown, text_faults, whole_faults
from solver.faults import Fault, InvalidProblem
from solver.records import Horizon, Travel, Weights

PROBLEM_FORMAT: Final = "linli.problem/1"
_WEIGHTS: Final = tuple(field.name for field in dataclasses.fields(Weights) if field.name != "priority")


def head_of(plain: Mapping[str, Any]) -> tuple[Horizon, Travel, Weights]:
    """Horizon, travel and weights of a file; what the file leaves out has the documented value.

    Raises
    ------
    InvalidProblem
        With the place of every fault of the head.
    """
    faults = list(_faults(plain))
    if faults:
        raise InvalidProblem(faults)
    travel = plain.get("travel", {})
    given: dict[str, Any] = plain.get("weights", {})
    weights: dict[str, Any] = {key: value for key, value in given.items() if key in _WEIGHTS}
    if given.get("priority"):
        weights["priority"] = {int(key): value for key, value in given["priority"].items()}
    return (
        Horizon(start=plain["horizon"]["start"], minutes=plain["horizon"]["minutes"]),
        Travel(**{key: travel[key] for key in ("metres_per_minute", "buffer_minutes") if key in travel}),
        Weights(**weights),
    )


def plain_head(horizon: Horizon, travel: Travel, weights: Weights) -> dict[str, Any]:
    """The head as a file holds it."""
    points = {name: getattr(weights, name) for name in ("essential", "wanted", "extra")}
    points["priority"] = {str(key): value for key, value in sorted(weights.priority.items())}
    points |= {name: getattr(weights, name) for name in _WEIGHTS if name not in points}
    return {
        "format": PROBLEM_FORMAT,
        "horizon": {"start": horizon.start, "minutes": horizon.minutes},
        "travel": {"metres_per_minute": travel.metres_per_minute, "buffer_minutes": travel.buffer_minutes},
        "weights": points,
    }


def _faults(plain: Mapping[str, Any]) -> Iterator[Fault]:
    if plain.get("format") != PROBLEM_FORMAT:
        yield Fault("format", f'{shown(plain.get("format"))} is not "{PROBLEM_FORMAT}"')
    if not isinstance(plain.get("horizon"), dict):
        yield Fault("horizon", "is missing")
    else:
        yield from text_faults(plain["horizon"], "start", "horizon")
        yield from whole_faults(plain["horizon"], "minutes", "horizon", least=1)
    for name, faults in (("travel", _travel_faults), ("weights", _weight_faults)):
        value = plain.get(name, {})
        if isinstance(value, dict):
            yield from faults(value)
        else:
            yield Fault(name, f"{shown(value)} is not an object")
    for name in ("volunteers", "shifts"):
        if name not in plain:
            yield Fault(name, "is missing")


def _travel_faults(travel: Mapping[str, Any]) -> Iterator[Fault]:
    if "metres_per_minute" in travel:
        speed = travel["metres_per_minute"]
        faults = list(number_faults(speed, "travel.metres_per_minute"))
        yield from faults
        if not faults and speed <= 0:
            yield Fault("travel.metres_per_minute", f"{speed} is not above 0")
    yield from whole_faults(travel, "buffer_minutes", "travel", default=0)


def _weight_faults(weights: Mapping[str, Any]) -> Iterator[Fault]:
    for name in _WEIGHTS:
        yield from whole_faults(weights, name, "weights", default=0)
    priority = weights.get("priority", {})
    if not isinstance(priority, dict):
        yield Fault("weights.priority", f"{shown(priority)} is not an object")
        return
    for key in priority:
        if not key.isdecimal():
            yield Fault("weights.priority", f"{shown(key)} is not a priority number")
        yield from whole_faults(priority, key, "weights.priority")
