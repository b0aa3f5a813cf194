"""One question of an agent while it is worked on."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from core.agents import AgentStep, Checkpoint
from core.answer_ports import Asked
from core.answer_settings import AgentSettings
from core.errors import FolioError
from generation.agent.sources import Sources


@dataclass(slots=True)
class Run:
    """Where it stands. `ends_s` is the monotonic second at which its time is over; `failure` is that of a tool."""

    run_id: str
    asked: Asked
    ends_s: float
    steps: list[AgentStep] = field(default_factory=list)
    sources: Sources = field(default_factory=Sources)
    in_words: bool = False
    token_count: int = 0
    revision: int = 0
    failure: FolioError | None = None
    prompt_version: str = ""

    @classmethod
    def of(cls, checkpoint: Checkpoint, asker: Asked, *, now_s: float) -> "Run":
        """The run as it was kept, for somebody who asks it on."""
        return cls(
            run_id=checkpoint.run_id,
            asked=replace(asker, question=checkpoint.question, language=checkpoint.language),
            ends_s=now_s + checkpoint.left_s,
            steps=list(checkpoint.steps),
            sources=Sources(list(checkpoint.sources)),
            in_words=checkpoint.in_words,
            token_count=checkpoint.token_count,
            revision=checkpoint.revision,
        )

    def kept(self, settings: AgentSettings, *, now: datetime, now_s: float) -> Checkpoint:
        """What is to be kept of it: the next revision."""
        return Checkpoint(
            run_id=self.run_id,
            tenant=self.asked.tenant,
            subject=self.asked.subject,
            question=self.asked.question,
            expires_at=now + timedelta(seconds=settings.keep_s),
            language=self.asked.language,
            steps=tuple(self.steps),
            sources=tuple(self.sources.places),
            in_words=self.in_words,
            left_s=max(self.ends_s - now_s, 0.0),
            token_count=self.token_count,
            revision=self.revision + 1,
        )
