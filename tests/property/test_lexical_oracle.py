"""The store's BM25 against `rank_bm25`: the same corpus, the same analyser.

Scores are equal to the last digit if Okapi's rarity r of each term is replaced by its softplus ln(1 + e^r), which is the store's.
With Okapi's own, order and best ten are nearly the same.
"""

import asyncio
import itertools
import math
import random
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rank_bm25 import BM25Okapi

from core.access import AccessLabel, Principal, Tier
from core.config import SparseSettings, load_settings
from core.search import HybridQuery
from inference.lexical.bm25 import Bm25Encoder
from inference.lexical.okapi import OkapiRanking
from retrieval.filters import visible_to
from retrieval.in_memory import InMemoryLexical
from store.vectors.collections import QdrantCollections
from store.vectors.connection import connect
from tests.contract.chunk_points import DIMENSION, chunk, toward

WORDS = [
    first + second
    for first in ("ba", "ke", "mi", "po", "tu", "ra")
    for second in ("lor", "nim", "dak", "vep", "gus", "fob")
]
TEXTS = st.lists(
    st.lists(st.sampled_from(WORDS[:12]), min_size=1, max_size=12).map(" ".join), min_size=2, max_size=20
)
QUERIES = st.lists(st.sampled_from(WORDS[:12]), min_size=1, max_size=4, unique=True).map(" ".join)


class World:
    """One collection; each corpus is a tenant of its own, so none sees the others' statistics."""

    def __init__(self, home) -> None:
        self._runner = asyncio.Runner()
        self._opened = connect(load_settings(home=home))
        client = self._runner.run(self._opened.__aenter__())
        self._collections = QdrantCollections(client, alias="folio", batch_count=500)
        self.index = self._collections.index(dimension=DIMENSION, embedding="one")
        self._runner.run(self.index.prepare())
        self._numbers = itertools.count(1)

    def close(self) -> None:
        self._runner.run(self._opened.__aexit__(None, None, None))
        self._runner.close()

    def fill(self, texts: Sequence[str], model: Bm25Encoder, *, tenant: str | None = None) -> Principal:
        name = tenant or f"t{next(self._numbers)}"
        points = [
            chunk(
                f"{name}.{next(self._numbers)}",
                text,
                title="",
                context="",
                active=True,
                sparse=model.encode_passage(text),
                access=AccessLabel(name, Tier.PUBLIC),
            )
            for text in texts
        ]
        self._runner.run(self.index.write(points))
        return replace(Principal(), tenant=name)

    def scores(self, query: str, principal: Principal, model: Bm25Encoder, *, index=None) -> dict[str, float]:
        """The BM25 arm: text and score. Texts are unique in the corpora here."""
        asked = HybridQuery(
            toward(60), model.encode_query(query), visible_to(principal), limit=500, candidate_count=500
        )
        found = self._runner.run((index or self.index).candidates(asked)).lexical
        hits = self._runner.run(self.index.hits(dict(found), visible=asked.visible))
        return {hit.text: hit.score for hit in hits}

    def in_memory(self, model: Bm25Encoder) -> InMemoryLexical:
        return InMemoryLexical(
            self.index,
            chunks=self._collections.lexical(self.index.collection),
            terms=model,
            ranking=lambda passages, lengths: OkapiRanking(passages, lengths, k1=1.2, b=0.6),
        )

    def remove(self, principal: Principal) -> None:
        chunks = self._collections.lexical(self.index.collection)
        points = self._runner.run(chunks.ids(visible_to(principal).condition))
        self._runner.run(self.index.remove_points(points[:1]))


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> Iterator[World]:
    with closing(World(tmp_path_factory.mktemp("oracle"))) as made:
        yield made


def encoder(texts: Sequence[str], **more) -> Bm25Encoder:
    mean = sum(len(text.split()) for text in texts) / len(texts)
    return Bm25Encoder(SparseSettings(**{"pair_weight": 0, **more}), average_words=mean)


def okapi(texts: Sequence[str], query: str, *, softplus: bool) -> dict[str, float]:
    """What `rank_bm25` scores above 0; with the store's rarity in place of its own where `softplus`."""
    model = BM25Okapi([text.split() for text in texts], k1=1.2, b=0.6)
    if softplus:
        for word in model.idf:
            holders = sum(word in text.split() for text in texts)
            own = math.log(len(texts) - holders + 0.5) - math.log(holders + 0.5)
            model.idf[word] = math.log1p(math.exp(own))
    return {
        text: score for text, score in zip(texts, model.get_scores(query.split()), strict=True) if score > 0
    }


@settings(max_examples=25)
@given(texts=TEXTS.map(lambda texts: sorted(set(texts))), query=QUERIES)
def test_scores_are_okapis_with_the_softplus_of_its_rarity(
    world: World, texts: list[str], query: str
) -> None:
    model = encoder(texts)
    principal = world.fill(texts, model)
    assert world.scores(query, principal, model) == pytest.approx(
        okapi(texts, query, softplus=True), rel=1e-4
    )


def realistic(source: random.Random, count: int) -> list[str]:
    """Texts whose words are as unevenly frequent as those of a language (Zipf 1949)."""
    weights = [1 / rank for rank in range(1, len(WORDS) + 1)]
    return [" ".join(source.choices(WORDS, weights, k=source.randint(3, 30))) for _ in range(count)]


def test_the_best_ten_and_their_order_are_nearly_okapis_own(world: World) -> None:
    source = random.Random(11)
    texts = sorted(set(realistic(source, 300)))
    model = encoder(texts)
    principal = world.fill(texts, model)
    overlaps, agreements = [], []
    for _ in range(40):
        query = " ".join(source.sample(WORDS[6:], 3))
        ours, theirs = world.scores(query, principal, model), okapi(texts, query, softplus=False)
        assert ours.keys() == theirs.keys()
        overlaps.append(len(best(ours) & best(theirs)) / 10)
        agreements.append(concordance(ours, theirs))
    assert sum(overlaps) / len(overlaps) > 0.85
    assert min(agreements) > 0.95


def best(scores: dict[str, float]) -> set[str]:
    return set(sorted(scores, key=lambda text: (-scores[text], text))[:10])


def concordance(one: dict[str, float], other: dict[str, float]) -> float:
    """Spearman's rank correlation."""
    places = [
        {text: place for place, text in enumerate(sorted(r, key=lambda t: (-r[t], t)))} for r in (one, other)
    ]
    count = len(one)
    distance = sum((places[0][text] - places[1][text]) ** 2 for text in one)
    return 1 - 6 * distance / (count * (count**2 - 1))


def test_the_backend_in_memory_ranks_as_the_store_does(world: World) -> None:
    source = random.Random(5)
    texts = sorted(set(realistic(source, 120)))
    model = encoder(texts)
    principal = world.fill(texts, model)
    backend = world.in_memory(model)
    for _ in range(5):
        query = " ".join(source.sample(WORDS[6:], 3))
        found = world.scores(query, principal, model, index=backend)
        assert found == pytest.approx(world.scores(query, principal, model), rel=1e-4)


def test_the_backend_in_memory_follows_what_is_added_and_removed_and_sees_no_other_tenant(
    world: World,
) -> None:
    texts = ["balor kenim", "midak povep", "tugus rafob", "balor midak tugus"]
    model = encoder(texts)
    principal = world.fill(texts, model)
    world.fill(["balor balor balor"], model)
    backend = world.in_memory(model)
    assert set(world.scores("balor", principal, model, index=backend)) == {texts[0], texts[3]}
    world.fill(["kenim balor"], model, tenant=principal.tenant)
    assert "kenim balor" in world.scores("balor", principal, model, index=backend)
    while world.scores("balor kenim midak tugus", principal, model, index=backend):
        world.remove(principal)
    assert world.scores("balor", principal, model) == {}


@settings(max_examples=15)
@given(
    texts=TEXTS.map(lambda texts: sorted(set(texts))),
    others=TEXTS.map(lambda texts: sorted(set(texts))),
    query=QUERIES,
)
def test_what_others_write_and_what_is_deleted_moves_no_score(
    world: World, texts: list[str], others: list[str], query: str
) -> None:
    model = encoder(texts)
    principal = world.fill(texts, model)
    before = world.scores(query, principal, model)
    world.fill(others, model)
    gone = [f"{query} gone {number}" for number in range(3)]
    extra = world.fill(gone, model, tenant=principal.tenant)
    assert world.scores(query, extra, model) != before
    while len(world.scores(" ".join(WORDS[:12]) + " gone", principal, model)) > len(texts):
        _remove_gone(world, principal)
    assert world.scores(query, principal, model) == pytest.approx(before, rel=1e-6)


def _remove_gone(world: World, principal: Principal) -> None:
    chunks = world._collections.lexical(world.index.collection)
    points = world._runner.run(chunks.read(world._runner.run(chunks.ids(visible_to(principal).condition))))
    world._runner.run(
        world.index.remove_points([point.point_id for point in points if " gone " in point.text])
    )
