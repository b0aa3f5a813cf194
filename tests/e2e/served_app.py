"""A small application under the API's own server: `python -m tests.e2e.served_app PORT WORKERS [SETTING=VALUE ...]`."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import uvicorn
from starlette.types import Receive, Scope, Send

from api.serving import server_options
from core.config import Settings
from core.service_settings import ApiSettings
from core.stream_settings import StreamSettings


def create_app() -> Any:
    """Answers with its process id; `/slow` takes a second, `/endless` an hour, `/length` tells that of the body."""

    async def app(scope: Scope, _receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            message = await _receive()
            while message["type"] != "lifespan.shutdown":
                await send({"type": "lifespan.startup.complete"})
                message = await _receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        text = str(os.getpid()).encode()
        if scope["path"] == "/length":
            text = str(await length(_receive)).encode()
        await asyncio.sleep({"/slow": 1.0, "/endless": 3600.0}.get(scope["path"], 0.0))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": text})

    return app


async def length(receive: Receive) -> int:
    """Bytes in the body of a request."""
    count, more = 0, True
    while more:
        message = await receive()
        count, more = count + len(message.get("body", b"")), message.get("more_body", False)
    return count


def main(port: str, workers: str, *given: str) -> None:
    """Serve until told to stop."""
    values = dict(one.split("=") for one in given)
    drain_s = float(values.pop("drain_s", "5"))
    api = ApiSettings.model_validate({"port": int(port), "worker_count": int(workers), **values})
    settings = Settings(home=Path("unused"), api=api, streams=StreamSettings(drain_s=drain_s))
    uvicorn.run("tests.e2e.served_app:create_app", **server_options(settings))


if __name__ == "__main__":
    main(*sys.argv[1:])
