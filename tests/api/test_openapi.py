"""The OpenAPI document is part of the contract: a change to it shows in the diff.

Refresh the snapshot after an intended change: python -m tests.api.test_openapi
"""

import json
from pathlib import Path
from typing import Any

from api.app import create_app
from core.config import Settings
from tests.fakes.knowledge_base import FakeKnowledgeBase

SNAPSHOT = Path(__file__).with_name("openapi.json")
REFRESH = "python -m tests.api.test_openapi"


def document() -> dict[str, Any]:
    return create_app(Settings(), knowledge_base=FakeKnowledgeBase()).openapi()


def test_the_openapi_document_is_the_one_committed():
    assert document() == json.loads(SNAPSHOT.read_text(encoding="utf-8")), f"if this is intended: {REFRESH}"


def test_errors_are_documented_as_problems_and_nothing_else():
    for path, operations in document()["paths"].items():
        for operation in operations.values():
            if path.startswith("/v1"):
                assert list(operation["responses"]["default"]["content"]) == ["application/problem+json"]
                invalid = operation["responses"].get("422", {"$ref": "#/components/responses/Problem422"})
                assert invalid == {"$ref": "#/components/responses/Problem422"}, "not FastAPI's own"


def test_every_v1_operation_documents_the_token():
    operations = [
        operation
        for path, operations in document()["paths"].items()
        for operation in operations.values()
        if path.startswith("/v1")
    ]
    assert len(operations) >= 10
    assert all(operation["security"] == [{"HTTPBearer": []}] for operation in operations)


if __name__ == "__main__":
    SNAPSHOT.write_text(json.dumps(document(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
