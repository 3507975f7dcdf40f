"""The API's description: every call is told of, and every example in it is one that the service takes or gives."""

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from service.app import create_app

DESCRIPTION = create_app().openapi()
CALLS = [(path, method, call) for path, item in DESCRIPTION["paths"].items() for method, call in item.items()]


def examples() -> Iterator[tuple[str, dict[str, Any], Any]]:
    for name, schema in DESCRIPTION["components"]["schemas"].items():
        for number, example in enumerate(schema.get("examples", ())):
            yield f"{name} {number}", schema, example


def bodies() -> Iterator[tuple[str, str, str]]:
    """Each call that takes JSON: its method, path and the name of what it takes."""
    for path, method, call in CALLS:
        schema = call.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
        if schema:
            yield method, path, schema["$ref"].rsplit("/", 1)[1]


@pytest.mark.parametrize(("schema", "example"), [row[1:] for row in examples()], ids=[row[0] for row in examples()])
def test_each_example_fits_its_schema(schema: dict[str, Any], example: Any) -> None:
    whole = schema | {"components": DESCRIPTION["components"]}
    Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(example)


@pytest.mark.parametrize(("method", "path", "name"), list(bodies()))
def test_each_body_has_an_example_that_the_service_takes(call: Any, method: str, path: str, name: str) -> None:
    schema = DESCRIPTION["components"]["schemas"][name]
    assert schema.get("examples"), f"{name} has no example"
    known = {"campaign_id": None}
    if name == "NewEvent":
        known["campaign_id"] = call.done("POST", "/campaigns", json={"name": "For the example"})["id"]
    for example in schema["examples"]:
        body = {key: known.get(key, value) if key in known else value for key, value in example.items()}
        place = path.removeprefix("/v1").replace("{framework}", "missions").replace("{number}", "0")
        answer = call(method.upper(), place, json=body)
        # 404 and 409: the example is sound, and what it speaks of is not in this database.
        assert answer.status_code in (200, 201, 202, 404, 409), answer.text


@pytest.mark.parametrize(("path", "call"), [row[::2] for row in CALLS], ids=[f"{row[1]} {row[0]}" for row in CALLS])
def test_each_call_says_what_it_does_needs_and_answers(path: str, call: dict[str, Any]) -> None:
    assert call["summary"]
    assert call["tags"]
    if path == "/health":
        return
    assert call["description"].endswith(".")
    assert call["security"]
    assert {"401", "403", "404", "409"} <= set(call["responses"])
