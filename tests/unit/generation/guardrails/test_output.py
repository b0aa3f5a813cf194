"""Answers on their way out: sentences changed, taken out, or the whole refused; and the same as a stream."""

from collections.abc import AsyncIterator

from core.access import Principal
from core.answer_ports import AnswerPiece
from core.answers import Answer, AnswerSentence, AnswerStatus, Citation
from core.guardrails import Action, GuardrailCount, Point
from core.search import Hit
from generation.guardrails.answers import AnswerGuard
from generation.guardrails.finders import ValueFinder
from generation.guardrails.output import PERSONAL_DATA
from generation.guardrails.pipeline import GuardrailParts, Guardrails
from generation.guardrails.policy import NO_RULES, LoadedPolicy
from generation.guardrails.policy_file import FixedPolicy
from generation.guardrails.recording import BlockRecorder
from generation.guardrails.rewritten import NOT_ALL_LEFT
from tests.fakes.appeals import FakeAppeals
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.screen import FakeScreen
from tests.unit.generation.guardrails.policies import MIXED, policy, rule

ANN = Principal("acme", "ann")
MAIL = AnswerGuard(ValueFinder(("EMAIL_ADDRESS",)), instead=lambda entity, _: f"<{entity}>")
CITED = rule("citations", action="redact")
FORMAT = rule("format", action="redact")


def rails(
    loaded: LoadedPolicy, appeals: FakeAppeals | None = None, guard: AnswerGuard | None = None
) -> Guardrails:
    async def opened() -> FakeAppeals:
        assert appeals is not None
        return appeals

    recorder = BlockRecorder(lambda *_: "f", opened, new_id=lambda: "a1")
    return Guardrails(FixedPolicy(loaded), GuardrailParts(FakeScreen({}), FakeEmbedder(), recorder, guard))


def cited(quote: str) -> Citation:
    return Citation("d", None, "Doc", "d.md", 1, None, "", quote, 0, len(quote))


def answer(*sentences: tuple[str, tuple[int, ...]], quotes: tuple[str, ...] = ("a quote",)) -> Answer:
    parts = tuple(AnswerSentence(*one) for one in sentences)
    text = " ".join(f"{one.text} {''.join(f'[{n}]' for n in one.citations)}".strip() for one in parts)
    return Answer(text, AnswerStatus.GROUNDED, None, tuple(map(cited, quotes)), sentences=parts)


def texts(found: Answer) -> list[str]:
    return [one.text for one in found.sentences]


async def test_an_answer_that_meets_no_rule_is_the_same() -> None:
    plain = answer(("Thirty days.", (1,)), ("See [1] and x < 3.", (1,)))
    assert await rails(policy(MIXED + CITED + FORMAT)).output(plain, [], ANN) == plain


async def test_sentences_that_nothing_bears_are_taken_out() -> None:
    found = await rails(policy(CITED)).output(
        answer(
            ("Borne.", (1,)), ("Without.", ()), ("Of another.", (1, 3)), ("Empty.", (2,)), quotes=("q", " ")
        ),
        [],
        ANN,
    )
    assert (found.text, texts(found)) == ("Borne. [1]", ["Borne."])
    assert (found.status, found.reason, found.removed_count) == (AnswerStatus.PARTIAL, NOT_ALL_LEFT, 3)


async def test_an_answer_of_which_nothing_is_left_is_refused() -> None:
    found = await rails(policy(CITED)).output(answer(("Without.", ())), [], ANN)
    assert (found.status, found.text, found.citations, found.sentences) == (AnswerStatus.REFUSED, "", (), ())
    assert found.reason


async def test_addresses_and_markup_that_no_citation_has_are_taken_out() -> None:
    sentence = (
        "See https://ok.example/a, not https://bad.example/?q=1 or [here](https://bad.example), "
        "![x](https://bad.example/p.png) <img src=x>."
    )
    found = await rails(policy(FORMAT)).output(
        answer((sentence, (1,)), quotes=("It is at https://ok.example/a.",)), [], ANN
    )
    assert texts(found) == ["See https://ok.example/a, not [removed] or [removed], [removed] [removed]."]
    assert found.text == f"{texts(found)[0]} [1]"
    assert found.status is AnswerStatus.GROUNDED


async def test_a_shorter_or_longer_address_is_another_one() -> None:
    quotes = ("Go to https://ok.example/path.",)
    for wrong in ("https://ok.example/pa", "https://ok.example/path/more", "https://ok.exam"):
        found = await rails(policy(FORMAT)).output(
            answer((f"Go to {wrong} now", (1,)), quotes=quotes), [], ANN
        )
        assert texts(found) == ["Go to [removed] now"]


async def test_topics_leave_sentences_and_quotes() -> None:
    found = await rails(policy(MIXED)).output(
        answer(("Project Bluebird ends.", (1,)), quotes=("Project Bluebird ends in May.",)), [], ANN
    )
    assert (found.text, found.citations[0].quote) == ("[removed] ends. [1]", "[removed] ends in May.")


async def test_a_blocked_answer_is_a_refusal_that_can_be_appealed() -> None:
    appeals = FakeAppeals()
    text = rule("topic", points=["output"], phrases=["merger"], action="block")
    found = await rails(policy(text), appeals).output(answer(("Fine.", (1,)), ("The merger.", (1,))), [], ANN)
    assert (found.status, found.text, found.citations, found.appeal_id) == (
        AnswerStatus.REFUSED,
        "",
        (),
        "a1",
    )
    assert found.reason == "the answer is on a topic that is not answered here"
    assert appeals.kept["a1"].block.point is Point.OUTPUT


async def test_rules_about_the_whole() -> None:
    long = rule("length", points=["output"], max_words=3, action="rewrite", text="Too much to say here.")
    found = await rails(policy(long)).output(answer(("One two three.", (1,)), ("Four.", (1,))), [], ANN)
    assert (found.status, found.text) == (AnswerStatus.REFUSED, "")
    assert (found.reason, found.appeal_id) == ("Too much to say here.", None)


async def test_an_answer_in_one_piece_is_looked_at_too() -> None:
    whole = Answer("Project Bluebird [1]", AnswerStatus.GROUNDED, None, (cited("q"),))
    found = await rails(policy(MIXED + CITED)).output(whole, [], ANN)
    assert (found.text, found.sentences) == ("[removed] [1]", ())


async def test_without_rules_personal_data_is_taken_out_all_the_same() -> None:
    guarded = rails(NO_RULES, guard=MAIL)
    found = await guarded.output(
        answer(("Ask j@example.com.", (1,)), quotes=("Ask j@example.com.",)), [], ANN
    )
    assert (texts(found), found.citations[0].quote) == (["Ask <EMAIL_ADDRESS>."], "Ask <EMAIL_ADDRESS>.")
    assert guarded.counts == (GuardrailCount(Point.OUTPUT, PERSONAL_DATA, Action.REDACT, 1),)
    refused = Answer("", AnswerStatus.REFUSED, "why", ())
    assert await rails(policy(CITED), guard=MAIL).output(refused, [], ANN) == refused


class Writing:
    """A stream of an answer, that says whether it was closed."""

    def __init__(self, whole: Answer, *new: tuple[Citation, ...]) -> None:
        self.whole, self.new, self.closed = whole, new, False

    async def stream(self) -> AsyncIterator[AnswerPiece | Answer]:
        try:
            for sentence, citations in zip(self.whole.sentences, self.new, strict=True):
                yield AnswerPiece(sentence, citations)
            yield self.whole
        finally:
            self.closed = True


async def given(
    guarded: Guardrails, writing: Writing, hits: tuple[Hit, ...] = ()
) -> list[AnswerPiece | Answer]:
    return [one async for one in guarded.streamed(writing.stream(), hits, ANN)]


async def test_a_stream_is_what_the_whole_would_be() -> None:
    whole = answer(
        ("Ask j@example.com.", (1,)), ("Without.", ()), ("Project Bluebird.", (1, 2)), quotes=("q", "r")
    )
    one, two = whole.citations
    guarded = rails(policy(MIXED + CITED), guard=MAIL)
    *pieces, last = await given(guarded, Writing(whole, (one,), (), (two,)))
    assert isinstance(last, Answer)
    shown = [piece.sentence for piece in pieces if isinstance(piece, AnswerPiece)]
    assert tuple(shown) == last.sentences
    assert [sentence.text for sentence in shown] == ["Ask <EMAIL_ADDRESS>.", "[removed]."]
    assert (last.status, last.removed_count) == (AnswerStatus.PARTIAL, 1)
    counted = {(count.rule, count.count) for count in guarded.counts}
    assert counted == {("citations", 1), ("codename", 1), (PERSONAL_DATA, 1)}, "a stream counts once"


async def test_citations_of_a_sentence_that_is_taken_out_come_with_the_next() -> None:
    whole = answer(("Of nothing.", (9,)), ("Borne.", (2,)), quotes=("q", "r"))
    one, two = whole.citations
    first, _ = await given(rails(policy(CITED)), Writing(whole, (one,), (two,)))
    assert isinstance(first, AnswerPiece)
    assert (first.sentence.text, first.citations) == ("Borne.", (one, two))


async def test_a_blocked_sentence_ends_the_stream_and_whoever_writes_it() -> None:
    text = rule("topic", points=["output"], phrases=["merger"], action="block")
    whole = answer(("Fine.", (1,)), ("The merger.", (1,)), ("Never shown.", (1,)))
    writing = Writing(whole, whole.citations, (), ())
    first, last = await given(rails(policy(text), FakeAppeals()), writing)
    assert isinstance(first, AnswerPiece)
    assert isinstance(last, Answer)
    assert (last.status, last.appeal_id) == (AnswerStatus.REFUSED, "a1")
    assert writing.closed


async def test_who_stops_listening_stops_the_writing() -> None:
    whole = answer(("Fine.", (1,)), ("More.", (1,)))
    writing = Writing(whole, whole.citations, ())
    stream = rails(NO_RULES).streamed(writing.stream(), (), ANN)
    await anext(stream)
    await stream.aclose()  # type: ignore[attr-defined]  # it is a generator
    assert writing.closed
