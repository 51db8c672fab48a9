"""Every operation of the contract has an example, and each example is as its schema says."""

from typing import Any

import jsonschema_rs
import pytest
from django.test import Client

from config.api import api
from tests.dashboard.builder import History

contract: dict[str, Any] = api.get_openapi_schema(path_params={})
OPERATIONS = [
    (f"{method} {path}", operation)
    for path, operations in contract["paths"].items()
    for method, operation in operations.items()
]


def resolved(schema: Any) -> Any:
    """With the components it points to."""
    return {**schema, "components": contract["components"]}


@pytest.mark.parametrize(
    "operation", [one for _, one in OPERATIONS], ids=[n for n, _ in OPERATIONS]
)
def test_the_answers_example_is_as_the_schema_says(operation: dict[str, Any]) -> None:
    answered = [r for s, r in operation["responses"].items() if str(s) == "200"]
    if not answered:
        assert "204" in map(str, operation["responses"])
        return
    (content,) = answered[0]["content"].values()
    validator = jsonschema_rs.validator_for(resolved(content["schema"]))
    validator.validate(content["example"])
    assert content["example"]


@pytest.mark.parametrize(
    "operation", [one for _, one in OPERATIONS], ids=[n for n, _ in OPERATIONS]
)
def test_what_has_to_be_given_has_an_example(operation: dict[str, Any]) -> None:
    for parameter in operation.get("parameters", ()):
        assert not parameter.get("required") or "example" in parameter, parameter["name"]
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        if kind == "application/json":
            validator = jsonschema_rs.validator_for(resolved(content["schema"]))
            validator.validate(content["example"])


PROBLEMS = [
    (name, str(status), response["content"]["application/problem+json"])
    for name, operation in OPERATIONS
    for status, response in operation["responses"].items()
    if "application/problem+json" in response.get("content", {})
]


@pytest.mark.parametrize(
    ("name", "status", "content"), PROBLEMS, ids=[f"{n} {s}" for n, s, _ in PROBLEMS]
)
def test_each_problem_has_an_example_of_its_own_status(
    name: str, status: str, content: dict[str, Any]
) -> None:
    jsonschema_rs.validator_for(resolved(content["schema"])).validate(content["example"])
    assert (content["example"]["status"], content["example"]["instance"]) == (
        int(status),
        name.split()[1],
    )


@pytest.mark.parametrize(
    ("status", "query"), [(401, {}), (404, {"version": "9.99"}), (422, {"period": "soon"})]
)
def test_a_problems_example_is_what_is_answered(
    page: Client, told: History, status: int, query: dict[str, str]
) -> None:
    answer = (Client() if status == 401 else page).get("/api/stats", query)
    operation = dict(OPERATIONS)["get /api/stats"]
    example = operation["responses"][status]["content"]["application/problem+json"]["example"]
    assert answer.json() == example
