"""What a document leaves in the graph's tables, and shows of itself, once it is gone, hidden, edited or under a stricter label."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from core.access import Principal, Tier
from core.config import Settings, load_settings
from core.errors import NotFoundError
from core.graph import Merge, MergeState
from folio.knowledge_base import KnowledgeBase
from graph.export import ExportFormat

STEEL = """# Steel supply

Bolt Ltd supplies Crane Inc with steel from Berlin. Acme Corp acquired Bolt Ltd in Berlin last spring.
Crane Inc sued Acme Corp over late steel. Bolt Ltd and Crane Inc signed a settlement in Berlin.
"""
TEA = """# Tea import

Darjeeling House buys tea from Ostmoor Estates in Kolkata. Ostmoor Estates merged with Assam Traders in Kolkata.
Assam Traders paid Darjeeling House for spoiled tea. Darjeeling House and Bolt Ltd met in Kolkata.
"""
COFFEE = TEA.replace("Ostmoor Estates", "Santos Mills")
WORD = "ostmoor"
MERGED = Merge("darjeeling house", "ostmoor estates", MergeState.AUTOMATIC, "meaning", 0.95)


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    (tmp_path / "tea").mkdir()
    (tmp_path / "docs" / "steel.md").write_text(STEEL)
    (tmp_path / "tea" / "tea.md").write_text(TEA)
    return tmp_path


def kept_rows(home: Path) -> str:
    """Everything in the tables of the graph."""
    connection = sqlite3.connect(home / "catalog.sqlite3")
    named = connection.execute("select name from sqlite_master where type = 'table' and name like 'graph_%'")
    tables = [row[0] for row in named]
    assert len(tables) >= 9
    found = {table: connection.execute(f"select * from {table}").fetchall() for table in tables}
    connection.close()
    return str(found).casefold()


async def shown(kb: KnowledgeBase, principal: Principal) -> str:
    """All that a principal is shown."""
    desk, merges = await kb.graph(principal=principal), await kb.graph_merges(principal=principal)
    found: list[object] = [await desk.entities(limit=1000), await desk.communities(), await merges.merges()]
    found += [b"".join(await desk.export(wanted)) for wanted in (ExportFormat.JSON, ExportFormat.GRAPHML)]
    found.append(await desk.neighbours("Bolt Ltd", hops=3))
    found.append(await kb.answer("What are the main themes?", principal=principal))
    with pytest.raises(NotFoundError):
        await desk.paths("Bolt Ltd", "Ostmoor Estates")
    return str(found).casefold()


async def filled(kb: KnowledgeBase, docs: Path) -> None:
    """Indexed, grouped, with a merge that a batch has found and a model's answer."""
    await kb.ingest([docs / "docs", docs / "tea"])
    await kb.refresh_communities()
    catalog = await kb._catalog()
    await catalog.graph_merges.replace_found("default", removed=[], found=[MERGED], subject="batch")
    for one in await catalog.graph.of_documents(list(await catalog.graph.kept("default"))):
        if MERGED.right in {row.subject for row in one.rows}:
            await catalog.graph_readings.keep(one.doc_id, tenant="default", answers={"k": "Ostmoor Estates"})
    desk = await kb.graph()
    assert (await desk.entity("Ostmoor Estates")).keys == (MERGED.left, MERGED.right)
    assert any(WORD in str(one).casefold() for one in await desk.communities())


def gone(docs: Path) -> None:
    (docs / "tea" / "tea.md").unlink()


def edited(docs: Path) -> None:
    (docs / "tea" / "tea.md").write_text(COFFEE)


def hidden(docs: Path) -> None:
    (docs / "tea" / "tea.md").write_text(f"---\ntier: no such tier\n---\n{TEA}")


def restricted(docs: Path) -> None:
    (docs / "tea" / "tea.md").write_text(f"---\ntier: restricted\n---\n{TEA}")


def configured(docs: Path, **retention: int) -> Settings:
    home = docs / "home"
    return load_settings(home=home, redaction={"policy": "off"}, graph={"refresh_s": 0}, retention=retention)


@pytest.mark.parametrize(
    ("change", "kept_s"),
    [(gone, 0), (gone, 3600), (edited, 0), (hidden, 0)],
    ids=["deleted", "deleted softly", "edited", "hidden"],
)
async def test_nothing_is_left_of_what_a_document_does_not_say_any_more(
    docs: Path, change: Callable[[Path], None], kept_s: int
) -> None:
    async with KnowledgeBase(configured(docs, deleted_s=kept_s)) as kb:
        await filled(kb, docs)
        change(docs)
        await kb.ingest([docs / "docs", docs / "tea"])
        assert WORD not in kept_rows(docs / "home")
        assert WORD not in await shown(kb, Principal(clearance=Tier.RESTRICTED))
        await kb.refresh_communities()
        assert WORD not in kept_rows(docs / "home")


async def test_nothing_is_left_of_a_source_that_was_removed(docs: Path) -> None:
    async with KnowledgeBase(configured(docs)) as kb:
        await filled(kb, docs)
        await kb.remove_source(str(docs / "tea"))
        assert WORD not in kept_rows(docs / "home")
        assert WORD not in await shown(kb, Principal(clearance=Tier.RESTRICTED))


async def test_what_became_stricter_is_not_shown_to_who_may_not_read_it(docs: Path) -> None:
    async with KnowledgeBase(configured(docs)) as kb:
        await filled(kb, docs)
        restricted(docs)
        await kb.ingest([docs / "docs", docs / "tea"])
        for _ in range(2):
            assert WORD not in await shown(kb, Principal())
            await kb.refresh_communities()
        cleared = await kb.graph(principal=Principal(clearance=Tier.RESTRICTED))
        assert any(WORD in str(one).casefold() for one in await cleared.communities())


async def test_what_went_through_a_weaker_redaction_than_now_is_not_shown_at_all(docs: Path) -> None:
    settings = configured(docs)
    async with KnowledgeBase(settings) as kb:
        await filled(kb, docs)
    stricter = settings.model_copy(
        update={"redaction": settings.redaction.model_copy(update={"policy": "standard"})}
    )
    async with KnowledgeBase(stricter) as kb:
        desk = await kb.graph()
        for _ in range(2):
            assert (await desk.entities()).entities == ()
            assert await desk.communities() == []
            assert await (await kb.graph_merges()).merges() == []
            assert WORD.encode() not in b"".join(await desk.export(ExportFormat.JSON)).lower()
            await kb.refresh_communities(anew=True)
        assert (await kb.resolve_graph()).entity_count == 0
