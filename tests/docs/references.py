"""What pages point to: links, anchors, pictures, files, tests."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.docs.pages import REPO, Fault, Page, is_said, read_page

_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_FILE = re.compile(r"(?<![\w/.~$-])((?:[\w.-]+/)+[\w.*-]+)(?:::(\w+))?")
_TEST = re.compile(r"^test_\w+$")
# Files that whoever runs Folio makes.
_OF_USERS = {".env"}


def link_faults(page: Page) -> Iterator[Fault]:
    """Relative links to files, and anchors, that are not there."""
    for line, text in page.prose:
        for target in _LINK.findall(re.sub(r"`[^`]*`", "", text)):
            if "://" not in target and not target.startswith("mailto:"):
                yield from (page.fault(line, problem) for problem in _link_problems(page, target))


def file_faults(page: Page) -> Iterator[Fault]:
    """Files of the repository, and tests, that are named and are not there."""
    for line, text in page.spans():
        for path, test in _FILE.findall(text):
            if path.split("/")[0] in _folders() and not _is_there(path):
                yield page.fault(line, f"there is no file {path}")
            elif test and f"def {test}(" not in (REPO / path).read_text(encoding="utf-8"):
                yield page.fault(line, f"{path} has no test {test}")
        if _TEST.match(text) and f"def {text}(" not in _tests():
            yield page.fault(line, f"there is no test {text}")


def _link_problems(page: Page, target: str) -> Iterator[str]:
    place, _, anchor = target.partition("#")
    file = (page.folder / place).resolve() if place else None
    if file is not None and not file.exists():
        yield f"the link to {place} leads nowhere"
    elif anchor and (file is None or file.suffix == ".md"):
        anchors = page.anchors if file is None else _anchors(file)
        if anchor not in anchors:
            yield f"there is no heading for #{anchor} in {place or page.name}"


@cache
def _anchors(file: Path) -> frozenset[str]:
    return read_page(file, root=file.parent).anchors


@cache
def _folders() -> frozenset[str]:
    """Folders of the repository that a path may begin with."""
    return frozenset(path.name for path in REPO.iterdir() if path.is_dir() and not path.name.startswith("."))


def _is_there(path: str) -> bool:
    if path.rsplit("/", 1)[-1] in _OF_USERS or is_said(path):
        return True
    return any(REPO.glob(path)) if "*" in path else (REPO / path.rstrip("/.")).exists()


@cache
def _tests() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in (REPO / "tests").rglob("test_*.py"))
