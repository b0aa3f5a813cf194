"""On whose behalf the program reads."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.access import Tier
from core.config import AccessSettings, Settings
from core.errors import FolioError, ForbiddenError
from folio.cli.main import app
from folio.mcp.stdio import narrowed_operator


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    access = AccessSettings(clearance=Tier.CONFIDENTIAL, groups=("staff", "legal"), scopes=("pii:read",))
    return Settings(home=tmp_path, access=access)


def test_by_default_it_reads_as_the_operator_and_may_do_nothing_else(settings: Settings):
    who = narrowed_operator(settings, clearance=None, groups=None)
    assert (who.clearance, who.groups) == (Tier.CONFIDENTIAL, frozenset({"staff", "legal"}))
    assert who.subject == settings.principal().subject
    assert who.scopes == frozenset()


def test_it_can_be_told_to_read_less(settings: Settings):
    who = narrowed_operator(settings, clearance=Tier.PUBLIC, groups=["legal"])
    nobody = narrowed_operator(settings, clearance=None, groups=[])
    assert (who.clearance, who.groups) == (Tier.PUBLIC, frozenset({"legal"}))
    assert nobody.groups == frozenset()


def test_it_cannot_be_told_to_read_more(settings: Settings):
    with pytest.raises(ForbiddenError, match="can only lower it"):
        narrowed_operator(settings, clearance=Tier.RESTRICTED, groups=None)
    with pytest.raises(ForbiddenError, match="can only narrow"):
        narrowed_operator(settings, clearance=None, groups=["legal", "board"])


def test_a_tier_that_is_none_is_refused_before_anything_opens():
    result = CliRunner().invoke(app, ["mcp", "--clearance", "topmost"])
    assert isinstance(result.exception, FolioError)
    assert "public, internal, confidential, restricted" in str(result.exception)
