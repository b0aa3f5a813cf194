"""Child processes of a supervisor: own groups, own log files, and none of them is left behind."""

import asyncio
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from core.errors import DependencyDownError
from folio.guardian import signal_group

_POLL_S = 0.1
_TAIL_LINES = 12
_TAIL_BYTES = 8 * 1024


class Child:
    """A process and everything it starts: one process group, named by its process id."""

    def __init__(self, name: str, *, process: asyncio.subprocess.Process, log: Path) -> None:
        self.name = name
        self.log = log
        self._process = process

    @property
    def pid(self) -> int:
        """The process id, which is also the id of its group."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether the process has not ended."""
        return self._process.returncode is None

    async def wait_until_ready(self, probe: Callable[[], Awaitable[bool]], *, timeout_s: float) -> None:
        """Return when the probe says yes.

        Raises:
            DependencyDownError: The process ended, or was not ready in time. Quotes the end of its log.
        """
        deadline_s = time.monotonic() + timeout_s
        while self.running:
            if await probe():
                return
            if time.monotonic() > deadline_s:
                raise DependencyDownError(f"{self.name} was not ready after {timeout_s:g} s. {self._quote()}")
            await asyncio.sleep(_POLL_S)
        raise self.ended()

    async def wait(self) -> None:
        """Return when the process has ended."""
        await self._process.wait()

    def ended(self) -> DependencyDownError:
        """The error for a process that ended by itself."""
        return DependencyDownError(
            f"{self.name} ended unexpectedly (exit status {self._process.returncode}). {self._quote()}"
        )

    async def stop(self, *, patience_s: float) -> None:
        """Ask the group to end, and kill what has not after `patience_s`."""
        deadline_s = time.monotonic() + patience_s
        left = signal_group(self.pid, signal.SIGTERM)
        while left and time.monotonic() < deadline_s:
            await asyncio.sleep(_POLL_S)
            left = signal_group(self.pid, 0)
        if left:
            signal_group(self.pid, signal.SIGKILL)
        await self._process.wait()

    def _quote(self) -> str:
        lines = _tail(self.log)
        quoted = "".join(f"\n  | {line}" for line in lines) or " (it is empty)"
        return f"The end of {self.log}:{quoted}"


class Children:
    """Starts children; stops all of them at the end, last one first, and also if this process is killed."""

    def __init__(self, *, log_folder: Path, environment: Mapping[str, str], patience_s: float = 15.0) -> None:
        self._log_folder = log_folder
        self._environment = dict(environment)
        self._patience_s = patience_s
        self._children: list[Child] = []
        self._guardian: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        """Start the guardian.

        Raises:
            DependencyDownError: The folder for logs cannot be made.
        """
        try:
            self._log_folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DependencyDownError(f"cannot write logs to {self._log_folder}: {error.strerror}") from error
        self._guardian = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "folio.guardian"),
            stdin=asyncio.subprocess.PIPE,
            env=self._environment,
            start_new_session=True,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop everything that was started."""
        while self._children:
            await self.stop(self._children[-1])
        if self._guardian is not None and self._guardian.stdin is not None:
            self._guardian.stdin.close()
            await self._guardian.wait()

    async def start(self, name: str, arguments: Sequence[str]) -> Child:
        """Start a program in a group of its own. Its output goes to `<name>.log`; the log before is kept as `.log.1`."""
        path = self._log_folder / f"{name}.log"
        if path.exists():
            path.replace(path.with_suffix(".log.1"))
        with path.open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                *arguments,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=asyncio.subprocess.STDOUT,
                env=self._environment,
                start_new_session=True,
            )
        child = Child(name, process=process, log=path)
        self._children.append(child)
        self._tell(f"+{child.pid}")
        return child

    async def stop(self, child: Child) -> None:
        """Stop one child, and do not look after it any more."""
        await child.stop(patience_s=self._patience_s)
        self._children.remove(child)
        self._tell(f"-{child.pid}")

    async def first_end(self) -> Child:
        """Wait until one of the children that run now ends, and return it."""
        waiting = {asyncio.create_task(child.wait()): child for child in self._children}
        try:
            done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()
        return waiting[done.pop()]

    def _tell(self, line: str) -> None:
        # A few bytes: they fit the pipe, so nothing waits. A guardian that died must not stop the service.
        if (
            self._guardian is not None
            and self._guardian.stdin is not None
            and self._guardian.returncode is None
        ):
            self._guardian.stdin.write(f"{line}\n".encode())


def _tail(log: Path) -> list[str]:
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - _TAIL_BYTES))
        text = file.read().decode(errors="replace")
    return [line for line in text.splitlines() if line.strip()][-_TAIL_LINES:]
