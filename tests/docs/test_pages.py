"""README and docs against what there is: every command, target, setting, metric, endpoint, link, file and block of code.

docs/settings.md is compared with the settings in tests/unit/core/test_settings_docs.py. Decisions in docs/adr tell of the time
when they were taken: only their links are looked at. Transcripts are written by tests.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.docs.pages import REPO, Fault, Page, read_page
from tests.docs.references import file_faults, link_faults
from tests.docs.service import endpoint_faults, metric_faults, setting_faults
from tests.docs.shell import folio_faults, make_faults, module_faults, option_faults
from tests.docs.snippets import method_faults, python_faults, syntax_faults

Check = Callable[[Page], Iterator[Fault]]
CHECKS: dict[str, Check] = {
    "commands": folio_faults,
    "options": option_faults,
    "make": make_faults,
    "modules": module_faults,
    "settings": setting_faults,
    "metrics": metric_faults,
    "endpoints": endpoint_faults,
    "links": link_faults,
    "files": file_faults,
    "syntax": syntax_faults,
    "python": python_faults,
    "methods": method_faults,
}
PAGES = [read_page(path) for path in [REPO / "README.md", *sorted((REPO / "docs").glob("*.md"))]]
HISTORY = [read_page(path) for path in sorted((REPO / "docs").glob("*/*.md"))]


@pytest.mark.parametrize("check", CHECKS.values(), ids=list(CHECKS))
def test_pages_say_what_is_so(check: Check, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert [str(fault) for page in PAGES for fault in check(page)] == []


def test_links_of_decisions_and_transcripts() -> None:
    assert [str(fault) for page in HISTORY for fault in link_faults(page)] == []
