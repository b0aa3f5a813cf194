"""`sparse.backend` chooses who ranks by BM25, and nothing that is found depends on it."""

from pathlib import Path

import pytest

from core.access import AccessLabel, Principal, Tier
from core.clock import SystemClock
from core.config import load_settings
from folio.assembly import create_parts, open_collections
from tests.contract.chunk_points import chunk
from tests.fakes.embedder import FakeEmbedder

TEXTS = {
    "leave": "Annual leave is thirty days. Leave is asked for a month before.",
    "report": "The annual report lists every leave of absence.",
    "order": "Order ORD-2024-8821 was shipped to PERSON_0123456789ab.",
    "other": "Order ORD-2023-8821 waits for its invoice, 2024 at the latest.",
    "secret": "Annual leave of the board.",
}


async def found(home: Path, backend: str, query: str) -> list[tuple[str, float]]:
    settings = load_settings(home=home, sparse={"backend": backend}, redaction={"policy": "off"})
    embedder = FakeEmbedder(16)
    async with open_collections(settings) as collections:
        parts = create_parts(settings, collections, embedder=embedder, clock=SystemClock())
        await parts.index.prepare()
        # The backend in memory measures the mean by itself: of what the principal may read.
        lengths = [parts.sparse.word_count(text) for doc, text in TEXTS.items() if doc != "secret"]
        parts.sparse.use_average(sum(lengths) / len(lengths))
        vectors = await embedder.embed_passages(list(TEXTS.values()))
        await parts.index.write(
            [
                chunk(
                    doc,
                    text,
                    title="",
                    context="",
                    dense=vector,
                    sparse=parts.sparse.encode_passage(text),
                    active=True,
                    access=AccessLabel("default", Tier.RESTRICTED if doc == "secret" else Tier.PUBLIC),
                )
                for (doc, text), vector in zip(TEXTS.items(), vectors, strict=True)
            ]
        )
        result = await parts.search.search(query, principal=Principal(), limit=3)
    return [(hit.doc_id, round(hit.score, 4)) for hit in result.hits]


@pytest.mark.parametrize(
    "query", ["annual leave", "ORD-2024-8821", '"annual leave" days', "PERSON_0123456789ab"]
)
async def test_both_backends_find_the_same_in_the_same_order(tmp_path: Path, query: str) -> None:
    engine = await found(tmp_path / "one", "engine", query)
    assert engine
    assert "secret" not in dict(engine)
    assert await found(tmp_path / "two", "rank_bm25", query) == engine


@pytest.mark.parametrize(
    ("query", "best"),
    [("ord-2024-8821", "order"), ('"annual leave"', "leave"), ("PERSON_0123456789ab", "order")],
)
async def test_what_is_asked_for_to_the_letter_comes_first(tmp_path: Path, query: str, best: str) -> None:
    hits = await found(tmp_path, "engine", query)
    assert hits[0][0] == best
    if query.startswith('"'):
        assert len(hits) == 1
