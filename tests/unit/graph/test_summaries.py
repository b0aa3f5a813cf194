"""The sentences of a summary: those that say most about the core, each thing once, as they stand in the text."""

from core.graph import ChunkRef, CitedSentence, Spot
from core.graph_ports import Statement
from graph.summaries import ExtractiveSummariser, chosen

CENTRAL = {"robin": 1.0, "wren": 0.7, "finch": 0.5}


def statement(text: str, *keys: str, relation: tuple[str, str] | None = None, row: bool = False) -> Statement:
    spot = Spot(ChunkRef("doc", 1, 0), 0, len(text))
    relations = frozenset({relation} if relation else ())
    return Statement(CitedSentence(text, spot), frozenset(keys), relations, is_row=row)


def texts(statements: list[Statement], *, count: int = 3) -> list[str]:
    return [one.text for one in chosen(statements, CENTRAL, count=count)]


def test_the_core_comes_before_the_rest() -> None:
    core = statement("Robin sued Wren over a mill.", "robin", "wren")
    rest = statement("Finch lives by the sea.", "finch")
    assert texts([rest, core]) == [core.sentence.text, rest.sentence.text]
    assert texts([rest, core], count=1) == [core.sentence.text]


def test_a_relation_says_more_than_two_names() -> None:
    named = statement("Robin and Wren were there too.", "robin", "wren")
    related = statement("Wren bought Robin in spring time.", "robin", "wren", relation=("wren", "robin"))
    assert texts([named, related], count=1) == [related.sentence.text]


def test_what_was_named_counts_for_less() -> None:
    first = statement("In the spring Robin sued Wren over a mill at the upper end of town.", "robin", "wren")
    again = statement("Later the court found against Robin, and Wren paid nothing to him.", "robin", "wren")
    other = statement("Finch lives by the sea in a house that his mother once had built.", "finch")
    assert texts([first, again, other], count=2) == [first.sentence.text, other.sentence.text]


def test_the_same_in_other_words_is_said_once() -> None:
    first = statement("Robin sued Wren over the old mill by the river.", "robin", "wren")
    copy = statement("Robin sued Wren over the old mill by the river again.", "robin", "wren")
    assert len(texts([first, copy])) == 1


def test_prose_comes_before_rows_of_tables() -> None:
    row = statement("| Robin | Wren | Finch |", "robin", "wren", "finch", row=True)
    prose = statement("Robin sued Wren over a mill.", "robin", "wren")
    assert texts([row, prose], count=1) == [prose.sentence.text]


def test_of_equals_the_first_is_taken() -> None:
    same = [statement(f"Robin rested in house {number} alone.", "robin") for number in "ab"]
    assert texts(same, count=1) == [same[0].sentence.text]


def test_what_names_nobody_says_nothing() -> None:
    assert texts([statement("It rained.", "heron")]) == []
    assert texts([]) == []


def test_the_length_is_part_of_the_fingerprint() -> None:
    short, long = ExtractiveSummariser(sentence_count=2), ExtractiveSummariser(sentence_count=5)
    assert short.fingerprint != long.fingerprint
    assert short.name == long.name == "extractive"


def test_a_whole_sentence_comes_before_a_line_of_a_form() -> None:
    line = statement("Name: Robin, formerly Wren, of the upper mill, since 1990", "robin", "wren")
    whole = statement("Robin has had the upper mill of the town ever since 1990.", "robin")
    assert texts([line, whole], count=1) == [whole.sentence.text]


def test_how_to_reach_somebody_is_no_theme() -> None:
    mail = statement("Robin and Wren answer at EMAIL_ADDRESS_630a2bfb4d80 from Monday on.", "robin", "wren")
    plain = statement("Robin answers whoever writes to him from Monday on until noon.", "robin")
    assert texts([mail, plain], count=1) == [plain.sentence.text]
