"""Whatever a document holds: rows lie in it, are bounded, always the same, and relations stand between what its chunks name."""

import itertools
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from core.documents import Chunk, ParsedDocument
from core.graph import EntityKind, NamedSpan
from core.graph_ports import SyntaxToken
from core.graph_settings import GraphSettings
from graph.extract.extractor import RuleExtractor
from graph.keys import entity_key

PIECES = (
    "Acme Corp", "the Acme", "Jane Roe", "Roe", "She", "It", "he", "Berlin", "PERSON_0123456789ab", "EMAIL_ADDRESS_0123456789ab",
    "World Health Organization (WHO)", "WHO", "PO-2024-0017", "max_tokens", "founded", "is the capital of", "acquired", "and", ",",
    ". ", "? ", "\n\n", "\n", "# ", "| ", "|---|---|\n", "- ", "Owner: ", "**", "`", "```\n", "\"Blue Choir\"", "https://x.org/Jane",
    "\0", "\udcff", "\u202e", "\u2029", "\u00e9", "\u6771\u4eac", "\u041a\u0438\u0457\u0432", "12", "May 2021", "(", "]",
)  # fmt: skip
texts = st.lists(st.sampled_from(PIECES), max_size=30).map(" ".join) | st.text(max_size=60)
LABELS = ("ORG", "PERSON", "GPE", "DATE", "CARDINAL", "ODD")


class EachOnTheOneBefore:
    """A parser to which every word is the object of the word before."""

    fingerprint = "chain"

    def parse(self, sentences: Sequence[str]) -> list[tuple[SyntaxToken, ...]]:
        return [self._chain(sentence) for sentence in sentences]

    def _chain(self, sentence: str) -> tuple[SyntaxToken, ...]:
        words, found, at = sentence.split(), [], 0
        for index, word in enumerate(words):
            start = sentence.index(word, at)
            at = start + len(word)
            tag, dep = ("VBD", "ROOT") if index == 1 else ("NNP", "nsubj" if index == 0 else "dobj")
            pos = "VERB" if index == 1 else "PROPN"
            head = min(1, len(words) - 1)
            found.append(SyntaxToken(word, word.lower(), pos, tag, dep, head, start, at))
        return tuple(found)


@st.composite
def documents(draw: st.DrawFn) -> tuple[ParsedDocument, list[Chunk], list[NamedSpan]]:
    text = draw(texts)
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=3)))
    borders = [*cuts, len(text)]
    chunks = [
        Chunk(number, text[start:end], start, end, "", None, start, end, "", 1)
        for number, (start, end) in enumerate(itertools.pairwise(borders))
        if start < end
    ]
    chunks = [Chunk(n, c.text, c.start, c.end, "", None, c.start, c.end, "", 1) for n, c in enumerate(chunks)]
    spans = draw(st.lists(st.tuples(st.integers(0, len(text)), st.integers(1, 20)), max_size=5))
    names = [
        NamedSpan(draw(st.sampled_from(LABELS)), start, min(start + length, len(text)))
        for start, length in sorted(spans)
        if start < len(text)
    ]
    return (
        ParsedDocument(
            text, draw(st.sampled_from(("", "Acme Corp", "Blue Choir (film)", text[:80]))), "text/plain"
        ),
        chunks,
        names,
    )


@given(documents(), st.integers(1, 6), st.integers(1, 12))
def test_rows_of_any_document(
    case: tuple[ParsedDocument, list[Chunk], list[NamedSpan]], max_entities: int, max_rows: int
) -> None:
    document, chunks, names = case
    wide = RuleExtractor(GraphSettings(), syntax=EachOnTheOneBefore(), names=None)
    found = wide.extract(document, chunks=chunks, names=names)
    assert found == wide.extract(document, chunks=chunks, names=names)
    assert found.left_out_count == 0
    named = {(row.ordinal, row.subject) for row in found.rows if row.is_entity}
    for row in found.rows:
        chunk = chunks[row.ordinal]
        assert chunk.start <= row.start <= row.end <= chunk.end
        assert row.subject == entity_key(row.subject)
        assert row.weight > 0
        if row.is_entity:
            assert row.name
        else:
            assert row.subject != row.object
            assert row.weight <= 1
            assert {(row.ordinal, row.subject), (row.ordinal, row.object)} <= named
            assert row.kind is EntityKind.TOPIC
    assert len({(row.ordinal, row.subject, row.predicate, row.object) for row in found.rows}) == len(
        found.rows
    )
    settings = GraphSettings(max_entities=max_entities, max_rows=max_rows)
    few = RuleExtractor(settings, syntax=EachOnTheOneBefore(), names=None).extract(
        document, chunks=chunks, names=names
    )
    assert len(few.rows) <= max_rows
    assert len({row.subject for row in few.rows if row.is_entity}) <= max_entities
    assert len(few.rows) + few.left_out_count == len(found.rows)
    assert set(few.rows) <= set(found.rows)
