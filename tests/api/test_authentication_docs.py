"""docs/authentication.md against what there is."""

import re
from pathlib import Path

from api.app import create_app
from core.config import Settings, dumped
from core.scopes import Scope
from tests.fakes.knowledge_base import FakeKnowledgeBase

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "authentication.md").read_text(encoding="utf-8")


def test_every_scope_is_explained():
    assert [scope for scope in Scope if f"| `{scope}`" not in PAGE and f", `{scope}`" not in PAGE] == []


def test_every_setting_that_is_named_exists():
    named = set(re.findall(r"`((?:api|keys|oidc|access)\.[a-z_]+)`", PAGE))
    assert len(named) > 15
    assert named <= set(dumped(Settings()))


def test_every_address_that_is_named_exists():
    named = set(re.findall(r"`(?:GET|POST|PATCH|DELETE) (/v1/[^`]+)`", PAGE))
    served = {
        path.replace("{key_id}", "{id}")
        for path in create_app(Settings(), knowledge_base=FakeKnowledgeBase()).openapi()["paths"]
    }
    assert len(named) >= 5
    assert {path.replace("$ID", "{id}") for path in named} <= served
