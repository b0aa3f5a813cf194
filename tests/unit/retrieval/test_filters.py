import ast
from pathlib import Path

from core.access import Principal, Tier
from core.filters import All, AnyOf, AtMost, Either, Equals, IsEmpty
from retrieval.filters import visible_to

REPO = Path(__file__).resolve().parents[3]
ROOMS = (
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


def test_a_principal_without_groups_sees_open_documents_up_to_its_clearance() -> None:
    visible = visible_to(Principal("acme", clearance=Tier.INTERNAL))

    assert visible.condition == All((Equals("tenant", "acme"), AtMost("tier", 1), IsEmpty("groups")))


def test_a_member_sees_its_groups_documents_too() -> None:
    visible = visible_to(Principal("acme", clearance=Tier.RESTRICTED, groups=frozenset({"people", "board"})))

    groups = Either((IsEmpty("groups"), AnyOf("groups", ("board", "people"))))
    assert visible.condition == All((Equals("tenant", "acme"), AtMost("tier", 3), groups))


def test_only_this_function_builds_what_a_principal_may_see() -> None:
    """A search cannot be given a home-made filter: `Visible(...)` is called in retrieval/filters.py alone."""
    builders = [
        path.relative_to(REPO).as_posix()
        for room in ROOMS
        for path in (REPO / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", getattr(node.func, "attr", "")) == "Visible"
    ]
    assert builders == ["retrieval/filters.py"]
