"""Whatever a parser makes of a text, relations are bounded, well formed and the same again."""

from hypothesis import given, settings
from hypothesis import strategies as st

from core.documents import ParsedDocument
from core.graph import EntityKind
from core.graph_ports import SyntaxToken
from core.sentences import Sentence
from graph.extract.mentions import Named
from graph.extract.relations import relations
from graph.extract.stated import Stated

_TAGS = [
    ("NOUN", "NN"),
    ("NOUN", "NNS"),
    ("PROPN", "NNP"),
    ("VERB", "VBD"),
    ("VERB", "VBN"),
    ("VERB", "VBG"),
    ("AUX", "VBZ"),
    ("ADP", "IN"),
    ("PRON", "WDT"),
    ("PRON", "WP"),
    ("ADJ", "JJ"),
    ("DET", "DT"),
]
_DEPS = [
    "nsubj",
    "nsubjpass",
    "dobj",
    "pobj",
    "prep",
    "agent",
    "conj",
    "appos",
    "attr",
    "acl",
    "relcl",
    "xcomp",
    "ccomp",
    "advcl",
    "compound",
    "amod",
    "poss",
    "neg",
    "aux",
    "auxpass",
    "det",
    "punct",
    "ROOT",
    "prt",
    "oprd",
    "acomp",
    "dative",
    "mark",
    "pcomp",
    "npadvmod",
]
_LEMMAS = [
    "be",
    "found",
    "city",
    "who",
    "one",
    "of",
    "by",
    "in",
    "to",
    "the",
    "if",
    "may",
    "plan",
    "fail",
    "actor",
]


@st.composite
def sentences(draw: st.DrawFn) -> tuple[str, list[SyntaxToken], list[Named]]:
    """Words with any heads (circles too), and names over any of them."""
    count = draw(st.integers(1, 24))
    words = [draw(st.sampled_from(_LEMMAS)) for _ in range(count)]
    tokens: list[SyntaxToken] = []
    at = 0
    for word in words:
        pos, tag = draw(st.sampled_from(_TAGS))
        head = draw(st.integers(0, count - 1))
        tokens.append(
            SyntaxToken(word, word, pos, tag, draw(st.sampled_from(_DEPS)), head, at, at + len(word))
        )
        at += len(word) + 1
    text = " ".join(words)
    names = []
    for _ in range(draw(st.integers(0, 6))):
        first = draw(st.integers(0, count - 1))
        last = min(count - 1, first + draw(st.integers(0, 2)))
        start, end = tokens[first].start, tokens[last].end
        key = draw(st.sampled_from(["acme", "beta", "cora", "dora"]))
        names.append(Named(key, key.title(), draw(st.sampled_from(list(EntityKind))), start, end))
    return text, tokens, names


def _stated(text: str, tokens: list[SyntaxToken], names: list[Named], *, title: str = "") -> list[Stated]:
    whole = Sentence(0, len(text))
    document = ParsedDocument(text, title, "text/markdown")
    return list(relations(document, sentences=[whole], mentions=names, tokens_of=lambda _: tokens))


@settings(max_examples=150)
@given(sentences())
def test_any_tree_gives_bounded_and_well_formed_relations(
    drawn: tuple[str, list[SyntaxToken], list[Named]],
) -> None:
    text, tokens, names = drawn
    stated = _stated(text, tokens, names)
    assert stated == _stated(text, tokens, list(names))
    assert len(stated) <= 60 + 15
    for one in stated:
        assert 0 < one.weight <= 1
        assert one.subject.key != one.object.key
        assert one.subject.kind is not EntityKind.VALUE
        assert 0 < len(one.predicate) <= 60
        assert one.predicate == one.predicate.lower()
        assert 0 <= one.start <= one.end <= len(text)


@settings(max_examples=150)
@given(
    st.text(st.sampled_from("abcAB 12|:-*_#`\\n.()\0\ud800\u05d0\u2019"), max_size=300),
    st.lists(st.tuples(st.integers(0, 300), st.integers(1, 20)), max_size=8),
)
def test_any_text_does_no_harm(text: str, places: list[tuple[int, int]]) -> None:
    names = [
        Named(
            f"name {start % 3}", f"Name {start % 3}", EntityKind.TOPIC, start, min(len(text), start + length)
        )
        for start, length in places
        if start < len(text)
    ]
    for one in _stated(text, [], names, title="Some title"):
        assert one.subject.key != one.object.key
        assert 0 <= one.start <= one.end <= len(text)
        assert one.object.name == one.object.name.strip()
        if one.object.kind is EntityKind.VALUE:
            assert not set("\0\ud800") & set(one.object.name + one.object.key)
