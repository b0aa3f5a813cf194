"""A run that was broken off goes on where it stood, with what may be read now."""

from dataclasses import replace

import pytest

from core.agents import AgentEnd, StepOutcome
from core.answer_ports import Asked
from core.answer_settings import AgentSettings
from core.errors import DependencyDownError, InvalidInputError
from core.language_models import Completion
from tests.fakes.agent_world import ACME, ASKED, LAMP, AgentWorld, done, search
from tests.fakes.language_model import FakeLanguageModel

ASKER = Asked("", ASKED.tenant, ASKED.subject)


async def broken_off(world: AgentWorld, *answers) -> None:
    model = FakeLanguageModel([*answers, DependencyDownError("the model is down")])
    with pytest.raises(DependencyDownError):
        await world.agent(model).investigate(ASKED, run_id="r1")


async def test_steps_that_were_made_are_not_made_again() -> None:
    world = AgentWorld()
    await broken_off(world, search("lamp"))
    model = FakeLanguageModel([search("acme"), done()])
    result = await world.agent(model).resume("r1", asker=ASKER)
    assert world.queries == ["lamp", "acme"]
    assert [one.number for one in result.steps] == [1, 2]
    assert world.answerer.hits == [LAMP, ACME]
    opening = model.prompts[0].messages[-1].text
    assert LAMP.text in opening
    assert '"source": 1' in opening
    assert "Steps that are left: 7" in opening
    assert ASKED.question in opening
    assert world.checkpoints.rows == {}


async def test_no_word_of_a_document_is_kept() -> None:
    world = AgentWorld()
    await broken_off(world, search("lamp"))
    kept = repr(world.checkpoints.saved) + str([one.question for one in world.checkpoints.saved])
    assert "lamp is made" not in kept
    assert world.checkpoints.saved[-1].sources[0].doc_id == "lamp"


async def test_a_document_that_was_deleted_meanwhile_is_gone() -> None:
    world = AgentWorld()
    await broken_off(world, search("lamp acme"))
    world.library.remove(LAMP)
    model = FakeLanguageModel([done()])
    result = await world.agent(model).resume("r1", asker=ASKER)
    assert LAMP.text not in model.prompts[0].messages[-1].text
    assert '"source": 2' in model.prompts[0].messages[-1].text, "numbers stay"
    assert world.answerer.hits == [ACME]
    assert result.source_count == 1


async def test_one_that_was_changed_meanwhile_is_gone_too() -> None:
    world = AgentWorld()
    await broken_off(world, search("lamp"))
    world.library[0] = replace(LAMP, version=2, text="The lamp is made by nobody.")
    model = FakeLanguageModel([done()])
    await world.agent(model).resume("r1", asker=ASKER)
    assert world.answerer.hits == []


async def test_the_time_that_was_left_and_the_tokens_go_on() -> None:
    world = AgentWorld(settings=AgentSettings(total_s=100))

    class Slow(FakeLanguageModel):
        async def complete(self, prompt, *, purpose) -> Completion:
            world.clock.advance(60)
            return await super().complete(prompt, purpose=purpose)

    model = Slow([search("lamp"), DependencyDownError("down")])
    with pytest.raises(DependencyDownError):
        await world.agent(model).investigate(ASKED, run_id="r1")
    assert world.checkpoints.saved[-1].left_s == 40
    result = await world.agent(Slow([search("acme"), done()])).resume("r1", asker=ASKER)
    assert (result.ended, result.token_count) == (AgentEnd.TIME, 220)


async def test_steps_in_words_stay_in_words() -> None:
    world = AgentWorld()
    await broken_off(
        world, Completion("", "m", "fake"), '{"action": "search", "arguments": {"query": "lamp"}}'
    )
    model = FakeLanguageModel(['{"action": "finish"}'])
    result = await world.agent(model).resume("r1", asker=ASKER)
    assert (model.prompts[0].tools, result.ended) == ((), AgentEnd.FINISHED)
    assert result.steps[0].outcome is StepOutcome.FOUND


async def test_of_two_that_go_on_at_once_one_is_told_so() -> None:
    world = AgentWorld()
    await broken_off(world, search("lamp"))
    stale = world.checkpoints.rows["r1"]
    first = world.agent(FakeLanguageModel([search("acme"), DependencyDownError("down")]))
    with pytest.raises(DependencyDownError):
        await first.resume("r1", asker=ASKER)
    with pytest.raises(InvalidInputError):
        await world.checkpoints.save(replace(stale, revision=stale.revision + 1))


async def test_after_its_time_it_is_forgotten() -> None:
    world = AgentWorld(settings=AgentSettings(keep_s=10))
    await broken_off(world, search("lamp"))
    world.clock.advance(11)
    await world.agent(FakeLanguageModel([search("acme"), done()])).investigate(ASKED, run_id="r2")
    assert world.checkpoints.rows == {}
