"""BM25 against the textbook formula, computed here from words."""

import math
import re
from collections import Counter

import pytest
from qdrant_client import models

from core.access import Principal
from core.config import SparseSettings, load_settings
from core.errors import SettingsError
from inference.lexical.bm25 import Bm25Encoder
from retrieval.filters import visible_to
from store.vectors.connection import connect
from store.vectors.filters import to_qdrant
from store.vectors.index import QdrantIndex
from tests.contract.chunk_points import DIMENSION, chunk

K1, B = 1.2, 0.6
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
    return Bm25Encoder(SparseSettings(**{"pair_weight": 0, **settings}))


def terms(model: Bm25Encoder, text: str) -> set[int]:
    return set(model.encode_passage(text).indices)


def wanted(model: Bm25Encoder, text: str) -> set[int]:
    """What a query cannot do without: the terms of full weight."""
    query = model.encode_query(text)
    return {term for term, weight in zip(query.indices, query.values, strict=True) if weight == 1}


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


def test_a_measured_mean_takes_the_place_of_the_one_in_the_settings() -> None:
    model = Bm25Encoder(SparseSettings(average_words=50, pair_weight=0), average_words=3)
    assert sorted(model.encode_passage("fox foxes owl").values) == pytest.approx([1.0, 1.375])
    assert model.fingerprint == encoder(average_words=50).fingerprint


def test_a_query_has_weight_one_per_different_word() -> None:
    vector = encoder().encode_query("Foxes, fox and OWLS?")
    assert vector.values == (1.0, 1.0)
    assert set(vector.indices) == terms(encoder(), "owl fox")


def test_words_that_stand_together_lift_a_passage_in_their_order_only() -> None:
    model = encoder(pair_weight=0.2)
    query = model.encode_query("annual leave")
    pair = {term for term, weight in zip(query.indices, query.values, strict=True) if weight == 0.2}
    assert len(pair) == 1
    assert pair <= terms(model, "Their annual leave begins.")
    assert not pair & terms(model, "They leave after the annual report.")


def test_words_of_the_title_count_as_often_as_set() -> None:
    """The title is in the text once, and counts three times: tf 3 of length 2."""
    vector = encoder(title_weight=3, average_words=2).encode_passage("fox\nowl", title="fox")
    assert sorted(vector.values) == pytest.approx([1.0, 3 * 2.2 / (3 + 1.2)])


@pytest.mark.parametrize("text", ["", "   ", "the of and", "!?", "\N{FIRE}\N{ROCKET}", "<SECRET>"])
def test_a_text_without_content_words_is_empty(text: str) -> None:
    assert encoder().encode_passage(text).indices == ()
    assert encoder().encode_query(text).indices == ()


@pytest.mark.parametrize(
    ("passage", "query"),
    [
        ("The order ORD-2024-8821 was shipped.", "ORD-2024-8821"),
        ("The order ORD-2024-8821 was shipped.", "ord 8821"),
        ("Patched in CVE-2024-12345.", "cve-2024-12345"),
        ("Call foo_bar.baz() twice.", "baz"),
        ("Call foo_bar.baz() twice.", "foo_bar"),
        ("Python 3.11.4 is needed", "3.11.4"),
        ("parseHttpRequest fails", "http request"),
        ("parseHttpRequest fails", "parsehttprequest"),
        ("See GitHub.", "github"),
        ("Our e-mail policy", "email"),
        ("Write to help.desk@example.org", "example.org"),
        ("It weighs 10kg.", "10 kg"),
        ("1,250,000 units", "1250000"),
        ("The café's résumé", "cafe resume"),
        ("/srv/data/report.csv", "report.csv"),
    ],
)
def test_identifiers_are_found_by_the_whole_and_by_their_parts(passage: str, query: str) -> None:
    assert wanted(encoder(), query) <= terms(encoder(), passage)
    assert wanted(encoder(), query)


@pytest.mark.parametrize(
    "identifier", ["ORD-2024-8821", "foo_bar.baz()", "x+=1", "3.11.4", "C++", "a@b.example"]
)
def test_the_whole_identifier_tells_it_from_its_parts(identifier: str) -> None:
    """Whoever has it as it is gets more than who has its parts in another order."""
    query = set(encoder().encode_query(identifier).indices)
    apart = terms(encoder(), " ".join(reversed(re.findall(r"[^\W_]+", identifier))))
    assert query <= terms(encoder(), f"Look at {identifier}, please.")
    assert not query <= apart


def test_a_pseudonym_is_one_term_and_the_same_one_as_an_extra_term() -> None:
    token = "PERSON_0123456789ab"
    (term,) = encoder().encode_passage("", terms=[token]).indices
    assert terms(encoder(), f"{token}'s") == terms(encoder(), f"({token})") | terms(encoder(), "s")
    assert wanted(encoder(), token) == {term}
    assert set(encoder().encode_query("", terms=[token]).indices) == {term}
    assert term not in terms(encoder(), token.lower())


def test_an_alias_is_found_only_by_itself() -> None:
    alias = "~0123456789ab"
    (term,) = encoder().encode_query("", terms=[alias]).indices
    assert term in encoder().encode_passage("fox", terms=[alias]).indices
    assert term not in terms(encoder(), "0123456789ab fox")


def test_the_language_decides_stemmer_and_stop_words() -> None:
    german = encoder(languages=["german"])
    assert german.encode_query("der die das").indices == ()
    assert german.encode_query("Häuser").indices == german.encode_query("Häusern").indices


TEXTS = {
    "de": "Die Lieferungen der letzten Wochen wurden von den Kunden nicht mit der Rechnung bezahlt.",
    "en": "The deliveries of the last weeks were not paid by the customers with the invoice.",
    "fr": "Les livraisons des dernières semaines ne sont pas payées par les clients avec la facture.",
    "es": "Las entregas de las últimas semanas no fueron pagadas por los clientes con la factura.",
}


@pytest.mark.parametrize(
    ("code", "query"), [("de", "Lieferung"), ("en", "delivery"), ("fr", "livraison"), ("es", "entrega")]
)
def test_each_passage_is_stemmed_in_its_own_language_and_found_by_a_single_word(
    code: str, query: str
) -> None:
    model = encoder(languages=["en", "de", "fr", "es"])
    asked = set(model.encode_query(query).indices)
    assert [name for name, text in TEXTS.items() if asked & terms(model, text)] == [code]
    named = model.encode_passage(TEXTS[code], language=code)
    assert named == model.encode_passage(TEXTS[code])


def test_scripts_without_spaces_are_found_by_a_part() -> None:
    assert wanted(encoder(), "東京") <= terms(encoder(), "今日は東京タワーへ行きました。")


def test_an_unknown_language_names_the_setting() -> None:
    with pytest.raises(SettingsError, match="FOLIO_SPARSE__LANGUAGES"):
        encoder(languages=["klingon"])


def test_what_changes_the_terms_changes_the_fingerprint_and_what_only_weighs_them_does_not() -> None:
    terms_change = [{}, {"languages": ["german"]}, {"pair_weight": 0.3}]
    assert len({encoder(**settings).fingerprint for settings in terms_change}) == len(terms_change)
    weights_change = [{}, {"k1": 1.0}, {"b": 0.5}, {"title_weight": 1}]
    assert len({encoder(**settings).fingerprint for settings in weights_change}) == 1
    assert len({encoder(**settings).weighting for settings in weights_change}) == len(weights_change)
