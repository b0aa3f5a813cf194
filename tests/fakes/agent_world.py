"""A small library that an agent looks things up in, and everything around the agent."""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from core.agents import AgentTool, Screen, ToolFindings
from core.answer_ports import AnswerPiece, Asked
from core.answer_settings import AgentSettings
from core.answers import Answer, AnswerSentence, AnswerStatus, Citation
from core.graph import ChunkRef
from core.language_model_ports import LanguageModel
from core.language_models import Completion, Finish, TokenUsage, ToolCall
from core.search import Hit
from generation.agent.agent import Agent, AgentParts
from generation.agent.arguments import FetchArguments, SearchArguments
from tests.fakes.checkpoints import FakeCheckpoints
from tests.fakes.clock import FakeClock
from tests.fakes.hits import hit
from tests.fakes.packaged_prompts import PackagedPrompts

ASKED = Asked("Who leads the maker of the lamp?", "acme", "ann")
LAMP = hit("The lamp is made by Acme.", doc="lamp")
ACME = hit("Acme is led by Ann Weber.", doc="acme")
TOWN = hit("The town has a lake.", doc="town")


class QuotingAnswerer:
    """Implements Answerer: quotes all passages whole. `hits` are those of the last question."""

    def __init__(self) -> None:
        self.hits: list[Hit] = []

    async def answer(self, asked: Asked, hits: Sequence[Hit]) -> Answer:
        self.hits = list(hits)
        cited = tuple(
            Citation(
                one.doc_id, None, one.title, one.path, one.version, None, "", one.text, one.start, one.end
            )
            for one in hits
        )
        sentences = tuple(AnswerSentence(one.text, (place,)) for place, one in enumerate(hits, start=1))
        text = " ".join(f"{one.text} [{place}]" for place, one in enumerate(hits, start=1))
        return Answer(text, AnswerStatus.GROUNDED, None, cited, sentences)

    async def stream(self, asked: Asked, hits: Sequence[Hit]) -> AsyncIterator[AnswerPiece | Answer]:
        yield await self.answer(asked, hits)


@dataclass
class AgentWorld:
    """Tools over `library`: a search finds what shares a word with the query. `screen` may be set."""

    library: list[Hit] = field(default_factory=lambda: [LAMP, ACME, TOWN])
    settings: AgentSettings = field(default_factory=AgentSettings)
    screen: Screen | None = None
    clock: FakeClock = field(default_factory=FakeClock)
    answerer: QuotingAnswerer = field(default_factory=QuotingAnswerer)
    queries: list[str] = field(default_factory=list)
    checkpoints: FakeCheckpoints = field(default_factory=FakeCheckpoints)
    more_tools: tuple[AgentTool, ...] = ()

    def agent(self, model: LanguageModel) -> Agent:
        parts = AgentParts(
            model=model,
            prompts=PackagedPrompts(),
            tools=(*self.tools(), *self.more_tools),
            reader=self,
            answerer=self.answerer,
            checkpoints=self.checkpoints,
            clock=self.clock,
            screen=self.screen,
        )
        return Agent(parts, self.settings)

    def tools(self) -> tuple[AgentTool, ...]:
        return (
            AgentTool("search", "Find passages.", SearchArguments, self._search),
            AgentTool("fetch", "Read on.", FetchArguments, self._fetch),
        )

    async def passages(self, places: Sequence[ChunkRef]) -> list[Hit]:
        known = {ChunkRef(one.doc_id, one.version, one.ordinal): one for one in self.library}
        return [known[place] for place in places if place in known]

    async def _search(self, asked: SearchArguments) -> ToolFindings:
        self.queries.append(asked.query)
        wanted = set(asked.query.casefold().split())
        return ToolFindings(
            tuple(one for one in self.library if wanted & set(one.text.casefold().strip(".").split()))
        )

    async def _fetch(self, asked: FetchArguments) -> ToolFindings:
        return ToolFindings(tuple(one for one in self.library if one.doc_id == asked.doc_id))


def calls(*wanted: tuple[str, object], text: str = "") -> Completion:
    """A model's wish for tools: names, and arguments as an object or as the text that it wrote."""
    made = tuple(
        ToolCall("same-id", name, arguments if isinstance(arguments, str) else json.dumps(arguments))
        for name, arguments in wanted
    )
    return Completion(text, "m", "fake", Finish.TOOLS, TokenUsage(100, 10), made)


def search(query: str) -> Completion:
    return calls(("search", {"query": query}))


def done(text: str = "I have what I need.") -> Completion:
    return Completion(text, "m", "fake", usage=TokenUsage(100, 10))
