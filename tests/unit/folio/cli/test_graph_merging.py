"""`folio graph merges|merge|split|unmerge|resolve` over a real catalog, in this process."""

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from core.access import AccessLabel
from core.config import load_settings
from core.graph import ALSO_KNOWN_AS, MENTIONED, DocumentEvidence, EntityKind, Evidence
from folio.cli.graph import merging
from folio.cli.main import run
from graph.keys import entity_key
from store.catalog.catalog import open_catalog
from tests.fakes.clock import FakeClock

WHO, LONG_WHO = "who", "world health organization"
NAMES = ("World Health Organization", "WHO", "Globex Corporation", "Globex Corp", "Initech Limited")
Folio = Callable[..., str]


def evidence() -> DocumentEvidence:
    """A document that names five things, and says that two of them are one."""
    organisation = EntityKind.ORGANISATION
    named = [Evidence(entity_key(name), MENTIONED, 0, 0, 9, name=name, kind=organisation) for name in NAMES]
    stated = Evidence(LONG_WHO, ALSO_KNOWN_AS, 0, 0, 31, object=WHO, weight=0.95)
    return DocumentEvidence("one", 1, AccessLabel(), extractor="test", rows=(*named, stated))


@pytest.fixture
def folio(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Folio:
    """Run `folio graph` over one document; what it printed."""
    monkeypatch.setenv("FOLIO_HOME", str(tmp_path))
    monkeypatch.setenv("FOLIO_REDACTION__POLICY", "off")

    async def keep() -> None:
        async with open_catalog(load_settings(), FakeClock()) as catalog:
            await catalog.graph.replace(evidence())

    asyncio.run(keep())
    monkeypatch.setenv("COLUMNS", "160")
    # It would put its handler, with this test's captured stderr, on the root logger for good.
    monkeypatch.setattr(merging, "configure_logging", lambda _: None)

    def folio(*arguments: str, expect: int = 0) -> str:
        monkeypatch.setattr(sys, "argv", ["folio", "graph", *arguments])
        code = run()
        printed = capsys.readouterr()
        assert code == expect, printed.err
        return printed.err if expect else printed.out

    return folio


def test_merges_are_listed_split_joined_and_left_to_the_rules_again(folio: Folio) -> None:
    found = {row["reason"]: row for row in json.loads(folio("merges", "--json"))["merges"]}
    assert (found["spelling"]["left"], found["spelling"]["is_joined"]) == ("globex corp", True)
    (spot,) = found["stated"]["spots"]
    assert (spot["doc_id"], spot["start"], spot["end"]) == ("one", 0, 31)
    assert "stated" in folio("merges", "--of", "WHO")

    assert "stay two things" in folio("split", "Globex Corp", "globex corporation")
    (split,) = json.loads(folio("merges", "--state", "forbidden", "--json"))["merges"]
    assert (split["reason"], split["is_joined"]) == ("human", False)
    assert "rules decide again" in folio("unmerge", "Globex Corp", "Globex Corporation")

    done = json.loads(folio("merge", "Initech Limited", "Globex Corp", "--json"))
    assert done == {"left": "globex corp", "right": "initech limited"}
    assert "same key" in folio("merge", "WHO", "who", expect=2)
    assert "0 merges by meaning" in folio("resolve")
