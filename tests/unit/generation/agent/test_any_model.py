"""Whatever a model says: the agent ends inside its bounds, and everything it shows is a passage that was found."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from core.answer_ports import Asked
from core.answer_settings import AgentSettings
from core.errors import UnusableAnswerError
from core.language_models import Completion, Finish, ToolCall
from tests.fakes.agent_world import ASKED, AgentWorld
from tests.fakes.language_model import FakeLanguageModel

NAMES = st.sampled_from(["search", "fetch", "graph_path", "", "delete all", "finish"]) | st.text(max_size=8)
ARGUMENTS = st.sampled_from(
    ['{"query": "lamp"}', '{"query": "acme lake"}', '{"doc_id": "town"}', '{"query": 1}', "[]", "{", ""]
) | st.text(max_size=12)
CALLS = st.lists(st.builds(ToolCall, st.just("x"), NAMES, ARGUMENTS), max_size=4).map(tuple)
FINISHES = st.sampled_from([Finish.TOOLS, Finish.STOP, Finish.LENGTH, Finish.REFUSAL])
NATIVE = st.builds(
    lambda text, finish, calls: Completion(text, "m", "fake", finish, tool_calls=calls),
    st.text(max_size=10),
    FINISHES,
    CALLS,
)
IN_WORDS = st.sampled_from(
    [
        '{"action": "search", "arguments": {"query": "lamp"}}',
        '{"action": "fetch", "arguments": {"query": "lamp"}}',
        '{"action": "x"}',
        '{"action": "finish"}',
    ]
)


class Lenient(FakeLanguageModel):
    """What is no step is refused as the gateway refuses it."""

    async def structured(self, prompt, answer, *, purpose):
        try:
            return await super().structured(prompt, answer, purpose=purpose)
        except ValueError:
            raise UnusableAnswerError("no step") from None


@given(script=st.lists(NATIVE | IN_WORDS, min_size=1, max_size=12), steps=st.integers(1, 8))
def test_it_ends_inside_its_bounds_and_shows_only_what_was_found(script, steps: int) -> None:
    world = AgentWorld(settings=AgentSettings(step_count=steps))
    model = Lenient(script)
    result = asyncio.run(world.agent(model).investigate(ASKED, run_id="r"))
    assert [one.number for one in result.steps] == list(range(1, len(result.steps) + 1))
    assert len(result.steps) <= steps
    assert len(world.queries) <= steps
    assert {hit.doc_id for hit in world.answerer.hits} <= {hit.doc_id for hit in world.library}
    seen = {number for one in result.steps for number in one.sources}
    assert len(world.answerer.hits) == len(seen) == result.source_count
    assert world.checkpoints.rows == {}


@given(script=st.lists(NATIVE, min_size=1, max_size=6), kept=st.integers(0, 6))
def test_a_run_can_be_taken_up_after_any_step(script, kept: int) -> None:
    """As if the process had died right after a checkpoint: no step is made twice, no number changes."""
    world = AgentWorld()
    asyncio.run(world.agent(Lenient(script)).investigate(ASKED, run_id="r"))
    checkpoint = world.checkpoints.saved[min(kept, len(world.checkpoints.saved) - 1)]
    world.checkpoints.rows["r"] = checkpoint
    asker = Asked("", ASKED.tenant, ASKED.subject)
    result = asyncio.run(world.agent(Lenient(script)).resume("r", asker=asker))
    assert result.steps[: len(checkpoint.steps)] == checkpoint.steps
    assert len(result.steps) <= 8
