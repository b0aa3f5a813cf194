"""Answers, what is kept of them, and what people think of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from folio.client.calls.building import fetched, part, posted
from folio.client.flows import Call
from folio.client.models.answers import Answer, AnswerRecord, Feedback
from folio.client.wire import Request, given


def answer(
    question: str,
    *,
    mode: str | None = None,
    language: str | None = None,
    where: Mapping[str, Any] | None = None,
    session_id: str | None = None,
    restore: bool | None = None,
) -> Call[Answer]:
    """A checked answer, each sentence cited; `refused` where nothing supports one.

    Args:
        question: In plain words.
        mode: `extractive`, `compact`, `refine` or `tree_summarize`; default: as the service is set up.
        language: Of the question, as `en`.
        where: A filter that every passage meets, as for `search`.
        session_id: The conversation that it belongs to.
        restore: Turn pseudonyms back; needs the scope `pii:read`.
    """
    body = _asked(question, mode, language, where, session_id)
    # A turn of a conversation is kept, so the same question twice would be two turns.
    return posted("/v1/answer", Answer, body | given(restore=restore), is_repeatable=session_id is None)


def streamed(
    question: str,
    *,
    mode: str | None = None,
    language: str | None = None,
    where: Mapping[str, Any] | None = None,
    session_id: str | None = None,
) -> Request:
    """The request for an answer that is sent as it is written: its checked sentences, with their citations, and last the whole.

    Where the connection breaks, it is taken up again after the last event that came.

    Args:
        question: In plain words.
        mode: As for `answer`.
        language: Of the question, as `en`.
        where: A filter that every passage meets, as for `search`.
        session_id: The conversation that it belongs to.
    """
    body = _asked(question, mode, language, where, session_id) | {"stream": True}
    return Request("POST", "/v1/answer", body=body, is_repeatable=session_id is None)


def answer_record(answer_id: str) -> Call[AnswerRecord]:
    """How an answer was made; it holds no words."""
    return fetched(f"/v1/answers/{part(answer_id)}", AnswerRecord)


def give_feedback(
    answer_id: str,
    rating: str | int,
    *,
    reasons: Sequence[str] = (),
    wrong_citations: Sequence[int] = (),
    comment: str = "",
    correction: str = "",
) -> Call[Feedback]:
    """Say what one thinks of an answer to one's own question, in place of what one has said before.

    Args:
        answer_id: `answer_id` of the answer.
        rating: `up` or `down`, or 1 (bad) to 5 (good).
        reasons: Codes of what is wrong, as `outdated`.
        wrong_citations: Numbers of citations that do not bear what they are cited for.
        comment: In words.
        correction: What is right instead.
    """
    body = {
        "rating": rating,
        "reasons": list(reasons),
        "wrong_citations": list(wrong_citations),
        "comment": comment,
        "correction": correction,
    }
    return posted(f"/v1/answers/{part(answer_id)}/feedback", Feedback, body)


def feedback(answer_id: str) -> Call[Feedback]:
    """What the asker has said of an answer."""
    return fetched(f"/v1/answers/{part(answer_id)}/feedback", Feedback)


def _asked(
    question: str,
    mode: str | None,
    language: str | None,
    where: Mapping[str, Any] | None,
    session_id: str | None,
) -> dict[str, Any]:
    return given(question=question, mode=mode, language=language, where=where, session_id=session_id)
