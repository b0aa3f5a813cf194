"""A service of its own process over the fake knowledge base, which takes `pause_s` for each sentence: to be told to stop.

python -m tests.fakes.streaming_service HOME PORT PAUSE_S DRAIN_S
"""

import asyncio
import math
import sys
from pathlib import Path

import uvicorn

from api.app import create_app
from core.config import Settings
from core.stream_settings import StreamSettings
from tests.fakes.knowledge_base import FakeKnowledgeBase


class SlowEvent(asyncio.Event):
    """Is waited for as long as a pause."""

    def __init__(self, pause_s: float) -> None:
        super().__init__()
        self._pause_s = pause_s

    async def wait(self) -> bool:
        await asyncio.sleep(self._pause_s)
        return True


def main(home: str, port: str, pause_s: str, drain_s: str) -> None:
    knowledge_base = FakeKnowledgeBase()
    knowledge_base.add("leave.txt", "thirty days of leave")
    knowledge_base.script = ("It is paid.", "Ask in April.")
    knowledge_base.may_write = SlowEvent(float(pause_s))
    settings = Settings(home=Path(home), streams=StreamSettings(drain_s=float(drain_s)))
    app = create_app(settings, knowledge_base=knowledge_base)
    uvicorn.run(
        app,
        port=int(port),
        log_level="warning",
        timeout_graceful_shutdown=math.ceil(settings.streams.drain_s) + 2,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
