"""The embedded store as `folio up` has it: a process of its own, here one for a measurement."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from core.config import Settings


@asynccontextmanager
async def store_process(settings: Settings) -> AsyncIterator[int]:
    """Run the store process of a home; its process id. It is up when this is entered and gone at the end."""
    command = [sys.executable, "-m", "store.vectors.embedded", "--folder", str(settings.home / "vectors")]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    try:
        if process.stdout is not None:
            await process.stdout.readline()
        yield process.pid
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
