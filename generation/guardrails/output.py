"""Answers on their way to whoever asked: whole, or sentence by sentence as they are written."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

from core.access import Principal
from core.answer_ports import AnswerPiece
from core.answers import Answer, AnswerStatus, Citation
from core.guardrails import Action, Point
from core.search import Hit
from generation.guardrails.answers import AnswerGuard
from generation.guardrails.applying import Validators
from generation.guardrails.counting import GuardrailCounts
from generation.guardrails.deciding import Trigger, acting, decided, reason_of
from generation.guardrails.policy import LoadedPolicy
from generation.guardrails.policy_file import PolicySource
from generation.guardrails.recording import BlockRecorder
from generation.guardrails.rewritten import answer_after, quotes_after, sentence_outcome, sentences_of

PERSONAL_DATA = "personal-data"
"""What counts call the search for personal data in answers, which is no rule of the policy."""


class OutputGuard:
    """Applies the rules for answers, and looks for personal data in them."""

    def __init__(
        self,
        policies: PolicySource,
        *,
        validators: Validators,
        recorder: BlockRecorder,
        counts: GuardrailCounts,
        answer_guard: AnswerGuard | None,
    ) -> None:
        self._policies = policies
        self._validators = validators
        self._recorder = recorder
        self._counts = counts
        self._answer_guard = answer_guard

    async def checked(self, answer: Answer, hits: Sequence[Hit], who: Principal, *, language: str) -> Answer:
        """The answer as it may be shown; a refusal where a rule blocks it."""
        answer = self._without_values(answer, hits)
        loaded = self._policies.current()
        rules = loaded.policy.at(Point.OUTPUT)
        if not rules or answer.status is AnswerStatus.REFUSED:
            return answer
        cited = answer.citations
        outcomes = [
            sentence_outcome(rules, one, cited=cited, language=language) for one in sentences_of(answer)
        ]
        whole = await self._validators.answer(rules, answer.text, language=language)
        self._count([*whole, *(trigger for one in outcomes for trigger in one.triggers)])
        blocking = [one.blocking for one in outcomes if one.blocking]
        verdict = decided(Point.OUTPUT, answer.text, [*whole, *blocking])
        if verdict.is_blocked:
            strongest = acting([*whole, *blocking])[0]
            return await self._refused(answer, strongest, answer.text, loaded=loaded, who=who)
        if verdict.action is Action.REWRITE:
            return _said_instead(answer, verdict.text)
        return answer_after(rules, answer, outcomes, language=language)

    async def streamed(
        self,
        pieces: AsyncIterator[AnswerPiece | Answer],
        hits: Sequence[Hit],
        who: Principal,
        *,
        language: str,
    ) -> AsyncIterator[AnswerPiece | Answer]:
        """The stream as it may be shown. What a sentence is counted for is counted with the whole at the end."""
        loaded = self._policies.current()
        rules = loaded.policy.at(Point.OUTPUT)
        cited: list[Citation] = []
        given_count = 0
        try:
            async for piece in pieces:
                if isinstance(piece, Answer):
                    yield await self.checked(piece, hits, who, language=language)
                    return
                safe = self._answer_guard.piece(piece, hits) if self._answer_guard else piece
                cited += safe.citations
                outcome = sentence_outcome(rules, safe.sentence, cited=cited, language=language)
                if outcome.blocking is not None:
                    self._count(outcome.triggers)
                    text = safe.sentence.text
                    yield await self._refused(_REFUSED, outcome.blocking, text, loaded=loaded, who=who)
                    return
                if outcome.sentence is not None:
                    shown = quotes_after(rules, cited[given_count:], language=language)
                    given_count = len(cited)
                    yield AnswerPiece(outcome.sentence, shown)
        finally:
            # Whoever writes has to be stopped, and is not where a generator is only left.
            close = getattr(pieces, "aclose", None)
            if close is not None:
                await close()

    def _without_values(self, answer: Answer, hits: Sequence[Hit]) -> Answer:
        if self._answer_guard is None:
            return answer
        safe = self._answer_guard.checked(answer, hits)
        if safe != answer:
            self._counts.add(Point.OUTPUT, PERSONAL_DATA, Action.REDACT, score=1.0)
        return safe

    def _count(self, triggers: Sequence[Trigger]) -> None:
        for one in triggers:
            self._counts.add(Point.OUTPUT, one.rule.name, one.rule.action, score=one.applied.score)

    async def _refused(
        self, answer: Answer, trigger: Trigger, text: str, *, loaded: LoadedPolicy, who: Principal
    ) -> Answer:
        appeal_id = await self._recorder.recorded(
            trigger, text, point=Point.OUTPUT, policy_hash=loaded.digest, who=who
        )
        return replace(_emptied(answer), reason=reason_of(Point.OUTPUT, trigger.rule), appeal_id=appeal_id)


_REFUSED = Answer("", AnswerStatus.REFUSED, None, ())


def _said_instead(answer: Answer, words: str) -> Answer:
    """The policy's words in place of an answer. No source bears them, so they are the reason of a refusal."""
    return replace(_emptied(answer), reason=words)


def _emptied(answer: Answer) -> Answer:
    return replace(
        answer, text="", status=AnswerStatus.REFUSED, citations=(), sentences=(), contradictions=()
    )
