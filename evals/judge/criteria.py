"""The criteria: one question each, atomic, with the words that it stands on. Which questions a case gives is pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from core import ids
from core.language_model_ports import LanguageModel
from core.language_models import CallPurpose, Completion, Prompt
from core.prompts import PinnedPrompt
from evals.judge.addressing import speaks_to_a_judge, statements_of, without_addresses
from evals.judge.cases import JudgedCase
from evals.judge.judgements import NoScoreError, Unjudged
from evals.judge.verdicts import RULES, JudgedAs, Question, worth

FEATURE = "eval_judge"
_ANSWER_TOKENS = 250
_TEMPERATURE = 0.3
"""Above 0: asked again, a judge shall show how sure it is. Each repeat has a seed of its own."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """A question of which a case gives one or more.

    `questions` gives None where the case lacks something; a None among them is a statement that is 0 without being asked about.
    `is_fault`: a yes speaks against the answer.
    """

    name: str
    prompt: str
    description: str
    questions: Callable[[JudgedCase], tuple[Question | None, ...] | None] = field(repr=False)
    is_fault: bool = False


@dataclass(frozen=True, slots=True)
class Judge:
    """Who is asked, and on whose account. `name` is provider and model."""

    name: str
    model: LanguageModel
    tenant: str


@dataclass(frozen=True, slots=True)
class CriterionMetric:
    """Implements JudgedMetric: the mean over the questions that a case gives."""

    criterion: Criterion
    judge: Judge
    prompt: PinnedPrompt

    @property
    def name(self) -> str:
        """As figures have it."""
        return self.criterion.name

    @property
    def model(self) -> str:
        """Who is asked."""
        return self.judge.name

    @property
    def version(self) -> str:
        """Of the prompt's text, and of what is made of verdicts."""
        return ids.fingerprint({"prompt": self.prompt.fingerprint, "rules": RULES})

    def inputs(self, case: JudgedCase) -> Mapping[str, object] | None:
        """All that is asked."""
        questions = self.criterion.questions(case)
        return None if questions is None else {"questions": [one and one.values for one in questions]}

    async def score(self, case: JudgedCase, *, repeat: int) -> float:
        """The mean of the verdicts.

        Raises:
            NoScoreError: The case gives no question, or the judge declines.
            FolioError: The judge does not answer, or not in the form asked for.
        """
        questions = self.criterion.questions(case) or ()
        if not questions:
            raise NoScoreError(Unjudged.EMPTY)
        scores = [await self._one(question, repeat) for question in questions]
        return sum(scores) / len(scores)

    async def _one(self, question: Question | None, repeat: int) -> float:
        if question is None:
            return 0.0
        said = await verdict_on(self.judge, self.prompt, question, repeat=repeat)
        return worth(said, question, is_fault=self.criterion.is_fault)


async def verdict_on(judge: Judge, prompt: PinnedPrompt, question: Question, *, repeat: int) -> JudgedAs:
    """What the judge says to one question.

    Raises:
        NoScoreError: It declines.
        FolioError: It does not answer, or not in the form asked for.
    """
    rendered = prompt.render(question.values)
    asked = Prompt(rendered.messages, max_tokens=_ANSWER_TOKENS, temperature=_TEMPERATURE, seed=repeat)
    purpose = CallPurpose(judge.tenant, FEATURE, prompt_version=rendered.version)
    said = await judge.model.structured(asked, JudgedAs, purpose=purpose)
    if isinstance(said, Completion):
        raise NoScoreError(Unjudged.REFUSED)
    return said


def _supported(case: JudgedCase) -> tuple[Question | None, ...] | None:
    if not case.answer or not case.passages:
        return None
    return tuple(
        None
        if speaks_to_a_judge(one)
        else Question({"passages": list(case.passages), "statement": one}, case.passages)
        for one in statements_of(case.answer)
    )


def _relevant(case: JudgedCase) -> tuple[Question | None, ...] | None:
    return _about_the_whole(case, {}) if case.answer else None


def _complete(case: JudgedCase) -> tuple[Question | None, ...] | None:
    return _about_the_whole(case, {"gold": case.gold}) if case.answer and case.gold else None


def _about_the_whole(case: JudgedCase, more: dict[str, object]) -> tuple[Question | None, ...]:
    answer = without_addresses(case.answer)
    values = {"question": case.question, "answer": answer, **more}
    return (Question(values, (answer,)) if answer else None,)


def _consistent(case: JudgedCase) -> tuple[Question | None, ...] | None:
    if not case.answer or not case.gold:
        return None
    return tuple(
        None
        if speaks_to_a_judge(one)
        else Question({"question": case.question, "gold": case.gold, "statement": one}, (case.gold,))
        for one in statements_of(case.answer)
    )


CRITERIA: dict[str, Criterion] = {
    one.name: one
    for one in (
        Criterion(
            "judge_supported",
            "judge_supported",
            "statements of the answer that its passages bear out",
            _supported,
        ),
        Criterion("judge_relevant", "judge_relevant", "whether the answer answers the question", _relevant),
        Criterion("judge_complete", "judge_complete", "whether all of the gold answer is said", _complete),
        Criterion(
            "judge_consistent",
            "judge_contradicts",
            "statements of the answer that do not contradict the gold answer",
            _consistent,
            is_fault=True,
        ),
    )
}
