"""Answers of a language model at their bounds: too long, too many, slow to check, of any form."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.answer_ports import AnswerPiece
from core.answers import Answer, AnswerMode, AnswerStatus
from core.errors import DependencyDownError, SettingsError, TooLargeError
from core.language_models import CallPurpose, Completion, Finish, Prompt, TextDelta
from core.search import Hit
from generation.drafting import WrittenAnswer
from generation.drafts import CheckedSentence, DraftSentence, RemovedSentence
from tests.fakes.checks import exact
from tests.fakes.language_model import FakeLanguageModel
from tests.unit.generation.answerers import ASKED, BOILER, DAYS, LEAVE, answerer, said, streamed, written

HITS = (LEAVE, BOILER)


@pytest.mark.parametrize("mode", [AnswerMode.COMPACT, AnswerMode.TREE_SUMMARIZE])
async def test_a_prompt_that_is_too_long_is_not_the_fault_of_whoever_asks(mode: AnswerMode) -> None:
    made = answerer(FakeLanguageModel([TooLargeError("too long")]), mode)
    with pytest.raises(SettingsError, match=r"llm\.context_tokens"):
        await made.answer(ASKED, HITS)
    with pytest.raises(SettingsError, match=r"llm\.context_tokens"):
        await streamed(made, HITS)


async def test_sentences_without_number_are_not_all_looked_at() -> None:
    looked = 0

    def check(draft: DraftSentence, hits: Sequence[Hit]) -> CheckedSentence | RemovedSentence:
        nonlocal looked
        looked += 1
        return exact(draft, hits)

    model = FakeLanguageModel(
        [written(DAYS, DAYS, *({"quotes": [], "text": f"Word {n}."} for n in range(999)))]
    )
    found = await replace(answerer(model), check=check).answer(ASKED, HITS)
    assert (found.status, found.removed_count) == (AnswerStatus.PARTIAL, 999)
    assert looked < 201


async def test_other_requests_are_served_while_a_sentence_is_checked() -> None:
    served = threading.Event()

    def check(draft: DraftSentence, hits: Sequence[Hit]) -> CheckedSentence | RemovedSentence:
        # Set by the event loop: on it, this would wait in vain.
        return exact(draft, hits) if served.wait(5) else RemovedSentence("blocked")

    made = replace(answerer(FakeLanguageModel([written(DAYS)])), check=check)
    answering = asyncio.create_task(made.answer(ASKED, HITS))
    for _ in range(5):
        await asyncio.sleep(0)
    served.set()
    assert (await answering).status is AnswerStatus.GROUNDED


sentences = st.builds(
    said,
    st.sampled_from(
        [
            "Leave is 30 days.",
            "It is paid.",
            "The boiler!",
            "",
            "  ",
            "[1] No.",
            "\ud800",
            "x\x00y",
            "\U0001f600",
        ]
    ),
    st.tuples(
        st.integers(-1, 4),
        st.sampled_from(
            ["Annual leave is 30 days.", "It is paid.", "boiler", "How long is leave?", "", "\ud800"]
        ),
    ),
)


@settings(max_examples=40)
@given(drafts=st.lists(sentences, max_size=6))
def test_text_sentences_citations_and_status_agree(drafts: list[dict[str, Any]]) -> None:
    model = FakeLanguageModel([WrittenAnswer.model_validate({"sentences": drafts})])
    found = asyncio.run(answerer(model).answer(ASKED, HITS))
    assert found.text == " ".join(
        f"{one.text} {''.join(f'[{number}]' for number in one.citations)}" for one in found.sentences
    )
    assert {number for one in found.sentences for number in one.citations} == set(
        range(1, len(found.citations) + 1)
    )
    assert all(one.citations for one in found.sentences)
    assert (found.status is AnswerStatus.GROUNDED) == (found.reason is None)
    assert (found.status is AnswerStatus.REFUSED) == (not found.sentences)
    assert len(found.sentences) + found.removed_count <= len(drafts)


PAID = said("It is \u201cpaid\u201d \U0001f600.", (1, "It is paid."))
WHOLE = written(DAYS, PAID, said("Nobody knows.", (1, "nobody")))


@dataclass
class CutModel(FakeLanguageModel):
    """Streams the beginning of an answer in pieces of a size, and then breaks or says that it is too long."""

    text: str = ""
    size: int = 7
    breaks: bool = True
    opened: int = 0

    async def stream(
        self, prompt: Prompt, *, purpose: CallPurpose
    ) -> AsyncGenerator[TextDelta | Completion, None]:
        self.opened += 1
        try:
            for at in range(0, len(self.text), self.size):
                await asyncio.sleep(0)
                yield TextDelta(self.text[at : at + self.size])
            if self.breaks:
                raise DependencyDownError("the line is cut")
            yield Completion(self.text, "fake", "fake/fake", finish=Finish.LENGTH)
        finally:
            self.opened -= 1


@settings(max_examples=40)
@given(cut=st.integers(0, len(WHOLE) - 1), size=st.integers(1, 40), breaks=st.booleans())
def test_a_stream_that_is_cut_anywhere_shows_whole_checked_sentences(
    cut: int, size: int, breaks: bool
) -> None:
    made = answerer(CutModel(text=WHOLE[:cut], size=size, breaks=breaks))
    pieces: list[AnswerPiece] = []

    async def read() -> Answer | None:
        async for part in made.stream(ASKED, HITS):
            if isinstance(part, Answer):
                return part
            pieces.append(part)
        return None

    try:
        whole = asyncio.run(read())
    except DependencyDownError:
        assert breaks
        assert not pieces
        return
    assert whole is not None
    assert tuple(piece.sentence for piece in pieces) == whole.sentences
    assert tuple(one for piece in pieces for one in piece.citations) == whole.citations
    assert [one.text for one in whole.sentences] == [DAYS["text"], PAID["text"]][: len(pieces)]
    assert whole.reason
    assert (whole.status is AnswerStatus.REFUSED) == (not pieces)


async def test_who_goes_away_at_any_moment_ends_the_call() -> None:
    for steps in range(0, 90, 3):
        model = CutModel(text=WHOLE, size=20)
        stream = answerer(model).stream(ASKED, HITS)

        async def read(stream: AsyncGenerator[AnswerPiece | Answer, None] = stream) -> None:
            async with aclosing(stream) as parts:
                async for _ in parts:
                    pass

        reading = asyncio.create_task(read())
        for _ in range(steps):
            await asyncio.sleep(0)
        reading.cancel()
        with suppress(asyncio.CancelledError):
            await reading
        assert model.opened == 0


async def test_two_streams_at_once_do_not_mix() -> None:
    made = answerer(CutModel(text=WHOLE, breaks=False))
    one, other = await asyncio.gather(streamed(made, HITS), streamed(made, HITS))
    assert one == other
    assert [piece.sentence.citations for piece in one[0]] == [(1,), (2,)]
