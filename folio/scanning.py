"""The virus-scan hook: a program of the operator's looks at every upload before it is kept."""

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path

from core.errors import DependencyDownError, PermanentError

_CLEAN = 0
_INFECTED = 1
_LOG = logging.getLogger(__name__)


class InfectedUploadError(PermanentError):
    """The scanner says that an upload is infected; nothing of it is kept."""

    status = 422
    code = "infected_upload"


async def scan(command: Sequence[str], file: Path, *, timeout_s: float) -> None:
    """Run the scanner with the file's path as its last argument; without a command every file is clean.

    What it prints is thrown away: it may quote the file.

    Raises:
        InfectedUploadError: It exited with 1.
        DependencyDownError: It cannot be started, takes too long, or exited with anything else but 0.
    """
    if not command:
        return
    try:
        code = await _exit_code(command, file, timeout_s=timeout_s)
    except OSError as error:
        raise _broken(f"cannot be started: {error.strerror}") from error
    except TimeoutError:
        raise _broken(f"took longer than {timeout_s:g} s (api.scan_timeout_s)") from None
    if code == _INFECTED:
        _LOG.warning("an upload was refused: the virus scanner found it infected")
        raise InfectedUploadError("the virus scanner found the upload infected: it was not kept")
    if code != _CLEAN:
        raise _broken(f"ended with exit code {code}")


async def _exit_code(command: Sequence[str], file: Path, *, timeout_s: float) -> int:
    nothing = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(
        *command, str(file), stdin=nothing, stdout=nothing, stderr=nothing
    )
    try:
        async with asyncio.timeout(timeout_s):
            return await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def _broken(why: str) -> DependencyDownError:
    return DependencyDownError(f"the virus scanner {why}: the upload was not kept; check api.scan_command")
