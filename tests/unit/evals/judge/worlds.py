"""Judges for tests: a model that says what it is told to, and the packaged prompts."""

from collections.abc import Sequence

from pydantic import BaseModel

from core.errors import FolioError
from core.language_models import Completion
from evals.judge.cases import JudgedCase
from evals.judge.criteria import CRITERIA, CriterionMetric, Judge
from generation.prompts.book import PromptBook
from tests.fakes.language_model import FakeLanguageModel

CASE = JudgedCase(
    "leave",
    "How many days of leave do we have?",
    "Employees have 25 days of leave. It is requested in the portal.",
    ("Employees have 25 days of annual leave.", "Leave is requested in the portal."),
    "25 days a year.",
)


def judge_that_says(*answers: str | BaseModel | Completion | FolioError) -> Judge:
    return Judge("openai/fake", FakeLanguageModel(tuple(answers)), "acme")


async def criterion(judge: Judge, name: str) -> CriterionMetric:
    return CriterionMetric(CRITERIA[name], judge, await PromptBook().pin(CRITERIA[name].prompt))


def model_of(judge: Judge) -> FakeLanguageModel:
    assert isinstance(judge.model, FakeLanguageModel)
    return judge.model


def said(judge: Judge) -> Sequence[str]:
    """All that the model was shown, a text for each call."""
    return ["\n".join(message.text for message in prompt.messages) for prompt in model_of(judge).prompts]
