"""Examples in the contract: for each operation what is asked and answered, as the demo answers.

`examples.json` is what a demo with three versions answered, long lists cut short;
tests/dashboard/test_examples.py holds every example to the schema beside it.
"""

import json
from pathlib import Path
from typing import Any

EXAMPLES = Path(__file__).with_name("examples.json")
PROBLEM = {
    "title": "A filter names what is not there",
    "status": 404,
    "detail": "version='9.99' is not known here; there is 8.01, 8.02, 8.03",
    "instance": "/api/stats",
}


def with_examples(contract: dict[str, Any]) -> dict[str, Any]:
    """The same OpenAPI document, every operation with its example; changed in place."""
    examples = json.loads(EXAMPLES.read_text("utf-8"))
    for path, operations in contract["paths"].items():
        for method, operation in operations.items():
            example = examples.get(f"{method} {path}", {})
            _of_parameters(operation, example.get("parameters", {}))
            for status, response in operation["responses"].items():
                for kind, content in response.get("content", {}).items():
                    if kind == "application/problem+json":
                        content["example"] = PROBLEM
                    elif "response" in example and str(status) == "200":
                        content["example"] = example["response"]
            body = operation.get("requestBody", {}).get("content", {})
            if "request" in example and "application/json" in body:
                body["application/json"]["example"] = example["request"]
    return contract


def _of_parameters(operation: dict[str, Any], values: dict[str, Any]) -> None:
    for parameter in operation.get("parameters", ()):
        if parameter["name"] in values:
            parameter["example"] = values[parameter["name"]]
