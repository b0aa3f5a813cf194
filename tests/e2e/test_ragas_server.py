"""RAGAS and our judge against a real model server: llama.cpp with a tiny model. The path is what is shown, not the scores."""

from collections.abc import AsyncIterator, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

import pytest

from core.clock import SystemClock
from core.llm_settings import LlmSettings
from core.store_settings import EmbeddingSettings
from evals.judge.asking import Asking, judged
from evals.judge.cases import JudgedCase
from evals.judge.criteria import CRITERIA, CriterionMetric, Judge
from evals.judge.judgements import Unjudged
from evals.judge.keeping import Kept
from evals.ragas_suite.adapters import RagasJudge
from evals.ragas_suite.metrics import ragas_metrics
from generation.prompts.book import PromptBook
from inference.embed.factory import create_embedder
from inference.llm.factory import create_gateway
from inference.llm.gateway import Gateway
from tests.fakes import llama_server
from tests.fakes.call_log import FakeCallLog

pytestmark = [
    pytest.mark.skipif(find_spec("ragas") is None, reason="needs the extra ragas"),
    pytest.mark.skipif(not llama_server.is_installed(), reason=llama_server.MISSING),
    pytest.mark.slow,
    # Some thirty calls, each of a thousand tokens.
    pytest.mark.timeout(1800),
]
CASE = JudgedCase(
    "leave",
    "How many days of leave do we have?",
    "Employees have 25 days of leave.",
    ("Employees have 25 days of annual leave.",),
    "25 days a year.",
)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    # RAGAS's prompts have examples in them: they do not fit into the 2,048 tokens of the other tests.
    with llama_server.serving(8192) as address:
        yield address


@pytest.fixture
def log() -> FakeCallLog:
    return FakeCallLog()


@pytest.fixture
async def gateway(url: str, log: FakeCallLog) -> AsyncIterator[Gateway]:
    settings = LlmSettings(
        model="smollm2",
        base_url=url,
        context_tokens=8192,
        total_s=1200,
        concurrent_count=1,
        attempt_count=1,
        max_wait_s=1200,
    )
    made = create_gateway(settings, log=log, clock=SystemClock())
    assert made is not None
    yield made
    await made.aclose()


async def test_ragas_goes_through_the_gateway_and_a_second_run_asks_nobody(
    gateway: Gateway, log: FakeCallLog, tmp_path: Path
) -> None:
    embedder = create_embedder(EmbeddingSettings())

    async def embed(texts: Sequence[str]) -> list[Sequence[float]]:
        return [await embedder.embed_query(text) for text in texts]

    judge = RagasJudge("openai/smollm2", gateway, "acme", embed, "onnx/minilm", answer_tokens=200)
    first = await judged(ragas_metrics(judge), [CASE], Asking(3, Kept(tmp_path)))
    assert len(first) == 4 * 3
    assert all(one.score is None or 0 <= one.score <= 1 for one in first)
    assert all((one.score is None) == (one.why is not None) for one in first)
    assert Unjudged.DOWN not in {one.why for one in first}, "the server must have answered"
    assert sum(one.call_count for one in first) == len(log.calls) >= 4 * 3
    assert {call.purpose.feature for call in log.calls} == {"eval_ragas"}
    assert all(call.usage.output_count > 0 for call in log.calls)
    asked = len(log.calls)
    second = await judged(ragas_metrics(judge), [CASE], Asking(3, Kept(tmp_path)))
    assert len(log.calls) == asked
    assert [(one.score, one.why) for one in second] == [(one.score, one.why) for one in first]


async def test_our_judge_answers_in_the_form_asked_for(gateway: Gateway, log: FakeCallLog) -> None:
    judge = Judge("openai/smollm2", gateway, "acme")
    book = PromptBook()
    metrics = [CriterionMetric(one, judge, await book.pin(one.prompt)) for one in CRITERIA.values()]
    found = await judged(metrics, [CASE], Asking(3))
    assert len(found) == 4 * 3
    assert Unjudged.DOWN not in {one.why for one in found}
    assert {call.purpose.prompt_version for call in log.calls} == {
        f"{one.prompt}/1" for one in CRITERIA.values()
    }
