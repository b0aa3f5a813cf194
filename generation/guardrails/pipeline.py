"""What questions, passages and answers go through: the rules of the policy in effect, at three points."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace

from core.access import Principal
from core.answer_ports import AnswerPiece
from core.answers import Answer, AnswerStatus
from core.errors import TooLargeError
from core.guardrails import Action, GuardrailCount, Point, Verdict
from core.ports import Embedder
from core.screening import TextScreen
from core.search import Hit
from core.tracing import staged
from generation.guardrails.answers import AnswerGuard
from generation.guardrails.applying import Validators
from generation.guardrails.counting import GuardrailCounts
from generation.guardrails.deciding import acting, decided
from generation.guardrails.output import OutputGuard
from generation.guardrails.passing import GuardedPassages, guarded_passages
from generation.guardrails.policy import LoadedPolicy
from generation.guardrails.policy_file import PolicySource
from generation.guardrails.recording import BlockRecorder
from generation.guardrails.remembered import RememberedScreen
from generation.guardrails.validators.meaning import Meanings

_MOST_CHARS = 10_000


@dataclass(frozen=True, slots=True)
class GuardrailParts:
    """What the guardrails work with. `answer_guard` is None where no source is redacted."""

    screen: TextScreen
    embedder: Embedder
    recorder: BlockRecorder
    answer_guard: AnswerGuard | None = None


class Guardrails:
    """Applies the policy. Each call uses one whole policy, whatever is written to the file meanwhile."""

    def __init__(self, policies: PolicySource, parts: GuardrailParts) -> None:
        self._policies = policies
        self._recorder = parts.recorder
        self._screen = RememberedScreen(parts.screen)
        self._validators = Validators(self._screen, Meanings(parts.embedder))
        self._counts = GuardrailCounts()
        self._output = OutputGuard(
            policies,
            validators=self._validators,
            recorder=parts.recorder,
            counts=self._counts,
            answer_guard=parts.answer_guard,
        )

    @property
    def counts(self) -> tuple[GuardrailCount, ...]:
        """How often each rule has applied since the process began."""
        return self._counts.snapshot()

    @property
    def policy(self) -> LoadedPolicy:
        """The policy in effect."""
        return self._policies.current()

    @staged("guard_question")
    async def input(self, question: str, who: Principal, *, language: str = "") -> Verdict:
        """What becomes of a question: `Verdict.text` goes on. `language` is its primary subtag, empty where unknown.

        Raises:
            TooLargeError: It is longer than anything that is looked at; a search takes less.
        """
        loaded = self._policies.current()
        rules = loaded.policy.at(Point.INPUT)
        if not rules:
            return Verdict(Action.PASS, question)
        if len(question) > _MOST_CHARS:
            raise TooLargeError(
                f"the question has {len(question):,} characters; at most {_MOST_CHARS:,} are looked at: shorten it"
            )
        triggers = await self._validators.question(rules, question, language=language)
        for one in triggers:
            self._counts.add(Point.INPUT, one.rule.name, one.rule.action, score=one.applied.score)
        verdict = decided(Point.INPUT, question, triggers)
        if not verdict.is_blocked:
            return verdict
        appeal_id = await self._recorder.recorded(
            acting(triggers)[0], question, point=Point.INPUT, policy_hash=loaded.digest, who=who
        )
        return replace(verdict, appeal_id=appeal_id)

    @staged("guard_passages")
    async def passages(self, hits: Sequence[Hit]) -> GuardedPassages:
        """The passages that may be read, without what reads like instructions to a machine."""
        rules = self._policies.current().policy.at(Point.PASSAGES)
        if not rules or not hits:
            return GuardedPassages(tuple(hits))
        # In a thread: several passages together take longer than other requests should have to wait.
        return await asyncio.to_thread(
            guarded_passages,
            rules,
            hits,
            screen=self._screen,
            counts=self._counts,
        )

    @staged("guard_answer")
    async def output(
        self, answer: Answer, hits: Sequence[Hit], who: Principal, *, language: str = ""
    ) -> Answer:
        """The answer as it may be shown, without personal data; a refusal with reason and appeal id where a rule blocks it."""
        return await self._output.checked(answer, hits, who, language=language)

    def streamed(
        self,
        pieces: AsyncIterator[AnswerPiece | Answer],
        hits: Sequence[Hit],
        who: Principal,
        *,
        language: str = "",
    ) -> AsyncIterator[AnswerPiece | Answer]:
        """A stream of sentences as it may be shown. One that is blocked ends it with a refusal; else the last is the whole.

        Citations of a sentence that is taken out come with the next one, so that numbers stay right. Rules about the answer as
        a whole are asked at its end. `pieces` is closed at the end, however that comes.
        """
        return self._output.streamed(pieces, hits, who, language=language)


def refusal(verdict: Verdict) -> Answer:
    """The answer to a question that was blocked."""
    return Answer("", AnswerStatus.REFUSED, verdict.reason, (), appeal_id=verdict.appeal_id)
