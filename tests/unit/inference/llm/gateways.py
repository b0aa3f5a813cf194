"""A gateway over servers of this process."""

from dataclasses import dataclass, field

from core.language_model_ports import ChatProvider
from core.language_models import CallPurpose, Message, Prompt, Role
from core.llm_settings import LlmSettings
from inference.llm.attempts import Asking
from inference.llm.factory import create_gateway
from inference.llm.gateway import Gateway
from tests.fakes.call_log import FakeCallLog
from tests.fakes.chat_server import ChatServer
from tests.fakes.clock import FakeClock

PURPOSE = CallPurpose("acme", "answer", subject="ann")
PROMPT = Prompt((Message(Role.SYSTEM, "Be brief."), Message(Role.USER, "Say hello.")), max_tokens=50)


@dataclass
class Waits:
    """Sleeps by moving the clock, and remembers for how long."""

    clock: FakeClock
    seconds: list[float] = field(default_factory=list)

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        self.clock.advance(seconds)


@dataclass
class Bench:
    """A gateway with what stands around it."""

    gateway: Gateway
    log: FakeCallLog
    clock: FakeClock
    waits: Waits


OPEN: list[Gateway | ChatProvider] = []
"""Closed after each test."""


def bench(server: ChatServer, *others: ChatServer, **settings: object) -> Bench:
    """A gateway that asks `server` first, then the others in order. Settings are those of `llm`."""
    values = {
        "model": "model-0",
        "base_url": server.url,
        "api_key": "key-0",
        "fallbacks": [
            {"model": f"model-{n}", "base_url": other.url} for n, other in enumerate(others, start=1)
        ],
        **settings,
    }
    chosen = LlmSettings.model_validate(values)
    log, clock = FakeCallLog(), FakeClock()
    waits = Waits(clock)
    gateway = create_gateway(chosen, log=log, clock=clock, asking=Asking(chosen, sleep=waits))
    assert gateway is not None
    OPEN.append(gateway)
    return Bench(gateway, log, clock, waits)
