"""Problem and solution files: what is read is what was written, and what is wrong is named with its place."""

import copy

import orjson
import pytest

from solver import (
    InvalidProblem,
    parse_problem,
    problem_digest,
    read_problem,
    read_solution,
    reading,
    solve,
    write_problem,
    write_solution,
)
from tests.solver.worlds import problem_of, small_world

SAMPLE = {
    "format": "linli.problem/1",
    "horizon": {"start": "2026-11-23T00:00:00+08:00", "minutes": 10080},
    "travel": {"metres_per_minute": 200, "buffer_minutes": 15},
    "weights": {"essential": 1000, "wanted": 300, "extra": 20, "priority": {"1": 8, "2": 3, "3": 1}, "near": 100},
    "volunteers": [
        {
            "id": "v1",
            "at": [1200.0, 860.5],
            "radius": 5000,
            "tags": {"adult": None, "first_aid": 9000},
            "free": [[540, 780], [1980, 2220]],
            "max_minutes": 480,
            "max_shifts": 2,
            "max_shifts_per_day": None,
            "likes": ["elderly"],
            "recent_hours": 6,
        },
        {"id": "v2", "at": [0, 0], "radius": 100},
    ],
    "shifts": [
        {
            "id": "s1",
            "at": [900.0, 400.0],
            "start": 600,
            "end": 720,
            "category": "elderly",
            "priority": 1,
            "all_or_nothing": True,
            "team": [{"tag": "adult", "at_least": 1}],
            "roles": [{"id": "s1/a", "needs": ["adult", "first_aid"], "min": 1, "target": 2, "max": 3}],
        }
    ],
    "familiar": [["v1", "s1"]],
    "locked": [["v1", "s1/a"]],
    "barred": [["v2", "s1"]],
}


def _changed(path, value):
    plain = copy.deepcopy(SAMPLE)
    place = plain
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return orjson.dumps(plain)


def _faults(raw):
    with pytest.raises(InvalidProblem) as refused:
        parse_problem(raw)
    return [str(fault) for fault in refused.value.faults]


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        (("volunteers", 0, "free", 1), [540, 500], "volunteers[0].free[1]: end 500 is not after start 540"),
        (("volunteers", 0, "free", 1), [540], "volunteers[0].free[1]: [540] is not a pair of minutes"),
        (("volunteers", 1, "id"), "v1", 'volunteers[1]: id "v1" is also the id of volunteers[0]'),
        (("volunteers", 1, "radius"), -1, "volunteers[1].radius: -1 is not between 0 and inf"),
        (("volunteers", 1, "at"), [1, "x"], 'volunteers[1].at[1]: "x" is not a number'),
        (("volunteers", 1, "max_shifts"), 1.5, "volunteers[1].max_shifts: 1.5 is not a whole number"),
        (("volunteers", 0, "tags", "adult"), True, "volunteers[0].tags.adult: True is not a whole number"),
        (("volunteers", 1), 7, "volunteers[1]: 7 is not an object"),
        (("shifts", 0, "end"), 600, "shifts[0]: end 600 is not after start 600"),
        (("shifts", 0, "priority"), 9, "shifts[0].priority: 9 has no weight"),
        (("shifts", 0, "start"), None, "shifts[0].start: None is not a whole number"),
        (("shifts", 0, "roles", 0, "target"), 4, "shifts[0].roles[0]: target 4 is above max 3"),
        (("shifts", 0, "roles", 0, "min"), 3, "shifts[0].roles[0]: min 3 is above target 2"),
        (("shifts", 0, "all_or_nothing"), 1, "shifts[0].all_or_nothing: 1 is neither true nor false"),
        (("familiar", 0), ["v1", "s2"], "familiar[0]: no shift has the id 's2'"),
        (("barred", 0), ["v1"], "barred[0]: is not a pair of ids"),
        (("horizon",), {}, "horizon: start is missing"),
        (("format",), "linli.problem/2", 'format: "linli.problem/2" is not "linli.problem/1"'),
        (("weights", "near"), -5, "weights.near: -5 is not between 0 and 2147483646"),
        (("volunteers", 0, "tags"), {}, "locked v1 in s1/a: breaks the rule tag:adult"),
        (("barred", 0), ["v1", "s1"], "locked v1 in s1/a: breaks the rule barred"),
    ],
)
def test_a_fault_is_named_with_its_place(path, value, fault):
    assert parse_problem(orjson.dumps(SAMPLE)).volunteers.ids == ["v1", "v2"]
    assert _faults(_changed(path, value))[0] == fault


def test_ten_faults_are_shown():
    rows = [{"id": f"v{number}", "at": [0, 0], "radius": "far"} for number in range(30)]
    faults = _faults(_changed(("volunteers",), rows))
    assert faults == [f'volunteers[{number}].radius: "far" is not a number' for number in range(10)]


def test_a_syntax_error_is_named_with_its_line():
    assert _faults(b'{"format": \n oops}')[0].startswith("line 2 column")


def test_locks_that_break_a_rule_together_are_named():
    plain = copy.deepcopy(SAMPLE)
    plain["shifts"].append(
        {**plain["shifts"][0], "id": "s2", "roles": [{"id": "s2/a", "min": 1, "target": 1, "max": 1}]}
    )
    plain["locked"].append(["v1", "s2/a"])
    assert _faults(orjson.dumps(plain)) == ["locked v1 in s2/a: breaks the rule busy: with locked v1 in s1/a"]


@pytest.mark.parametrize("name", ["week.json", "week.json.gz"])
def test_a_problem_survives_its_file(tmp_path, name):
    for seed in range(60):
        try:
            problem = problem_of(small_world(seed))
        except InvalidProblem:
            continue
        write_problem(problem, tmp_path / name)
        again = read_problem(tmp_path / name)
        assert problem_digest(again) == problem_digest(problem)
        assert [again.volunteer(index) for index in range(len(again.volunteers))] == [
            problem.volunteer(index) for index in range(len(problem.volunteers))
        ]
        assert [again.shift(index) for index in range(len(again.shifts))] == [
            problem.shift(index) for index in range(len(problem.shifts))
        ]
        assert again.pairs("together") == problem.pairs("together")


def test_the_digest_sees_facts_not_layout():
    problem = parse_problem(orjson.dumps(SAMPLE))
    shuffled = orjson.dumps(dict(reversed(SAMPLE.items())), option=orjson.OPT_INDENT_2)
    assert problem_digest(parse_problem(shuffled)) == problem_digest(problem)
    assert problem_digest(parse_problem(_changed(("volunteers", 0, "radius"), 4999))) != problem_digest(problem)


def test_a_large_file_is_read_in_parts_to_the_same_problem(monkeypatch):
    whole = parse_problem(orjson.dumps(SAMPLE))
    tricky = copy.deepcopy(SAMPLE)
    tricky["volunteers"] = [
        {"id": f'v{number} "],[{{\\', "at": [number, 0], "radius": 10, "free": [[1, 2], [3, 4]], "likes": ["x,y"]}
        for number in range(57)
    ] + SAMPLE["volunteers"]
    raw = orjson.dumps(tricky, option=orjson.OPT_INDENT_2)
    plain = parse_problem(raw)
    monkeypatch.setattr(reading, "LARGE", 0)
    monkeypatch.setattr(reading, "PART", 10)
    monkeypatch.setattr("solver.cutting._LONG", 300)
    assert problem_digest(parse_problem(raw)) == problem_digest(plain)
    assert problem_digest(parse_problem(orjson.dumps(SAMPLE))) == problem_digest(whole)
    tricky["volunteers"][31]["radius"] = None
    assert _faults(orjson.dumps(tricky)) == ["volunteers[31].radius: None is not a number"]


@pytest.mark.parametrize("name", ["plan.json", "plan.json.gz"])
def test_a_solution_survives_its_file(tmp_path, name):
    result = solve(parse_problem(orjson.dumps(SAMPLE)))
    write_solution(result, tmp_path / name)
    again = read_solution(tmp_path / name)
    assert (again.assignments, again.points, again.unfilled) == (result.assignments, result.points, result.unfilled)
    assert (again.problem, again.terms, again.status) == (result.problem, result.terms, result.status)
