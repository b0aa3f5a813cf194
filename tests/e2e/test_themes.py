"""Questions about the whole, from files to the answer: cited, by access, and without what was deleted."""

from pathlib import Path

import pytest

from core.access import Principal, Tier
from core.answers import AnswerStatus
from core.config import load_settings
from folio.knowledge_base import KnowledgeBase
from generation.citations import is_verbatim

STEEL = """# Steel supply

Bolt Ltd supplies Crane Inc with steel from Berlin. Acme Corp acquired Bolt Ltd in Berlin last spring.
Crane Inc sued Acme Corp over late steel. Bolt Ltd and Crane Inc signed a settlement in Berlin.
"""
TEA = """---
tier: restricted
---
# Tea import

Darjeeling House buys tea from Ostmoor Estates in Kolkata. Ostmoor Estates merged with Assam Traders in Kolkata.
Assam Traders paid Darjeeling House for spoiled tea. Darjeeling House and Assam Traders met in Kolkata.
"""
QUESTION = "What are the main themes?"
CLEARED = Principal(clearance=Tier.RESTRICTED)


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "steel.md").write_text(STEEL)
    (folder / "tea.md").write_text(TEA)
    return folder


async def test_themes_are_cited_follow_access_and_forget(docs: Path, home: Path) -> None:
    settings = load_settings(home=home, redaction={"policy": "off"})
    async with KnowledgeBase(settings) as kb:
        await kb.ingest([docs])
        before = await kb.answer(QUESTION)
        report = await kb.refresh_communities()
        answer = await kb.answer(QUESTION)
        *pieces, streamed = [part async for part in kb.stream_answer(QUESTION)]
        cleared = await kb.answer(QUESTION, principal=CLEARED)
        texts = {one.doc_id: await kb.text(one.doc_id) for one in cleared.citations}
        (docs / "steel.md").unlink()
        await kb.ingest([docs])
        after = await kb.answer(QUESTION)
        cleared_after = await kb.answer(QUESTION, principal=CLEARED)

    assert before.status is AnswerStatus.REFUSED, "without communities it is a question like any other"
    assert (report.class_count, report.is_busy) == (2, False)
    assert (answer.status, {one.path for one in answer.citations}) == (AnswerStatus.GROUNDED, {"steel.md"})
    assert "Bolt Ltd" in answer.text
    assert (streamed.text, [piece.sentence for piece in pieces]) == (answer.text, list(answer.sentences))
    assert {one.path for one in cleared.citations} == {"steel.md", "tea.md"}
    assert all(is_verbatim(one, stored_text=texts[one.doc_id]) for one in cleared.citations)
    assert "tea" not in answer.text.casefold()
    # Before any refresh: what was deleted is gone from summaries and names at once.
    assert "Bolt" not in after.text + cleared_after.text
    assert {one.path for one in cleared_after.citations} == {"tea.md"}
