"""RAGAS end to end over HTTP with recorded answers: the gateway, its repair, refusals, slow answers, and what is kept."""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

from core.clock import SystemClock
from core.llm_settings import LlmSettings
from evals.judge.asking import Asking, judged
from evals.judge.cases import JudgedCase
from evals.judge.judgements import Judgement, Unjudged
from evals.judge.keeping import Kept
from evals.judge.summary import part_of, spent, summaries
from evals.ragas_suite.adapters import RagasJudge
from inference.llm.factory import create_gateway
from inference.llm.gateway import Gateway
from tests.fakes.call_log import FakeCallLog
from tests.fakes.recorded_judge import RecordedJudge, replaying

# Found, not imported: that takes seconds, which every process of a parallel run would spend to collect.
pytestmark = pytest.mark.skipif(find_spec("ragas") is None, reason="needs the extra ragas")

RECORDED = Path(__file__).parents[3] / "recorded" / "ragas.json"
LEAVE = JudgedCase(
    "leave",
    "How many days of leave do we have?",
    "Employees have 25 days of leave. It is requested in the portal.",
    (
        "Employees have 25 days of annual leave, requested in the portal.",
        "The boiler is drained before frost.",
    ),
    "25 days a year.",
)
HEATING = JudgedCase(
    "heating",
    "What is the heating set to?",
    "The heating is set to 18 degrees.",
    ("The heating runs at 18 degrees.",),
    "At 18 degrees: the heating is low.",
)
PUMP = JudgedCase(
    "pump", "When is the pump oiled?", "Every month.", ("The pump is oiled every month.",), "monthly"
)
SILENT = JudgedCase("silent", "Who is the king?")


class Sockets:
    """Where anything connected to, or whose name it looked up, while this process listened."""

    def __init__(self) -> None:
        self.listens = False
        self.tried: list[tuple[str, object]] = []
        sys.addaudithook(self._heard)

    def _heard(self, event: str, arguments: tuple[object, ...]) -> None:
        if self.listens and event in {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname"}:
            self.tried.append((event, arguments[1] if event == "socket.connect" else arguments[0]))


SOCKETS = Sockets()


@pytest.fixture(scope="module")
def running() -> Iterator[RecordedJudge]:
    with replaying(RECORDED) as judge:
        yield judge


@pytest.fixture
def server(running: RecordedJudge) -> RecordedJudge:
    running.requests.clear()
    running.asked_for.clear()
    return running


@asynccontextmanager
async def opened(server: RecordedJudge, *, total_s: float = 60) -> AsyncIterator[RagasJudge]:
    settings = LlmSettings(
        model="recorded",
        base_url=server.url,
        total_s=total_s,
        attempt_count=1,
        input_price=1.0,
        output_price=2.0,
    )
    gateway = create_gateway(settings, log=FakeCallLog(), clock=SystemClock())
    assert isinstance(gateway, Gateway)
    yield RagasJudge("openai/recorded", gateway, "acme", embed, "test/letters")
    await gateway.aclose()


@pytest.fixture
async def judge(server: RecordedJudge) -> AsyncIterator[RagasJudge]:
    async with opened(server) as made:
        yield made


async def embed(texts: Sequence[str]) -> list[list[float]]:
    """Counts of letters: the same question is as like itself as can be."""
    return [[float(text.lower().count(chr(97 + at))) for at in range(26)] for text in texts]


def kept_files(folder: Path) -> list[bytes]:
    return [file.read_bytes() for file in folder.rglob("*.json")]


async def run(judge: RagasJudge, cases: Sequence[JudgedCase], kept: Kept | None = None) -> list[Judgement]:
    from evals.ragas_suite.metrics import ragas_metrics

    return await judged(ragas_metrics(judge), cases, Asking(3, kept))


async def test_every_metric_is_judged_three_times_through_the_gateway(
    judge: RagasJudge, server: RecordedJudge
) -> None:
    found = await run(judge, [LEAVE])
    means = {one.name: one.interval.mean if one.interval else None for one in summaries(found)}
    # The second repeat of three takes one of two statements for unfounded.
    assert means["ragas_faithfulness"] == pytest.approx((1 + 0.5 + 1) / 3)
    assert means["ragas_context_precision"] == pytest.approx(1.0)
    assert means["ragas_context_recall"] == 1.0
    assert means["ragas_answer_relevancy"] == pytest.approx(0.97, abs=0.03)
    assert server.asked_for.count("NLIStatementOutput") == 3
    total = spent(found)
    assert total.call_count == len(server.requests) == 3 * (2 + 3 + 2 + 1)
    assert total.cost == pytest.approx(len(server.requests) * (400 * 1.0 + 40 * 2.0) / 1e6)


async def test_repeats_ask_with_seeds_of_their_own(judge: RagasJudge, server: RecordedJudge) -> None:
    await run(judge, [LEAVE])
    seeds = [row["seed"] for row in server.requests if "ContextRecall" in str(row["response_format"])]
    assert sorted(seeds) == [0, 1000, 2000]


async def test_what_cannot_be_judged_is_counted_and_is_no_zero(judge: RagasJudge) -> None:
    found = await run(judge, [HEATING, SILENT])
    whys = {(one.case_id, one.metric): one.why for one in found}
    assert whys["heating", "ragas_faithfulness"] is Unjudged.MALFORMED
    assert whys["heating", "ragas_answer_relevancy"] is Unjudged.REFUSED
    assert whys["heating", "ragas_context_precision"] is Unjudged.DOWN, "a server that fails"
    assert whys["heating", "ragas_context_recall"] is Unjudged.MALFORMED
    assert all(one.why is Unjudged.NOTHING for one in found if one.case_id == "silent")
    assert [one.score for one in found] == [None] * len(found)
    part = part_of(found, [HEATING, SILENT], dataset="x", version="1")
    assert [dict(case.scores) for case in part.cases] == [{}, {}]
    assert part.figures["ragas_faithfulness.judged"] == 0
    assert part.figures["ragas_faithfulness.asked"] == 2


async def test_a_malformed_answer_is_repaired_once(judge: RagasJudge, server: RecordedJudge) -> None:
    await run(judge, [HEATING])
    assert server.asked_for.count("StatementGeneratorOutput") == 3 * 2


async def test_a_second_run_asks_nothing(judge: RagasJudge, server: RecordedJudge, tmp_path: Path) -> None:
    first = await run(judge, [LEAVE], Kept(tmp_path))
    asked = len(server.requests)
    second = await run(judge, [LEAVE], Kept(tmp_path))
    assert len(server.requests) == asked > 0
    assert [one.score for one in second] == [one.score for one in first]
    assert all(one.kept for one in second)
    assert spent(second).call_count == 0


async def test_a_judge_that_is_too_slow_is_down_and_is_asked_again(
    server: RecordedJudge, tmp_path: Path
) -> None:
    async with opened(server, total_s=0.3) as judge:
        found = [one for _ in range(2) for one in await run(judge, [PUMP], Kept(tmp_path))]
    assert {one.why for one in found} == {Unjudged.DOWN}
    assert kept_files(tmp_path) == []


async def test_what_is_kept_has_no_words(judge: RagasJudge, tmp_path: Path) -> None:
    await run(judge, [LEAVE], Kept(tmp_path))
    written = b"".join(kept_files(tmp_path))
    assert written
    assert not any(word in written for word in (b"leave", b"portal", b"days"))


async def test_nothing_but_the_gateways_server_is_connected_to(
    judge: RagasJudge, server: RecordedJudge
) -> None:
    from evals.ragas_suite.plain import plain_metrics

    SOCKETS.tried.clear()
    SOCKETS.listens = True
    try:
        await run(judge, [LEAVE])
        await judged(plain_metrics(), [LEAVE], Asking())
        # Usage is reported by a thread of its own, every second.
        await asyncio.sleep(1.2)
    finally:
        SOCKETS.listens = False
    port = int(server.url.rpartition(":")[2].partition("/")[0])
    assert ("socket.connect", ("127.0.0.1", port)) in SOCKETS.tried, "the test must hear connections"
    others = [one for one in SOCKETS.tried if one[1] not in {("127.0.0.1", port), "127.0.0.1"}]
    assert others == []
