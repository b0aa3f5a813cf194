"""Sentences are found by the rows that stand in them, and read from the stored text."""

from core.access import AccessLabel
from core.graph import MENTIONED, DocumentEvidence, Evidence
from graph.classes import ClassEvidence
from graph.statements import StatementReader, passages
from tests.fakes.graph_communities import FakeTexts, community_of, spoken

SAID = [
    ("Robin sued Wren over the old mill.", ("Robin", "Wren")),
    ("Robin rested for the whole winter.", ("Robin",)),
    ("Heron was never seen by anybody here.", ("Heron",)),
]


async def test_the_best_places_come_first_and_others_names_do_not_count() -> None:
    document, text = spoken("doc", SAID, relations=[("Robin", "sued", "Wren")])
    texts = FakeTexts()
    texts.texts["doc", 1] = text
    community = community_of("doc", members=("robin", "wren"))
    found = passages(ClassEvidence(AccessLabel(), (document,)), [community])["c0"]
    assert [one.chunk.ordinal for one in found] == [0, 1]
    statements = await StatementReader(texts).statements(found, members={"robin", "wren"})
    assert [one.sentence.text for one in statements] == [SAID[0][0], SAID[1][0]]
    assert statements[0].keys == {"robin", "wren"}
    assert statements[0].relations == {("robin", "wren")}
    assert texts.reads == ["doc"], "a text is read once"


async def test_of_one_document_only_a_few_places_are_read() -> None:
    many = [(f"Robin sang song number {number} at the window.", ("Robin",)) for number in range(50)]
    documents = tuple(spoken(doc_id, many)[0] for doc_id in ("one", "two"))
    evidence = ClassEvidence(AccessLabel(), documents)
    found = passages(evidence, [community_of("one", members=("robin",))])["c0"]
    assert sorted(one.chunk.doc_id for one in found) == ["one"] * 5 + ["two"] * 5


async def test_places_outside_of_the_text_and_odd_sentences_are_left_out() -> None:
    text = "Robin.\n\n" + "Robin " + "and so on " * 60 + ".\n\nRobin is a company in the old town.\n"
    places = (0, text.index("Robin and"), text.index("Robin is"), len(text) + 5, -3)
    rows = tuple(
        Evidence("robin", MENTIONED, ordinal, place, place + 5) for ordinal, place in enumerate(places)
    )
    document = DocumentEvidence("doc", 1, AccessLabel(), "test", rows)
    texts = FakeTexts()
    texts.texts["doc", 1] = text
    found = passages(ClassEvidence(AccessLabel(), (document,)), [community_of("doc", members=("robin",))])
    statements = await StatementReader(texts).statements(found["c0"], members={"robin"})
    assert [one.sentence.text for one in statements] == ["Robin is a company in the old town."]


async def test_rows_of_tables_are_known_as_such() -> None:
    text = "| firm | place |\n|---|---|\n| Robin Company | Berlin and surroundings |\n"
    row = Evidence("robin company", MENTIONED, 0, text.index("Robin"), text.index("Robin") + 13)
    document = DocumentEvidence("doc", 1, AccessLabel(), "test", (row,))
    texts = FakeTexts()
    texts.texts["doc", 1] = text
    evidence = ClassEvidence(AccessLabel(), (document,))
    found = passages(evidence, [community_of("doc", members=("robin company",))])
    (statement,) = await StatementReader(texts).statements(found["c0"], members={"robin company"})
    assert statement.is_row


async def test_a_text_that_is_not_stored_gives_nothing() -> None:
    document, _ = spoken("doc", SAID)
    evidence = ClassEvidence(AccessLabel(), (document,))
    found = passages(evidence, [community_of("doc")])
    assert await StatementReader(FakeTexts()).statements(found["c0"], members={"robin"}) == []
