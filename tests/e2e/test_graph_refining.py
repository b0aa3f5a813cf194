"""A whole knowledge base whose graph a language model refines: over real HTTP, within its bounds, and forgotten with its document."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.config import Settings, load_settings
from folio.knowledge_base import KnowledgeBase
from tests.fakes.chat_server import ChatServer, Turn, serving

LEAVE = "# Leave\n\nZeta Works pays every trainee of the Graz school.\n"
PAY = "# Pay\n\nThe Linz office of Zeta Works opened in spring.\n"


def answer(*names: str, **relation: str) -> Turn:
    found = {"entities": [{"name": name, "kind": "organisation"} for name in names], "relations": []}
    if relation:
        found["relations"] = [relation]  # type: ignore[list-item]
    return Turn(json.dumps(found))


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with serving(ChatServer()) as running:
        yield running


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "leave.md").write_text(LEAVE)
    (folder / "pay.md").write_text(PAY)
    return folder


def settings(tmp_path: Path, server: ChatServer, **graph: object) -> Settings:
    llm = {"model": "m", "base_url": server.url, "attempt_count": 1, "input_price": 1.0, "output_price": 2.0}
    return load_settings(home=tmp_path / "home", redaction={"policy": "off"}, llm=llm, graph=graph)


async def facts(kb: KnowledgeBase) -> set[tuple[str, str, str]]:
    catalog = await kb._catalog()
    kept = await catalog.graph.kept("default")
    rows = [row for one in await catalog.graph.of_documents(list(kept)) for row in one.rows]
    return {(row.subject, row.predicate, row.object) for row in rows}


async def test_a_model_adds_what_rules_do_not_see_and_it_goes_with_the_document(
    tmp_path: Path, server: ChatServer, docs: Path
) -> None:
    funds = {"subject": "Zeta Works", "predicate": "funds", "object": "Graz school"}
    server.turns = [answer("Zeta Works", "Graz school", **funds)] * 2
    async with KnowledgeBase(settings(tmp_path, server)) as kb:
        await kb.ingest([docs])
        expected = await kb.refine_estimate()
        assert (expected.document_count, expected.chunk_count) == (2, 2)
        assert expected.cost == pytest.approx((expected.input_tokens + 2 * expected.output_tokens) / 1e6)
        assert server.requests == [], "an estimate asks nobody"
        report = await kb.refine_graph()
        assert (report.document_count, report.asked_count, report.left_count) == (2, 2, 0)
        assert report.token_count <= expected.token_count
        assert ("zeta works", "funds", "graz school") in await facts(kb)
        assert (await kb.graph_status()).outdated_count == 0
        assert (await kb.refine_graph()).asked_count == 0
        (docs / "leave.md").unlink()
        await kb.ingest([docs])
        assert ("zeta works", "funds", "graz school") not in await facts(kb)
        deleted = [row for row in await kb.documents() if row.state == "deleted"]
        receipt = await kb.receipt(deleted[0].doc_id)
        assert receipt.receipt.status == "deleted"
        rows = await (await kb._catalog()).calls.usage(
            by=(),
            since=deleted[0].updated_at.replace(year=2000),
            until=deleted[0].updated_at.replace(year=2100),
        )  # type: ignore[union-attr]
        assert rows[0].call_count == 2


async def test_an_edited_chunk_alone_is_asked_about_again(
    tmp_path: Path, server: ChatServer, docs: Path
) -> None:
    async with KnowledgeBase(settings(tmp_path, server)) as kb:
        server.turns = [answer("Zeta Works")] * 2
        await kb.ingest([docs])
        await kb.refine_graph()
        (docs / "pay.md").write_text(PAY + "\nMore is said in autumn.\n")
        await kb.ingest([docs])
        server.turns = [answer("Zeta Works")]
        report = await kb.refine_graph()
        assert (report.document_count, report.asked_count, len(server.requests)) == (1, 1, 3)


async def test_tokens_bound_a_run_and_the_next_one_goes_on(
    tmp_path: Path, server: ChatServer, docs: Path
) -> None:
    async with KnowledgeBase(settings(tmp_path, server)) as kb:
        await kb.ingest([docs])
        each = (await kb.refine_estimate()).token_count // 2
    async with KnowledgeBase(settings(tmp_path, server, refine_tokens=each + 50)) as kb:
        server.turns = [answer("Zeta Works")] * 2
        report = await kb.refine_graph()
        assert (report.asked_count, report.left_count, report.is_over) == (1, 1, True)
        assert (await kb.refine_graph()).left_count == 0


async def test_a_hostile_or_broken_model_changes_nothing(
    tmp_path: Path, server: ChatServer, docs: Path
) -> None:
    async with KnowledgeBase(settings(tmp_path, server)) as kb:
        await kb.ingest([docs])
        before = await facts(kb)
        hostile = {
            "entities": [{"name": "DROP TABLE"}] * 5000,
            "relations": [{"subject": "x" * 9999, "predicate": "is", "object": "y"}],
        }
        server.turns = [Turn("no JSON at all")] * 2 + [Turn(json.dumps({"entities": "none"}))] * 2
        report = await kb.refine_graph()
        assert (report.failed_count, report.asked_count) == (2, 0)
        assert await facts(kb) == before
        (docs / "pay.md").write_text(PAY + "\nOnce more.\n")
        await kb.ingest([docs])
        server.turns = [Turn(json.dumps(hostile))]
        assert (await kb.refine_graph()).asked_count == 1
        assert not any("drop" in subject for subject, _, _ in await facts(kb))
        (docs / "pay.md").write_text(PAY + "\nAnd again.\n")
        await kb.ingest([docs])
        server.turns = [Turn(status=500)] * 4
        report = await kb.refine_graph()
        assert (report.is_over, report.left_count) == (True, 1)


async def test_a_model_writes_summaries_that_stand_on_their_statements(
    tmp_path: Path, server: ChatServer, docs: Path
) -> None:
    text = "# Sites\n\nZeta Works moved from Graz to Linz. Zeta Works hired Acme Corp in Linz. Acme Corp sold Graz to Zeta Works.\n"
    (docs / "sites.md").write_text(text)
    restated = {
        "title": "Zeta Works",
        "sentences": [{"text": f"Zeta Works: {n}", "statement": n} for n in range(1, 9)],
    }
    async with KnowledgeBase(settings(tmp_path, server, communities={"summaries": "model"})) as kb:
        await kb.ingest([docs])
        server.turns = [Turn(json.dumps(restated))] * 20
        report = await kb.refresh_communities()
        assert report.written_count >= 1
        assert len(server.requests) == report.written_count
        stored = await (await kb._catalog()).graph_communities.communities("default")
        assert {one.made_by for one in stored} == {"model"}
        assert all(sentence.spot.chunk.doc_id for one in stored for sentence in one.sentences)
        for name in ("leave.md", "pay.md", "sites.md"):
            (docs / name).unlink()
        (docs / "other.md").write_text("# Other\n\nNothing is left.\n")
        await kb.ingest([docs])
        after = await (await kb._catalog()).graph_communities.communities("default")
        assert not any(one.sentences or one.title for one in after)
