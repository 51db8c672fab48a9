"""Examples in the contract: for each operation what is asked and answered, as the demo answers.

`examples.json` is what a demo with three versions answered, long lists cut short;
tests/dashboard/test_examples.py holds every example to the schema beside it.
"""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

EXAMPLES = Path(__file__).with_name("examples.json")
PROBLEMS: dict[str, dict[str, Any]] = {
    "401": {"title": "Log in, or send a valid token as Authorization: Bearer", "detail": ""},
    "403": {"title": "This token may read only; make one with --scope annotate", "detail": ""},
    "404": {
        "title": "A filter names what is not there",
        "detail": "version='9.99' is not known here; there is 8.01, 8.02, 8.03",
    },
    "422": {
        "title": "A parameter cannot be used",
        "detail": "period: String should match pattern '^[1-9]\\d{0,3}d$'",
        "errors": [
            {
                "where": ["query", "period"],
                "what": "String should match pattern '^[1-9]\\d{0,3}d$'",
            }
        ],
    },
}
"""What each status says, as /api/stats answers; 403 as a write does."""
NO_SUCH_THING = {"title": "There is no such thing", "detail": "bot 'demo' has no trade '8.03-9'"}
"""A 404 where no filter was given."""


def with_examples(contract: dict[str, Any]) -> dict[str, Any]:
    """The same OpenAPI document, every operation with its example; changed in place."""
    examples = json.loads(EXAMPLES.read_text("utf-8"))
    for path, operations in contract["paths"].items():
        for method, operation in operations.items():
            example = examples.get(f"{method} {path}", {})
            _of_parameters(operation, example.get("parameters", {}))
            # Operations share what they say of errors: an example there would be everybody's.
            operation["responses"] = deepcopy(operation["responses"])
            for status, response in operation["responses"].items():
                for kind, content in response.get("content", {}).items():
                    if kind == "application/problem+json":
                        content["example"] = _problem(str(status), path, operation)
                    elif "response" in example and str(status) == "200":
                        content["example"] = example["response"]
            body = operation.get("requestBody", {}).get("content", {})
            if "request" in example and "application/json" in body:
                body["application/json"]["example"] = example["request"]
    return contract


def _problem(status: str, path: str, operation: dict[str, Any]) -> dict[str, Any]:
    filtered = any(each["name"] == "version" for each in operation.get("parameters", ()))
    said = NO_SUCH_THING if status == "404" and not filtered else PROBLEMS[status]
    return {**said, "status": int(status), "instance": path}


def _of_parameters(operation: dict[str, Any], values: dict[str, Any]) -> None:
    for parameter in operation.get("parameters", ()):
        if parameter["name"] in values:
            parameter["example"] = values[parameter["name"]]
