"""docs/authentication.md explains every scope. That what it names exists is looked at in tests/docs."""

from pathlib import Path

from core.scopes import Scope

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "authentication.md").read_text(encoding="utf-8")


def test_every_scope_is_explained():
    assert [scope for scope in Scope if f"| `{scope}`" not in PAGE and f", `{scope}`" not in PAGE] == []
