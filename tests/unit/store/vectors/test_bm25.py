"""BM25 against the textbook formula, computed here from words."""

import math
from collections import Counter

import pytest
from qdrant_client import models

from core.access import Principal
from core.config import SparseSettings, load_settings
from core.errors import SettingsError
from retrieval.filters import visible_to
from store.vectors.bm25 import Bm25Encoder
from store.vectors.connection import connect
from store.vectors.filters import to_qdrant
from store.vectors.index import QdrantIndex
from tests.contract.chunk_points import DIMENSION, chunk

K1, B = 1.2, 0.75
# None of these words is a stop word, and no two share a stem.
CORPUS = [
    "fox owl elk",
    "fox fox owl ant bee cat",
    "owl owl owl owl",
    "elk ant",
    "bee cat bat rat owl fox elk ant eel",
    "fox",
    "rat eel rat eel rat",
    "cat bat",
]
AVERAGE = sum(len(text.split()) for text in CORPUS) / len(CORPUS)


def bm25(query: str, text: str) -> float:
    """Sum over terms of `ln(1 + (N - n + 0.5) / (n + 0.5)) tf (k1 + 1) / (tf + k1 (1 - b + b words / average))`."""
    counts = Counter(text.split())
    length = K1 * (1 - B + B * len(text.split()) / AVERAGE)
    score = 0.0
    for term in query.split():
        holders = sum(term in passage.split() for passage in CORPUS)
        rarity = math.log(1 + (len(CORPUS) - holders + 0.5) / (holders + 0.5))
        score += rarity * counts[term] * (K1 + 1) / (counts[term] + length)
    return score


def encoder(**settings) -> Bm25Encoder:
    return Bm25Encoder(SparseSettings(**settings))


async def test_the_store_scores_like_the_textbook(tmp_path) -> None:
    model = encoder(average_words=AVERAGE)
    async with connect(load_settings(home=tmp_path)) as client:
        index = QdrantIndex(client, collection="folio", dimension=DIMENSION, batch_count=100)
        await index.prepare()
        await index.write(
            [chunk(text, text, sparse=model.encode_passage(text), active=True) for text in CORPUS]
        )
        corpus = to_qdrant(visible_to(Principal()).condition)
        for query in ("fox", "owl elk", "ant bee cat", "rat eel bat fox owl", "elk"):
            sparse = model.encode_query(query)
            response = await client.query_points(
                index.collection,
                query=models.SparseVector(indices=list(sparse.indices), values=list(sparse.values)),
                using="bm25",
                limit=100,
                search_params=models.SearchParams(idf=models.IdfCorpusParams(corpus=corpus)),
            )
            stored = {point.payload["text"]: point.score for point in response.points}
            expected = {text: score for text in CORPUS if (score := bm25(query, text))}
            assert stored == pytest.approx(expected, rel=1e-5)


def test_a_passage_weight_is_the_saturated_frequency() -> None:
    """Two of three words are foxes, the mean is 3 words: 2 * 2.2 / (2 + 1.2)."""
    vector = encoder(average_words=3).encode_passage("fox foxes owl")
    assert sorted(vector.values) == pytest.approx([1.0, 1.375])


def test_a_query_has_weight_one_per_different_word() -> None:
    vector = encoder().encode_query("Foxes, fox and OWLS?")
    assert vector.values == (1.0, 1.0)
    assert set(vector.indices) == set(encoder().encode_passage("owl fox").indices)


@pytest.mark.parametrize("text", ["", "   ", "the of and", "!?"])
def test_a_text_without_content_words_is_empty(text: str) -> None:
    assert encoder().encode_passage(text).indices == ()
    assert encoder().encode_query(text).indices == ()


def test_the_language_decides_stemmer_and_stop_words() -> None:
    assert encoder(language="german").encode_query("der die das").indices == ()
    german = encoder(language="german")
    assert german.encode_query("Häuser").indices == german.encode_query("Häusern").indices


def test_an_unknown_language_names_the_setting() -> None:
    with pytest.raises(SettingsError, match="FOLIO_SPARSE__LANGUAGE"):
        encoder(language="klingon")


def test_every_parameter_changes_the_fingerprint() -> None:
    changed = [{}, {"k1": 1.0}, {"b": 0.5}, {"average_words": 50.0}, {"language": "german"}]
    assert len({encoder(**settings).fingerprint for settings in changed}) == len(changed)
