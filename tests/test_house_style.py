"""The house style that ruff and import-linter cannot express.

Reads source text and syntax trees only; imports nothing of ours except to learn
where each root package was found.
"""

import ast
import importlib.util
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[1]
PACKAGES = (
    "folio",
    "core",
    "store",
    "inference",
    "ingest",
    "graph",
    "retrieval",
    "generation",
    "api",
    "pipelines",
    "evals",
)
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60
MAX_MEDIAN_FILE_LINES = 120
JUNK_DRAWERS = {"utils", "util", "helpers", "common", "misc", "shared"}


def modules() -> Iterator[Path]:
    for package in PACKAGES:
        yield from sorted((REPO / package).rglob("*.py"))


MODULES = list(modules())


def name(path: Path) -> str:
    return str(path.relative_to(REPO))


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_module_holds_one_idea(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert path.stem not in JUNK_DRAWERS, "name the module by what it holds"
    assert source.count("\n") <= MAX_FILE_LINES, "split by responsibility"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= MAX_FUNCTION_LINES, f"{node.name} is {length} lines"


def test_median_module_stays_small() -> None:
    sizes = [n for p in MODULES if (n := p.read_text(encoding="utf-8").count("\n"))]
    assert not sizes or statistics.median(sizes) <= MAX_MEDIAN_FILE_LINES


@pytest.mark.parametrize("package", PACKAGES)
def test_import_linter_sees_every_folder(package: str) -> None:
    """A folder without __init__.py is invisible to every import contract."""
    folders = {path.parent for path in (REPO / package).rglob("*.py")}
    assert not [folder for folder in folders if not (folder / "__init__.py").exists()]


@pytest.mark.parametrize("package", PACKAGES)
def test_root_package_is_ours(package: str) -> None:
    """`evals`, `retrieval` and `pipelines` are also names on PyPI."""
    spec = importlib.util.find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    assert Path(spec.origin).is_relative_to(REPO)
