"""What the OpenAPI document promises holds, and is said for every operation."""

import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from api.app import create_app
from api.openapi_examples import EXAMPLES
from core.config import Settings
from tests.fakes.knowledge_base import FakeKnowledgeBase

DOCUMENT: dict[str, Any] = create_app(Settings(), knowledge_base=FakeKnowledgeBase()).openapi()
OPERATIONS = {
    operation["operationId"]: (path, method, operation)
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
}


def references(said: Any) -> Iterator[str]:
    if isinstance(said, dict):
        if isinstance(said.get("$ref"), str):
            yield said["$ref"]
        for value in said.values():
            yield from references(value)
    elif isinstance(said, list):
        for value in said:
            yield from references(value)


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_every_example_is_what_its_schema_says(name: str):
    schema = {"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]}
    jsonschema.Draft202012Validator(schema).validate(EXAMPLES[name])


def test_every_reference_leads_somewhere():
    for reference in set(references(DOCUMENT)):
        place: Any = DOCUMENT
        for part in reference.removeprefix("#/").split("/"):
            place = place[part]
        assert place


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_every_operation_says_what_it_is_and_how_it_fails(name: str):
    path, _, operation = OPERATIONS[name]
    assert operation["summary"]
    assert operation["description"]
    assert operation["tags"]
    statuses = set(operation["responses"])
    assert {"405", "500", "503"} <= statuses
    if path.startswith("/v1"):
        assert {"401", "403", "404", "429"} <= statuses
    if "requestBody" in operation:
        assert {"413", "415", "422"} <= statuses


def test_names_of_operations_and_tags_are_unique_and_described():
    names = [operation["operationId"] for rows in DOCUMENT["paths"].values() for operation in rows.values()]
    assert len(names) == len(set(names))
    assert all(tag["description"] for tag in DOCUMENT["tags"])
    assert json.dumps(DOCUMENT)
