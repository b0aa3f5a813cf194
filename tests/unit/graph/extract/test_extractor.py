"""From a document to rows, with the real models."""

import itertools
import time

import pytest

from core.config import RedactionSettings
from core.documents import Chunk, ParsedDocument
from core.graph import MENTIONED, TITLED, EntityKind, Evidence, NamedSpan
from core.graph_settings import GraphSettings
from graph.extract.extractor import RuleExtractor
from inference.nlp.factory import create_names, create_syntax

TEXT = (
    "Acme Robotics is a company in Berlin. It was founded by PERSON_0123456789ab in 2011.\n\n"
    "In 2019 Acme Robotics acquired Nordlicht Systems, Ltd. for $ 3 million."
)


def chunks_of(text: str, *cuts: int) -> list[Chunk]:
    borders = [0, *cuts, len(text)]
    return [
        Chunk(number, text[start:end], start, end, "", None, start, end, text[start:end], 1)
        for number, (start, end) in enumerate(itertools.pairwise(borders))
    ]


@pytest.fixture(scope="module")
def extractor() -> RuleExtractor:
    redaction = RedactionSettings()
    return RuleExtractor(GraphSettings(), syntax=create_syntax(redaction), names=create_names(redaction))


def rows(
    extractor: RuleExtractor, text: str, title: str = "", *cuts: int, language: str | None = None
) -> tuple[Evidence, ...]:
    document = ParsedDocument(text, title, "text/plain", language=language)
    return extractor.extract(document, chunks=chunks_of(text, *cuts), names=None).rows


def test_a_document_says_what_it_names_and_what_it_states(extractor: RuleExtractor) -> None:
    found = rows(extractor, TEXT, "Acme Robotics", TEXT.index("In 2019"))
    entities = {(one.ordinal, one.predicate, one.subject) for one in found if one.is_entity}
    assert {
        (0, TITLED, "acme robotics"),
        (0, MENTIONED, "acme robotics"),
        (0, MENTIONED, "berlin"),
        (0, MENTIONED, "PERSON_0123456789ab"),
        (1, MENTIONED, "acme robotics"),
    } <= entities
    stated = {(one.subject, one.predicate, one.object) for one in found if not one.is_entity}
    assert any(one[0] == "acme robotics" and "acquire" in one[1] for one in stated)
    assert any({"acme robotics", "PERSON_0123456789ab"} == {one[0], one[2]} for one in stated)


def test_names_of_the_pass_of_redaction_are_used_in_place_of_another_pass() -> None:
    class NoNames:
        fingerprint = "none"

        def names(self, texts: object) -> list[tuple[NamedSpan, ...]]:
            raise AssertionError("there was a pass already")

    text = "We asked acmecorp about it."
    found = RuleExtractor(GraphSettings(), syntax=None, names=NoNames()).extract(
        ParsedDocument(f"{text} All of Acmecorp.", "", "text/plain"),
        chunks=chunks_of(text + " All of Acmecorp."),
        names=[NamedSpan("ORG", 35, 43)],
    )
    assert [(one.subject, one.kind) for one in found.rows] == [("acmecorp", EntityKind.ORGANISATION)]


def test_without_models_patterns_are_left() -> None:
    found = rows(RuleExtractor(GraphSettings(), syntax=None, names=None), TEXT)
    assert {"acme robotics", "PERSON_0123456789ab"} <= {one.subject for one in found}


def test_in_another_language_nothing_is_believed_that_an_english_model_says(extractor: RuleExtractor) -> None:
    text = "Der Vertrag mit PERSON_0123456789ab ist in der Ablage und wird dort von dem Leiter auch noch geprüft."
    for language in ("de", None):
        assert {one.subject for one in rows(extractor, text, language=language) if one.is_entity} == {
            "PERSON_0123456789ab"
        }


def test_without_syntax_there_is_what_stands_together() -> None:
    redaction = RedactionSettings()
    plain = RuleExtractor(
        GraphSettings(syntax=False), syntax=create_syntax(redaction), names=create_names(redaction)
    )
    found = rows(plain, "Acme Robotics bought Nordlicht Systems.")
    assert {one.predicate for one in found} <= {MENTIONED, "occurs_with"}


def test_the_fingerprint_tells_what_reads() -> None:
    redaction = RedactionSettings()
    syntax, names = create_syntax(redaction), create_names(redaction)
    made = [
        RuleExtractor(GraphSettings(), syntax=syntax, names=names),
        RuleExtractor(GraphSettings(), syntax=None, names=names),
        RuleExtractor(GraphSettings(), syntax=syntax, names=None),
        RuleExtractor(GraphSettings(max_rows=7), syntax=syntax, names=names),
        RuleExtractor(GraphSettings(), syntax=syntax, names=names, languages=("en", "de")),
    ]
    assert len({one.fingerprint for one in made}) == len(made)
    assert made[0].fingerprint == RuleExtractor(GraphSettings(), syntax=syntax, names=names).fingerprint
    assert (
        RuleExtractor(GraphSettings(syntax=False), syntax=syntax, names=names).fingerprint
        == made[1].fingerprint
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\0" * 50,
        "\udcff Jane \udc00 Roe met Acme Corp.",
        "\u202eAcme Corp\u202c met \u200fJane\u200f Roe.",
        "| " * 500,
        "# " * 500,
        "(" * 3000,
        "Acme_" * 800,
    ],
)
def test_texts_that_nobody_writes_are_read_too(extractor: RuleExtractor, text: str) -> None:
    for one in rows(extractor, text, text[:60]):
        assert 0 <= one.start <= one.end <= len(text)
        assert one.subject


def test_a_hundred_thousand_characters_without_an_end_are_bounded(extractor: RuleExtractor) -> None:
    text = "Jane Roe of Acme Corp met " * 4000
    started = time.process_time()
    found = rows(extractor, text)
    assert time.process_time() - started < 30
    assert len(found) < 5000


def test_a_document_of_very_many_entities_has_as_many_as_it_may() -> None:
    text = "\n\n".join(f"See Zorg{number} Holding and Blib{number} Works." for number in range(3000))
    few = RuleExtractor(GraphSettings(max_entities=100, max_rows=150), syntax=None, names=None)
    found = few.extract(ParsedDocument(text, "", "text/plain"), chunks=chunks_of(text), names=())
    assert len({one.subject for one in found.rows}) <= 100
    assert len(found.rows) <= 150
    assert found.left_out_count > 5000
