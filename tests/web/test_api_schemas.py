"""The description of the interface is true: whatever it allows is answered as it says, and nothing breaks.

schemathesis makes requests from the document itself, valid ones and broken ones, as each kind of account.
"""

from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import checks
from schemathesis.core.failures import FailureGroup

from models.authority import Role
from tests.web.conftest import PASSWORD
from tests.web.world import STREET, WEEK, World

HELD = (
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
)
#: Requests of each kind (as described, and broken) that are made of each operation, by account.
EXAMPLES = 2


def known_numbers(document: dict[str, Any], world: World) -> None:
    """Let numbers in addresses be of rows that are there, or of none, and weeks the one that has a roster."""
    numbers = {"need_id": world.need_id, "offer_id": world.open_offer_id, "run_id": world.run_id}
    for item in document["paths"].values():
        for parameter in [*item.get("parameters", ()), *(one for each in item.values() if isinstance(each, dict)
                                                         for one in each.get("parameters", ()))]:  # fmt: skip
            if parameter["in"] == "path" and parameter["schema"]["type"] == "integer":
                parameter["schema"] = {"type": "integer", "enum": [numbers.get(parameter["name"], 1), 1, 2**40]}
            elif parameter["name"] == "week":
                parameter["schema"] = {"type": "string", "enum": [WEEK, "2026-W50"]}
    for schema in document["components"]["schemas"].values():
        if "week" in schema.get("properties", {}) and "pattern" in schema["properties"]["week"]:
            schema["properties"]["week"] = {"type": "string", "enum": [WEEK]}


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.COORDINATOR, Role.STEWARD, Role.OPERATOR, Role.LEADER])
def test_description_is_true(app: Flask, account: Callable[..., int], world: World, role: Role) -> None:
    unit, person_id = (STREET, None) if role is Role.COORDINATOR else ("", None)
    account("somebody", role, unit, world.persons[0] if role is Role.VOLUNTEER else person_id)
    client = app.test_client()
    token = client.post("/api/v1/tokens", json={"login": "somebody", "password": PASSWORD}).json["token"]
    document = client.get("/api/v1/openapi.json").json
    known_numbers(document, world)
    schema = schemathesis.openapi.from_dict(document)
    schema.app = app
    made, wrong = 0, []
    for operation in schema.get_all_operations():
        sent, said = try_operation(operation.ok(), {"Authorization": f"Bearer {token}"})
        made += sent
        wrong += said
    assert wrong == []
    assert made >= len(document["paths"])


def try_operation(operation: Any, headers: dict[str, str]) -> tuple[int, list[str]]:
    """Send requests of one operation and hold the answers against the document; give how many, and what was wrong."""
    sent, wrong, closed = 0, [], False
    for mode in (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE):
        if closed:  # the role may not: nothing is behind the door to be broken
            break

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(
            max_examples=EXAMPLES,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def send(case: Any) -> None:
            nonlocal sent
            sent += 1
            nonlocal closed
            answer = case.call(headers=headers)
            closed = answer.status_code == 404 and answer.json()["code"] == "http_404"
            try:
                case.validate_response(answer, checks=list(HELD))
            except FailureGroup as group:
                said = "; ".join(f"{one.title}: {one.message}" for one in group.exceptions)
                wrong.append(f"{case.method} {case.path} {answer.status_code} {case.body!r}: {said}")

        try:
            send()
        except Unsatisfiable:
            continue
    return sent, wrong
