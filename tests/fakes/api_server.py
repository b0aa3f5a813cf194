"""The whole service on a port of its own, in a thread: real HTTP, for clients that know nothing of our tests."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from api.app import create_app
from core.config import Settings


@contextmanager
def served(settings: Settings, knowledge_base: Any = None) -> Iterator[str]:
    """The address of the service, up to the port."""
    app = create_app(settings, knowledge_base=knowledge_base)
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    web = uvicorn.Server(uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=2))
    thread = threading.Thread(target=lambda: asyncio.run(web.serve(sockets=[listener])), daemon=True)
    thread.start()
    try:
        while not web.started and thread.is_alive():
            time.sleep(0.02)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        web.should_exit = True
        thread.join(timeout=20)
        listener.close()
