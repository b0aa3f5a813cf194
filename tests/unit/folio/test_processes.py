"""Real, tiny children."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from core.errors import DependencyDownError
from folio.guardian import groups_left
from folio.processes import Child, Children

SLEEPER = "import time; print('up', flush=True); time.sleep(60)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
PARENT = f"import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', {SLEEPER!r}]).pid, flush=True); input()"


@pytest.fixture
async def children(tmp_path: Path) -> AsyncIterator[Children]:
    async with Children(
        log_folder=tmp_path / "logs", environment=dict(os.environ), patience_s=0.5
    ) as children:
        yield children


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


async def says_something(child: Child) -> None:
    async def spoke() -> bool:
        return bool(child.log.read_text().strip())

    await child.wait_until_ready(spoke, timeout_s=30)


async def number_said(child: Child) -> int:
    """The first number in the log: others may write there before it."""

    def numbers() -> list[str]:
        return [word for word in child.log.read_text().split() if word.isdigit()]

    async def said() -> bool:
        return bool(numbers())

    await child.wait_until_ready(said, timeout_s=30)
    return int(numbers()[0])


def alive(pid: int) -> bool:
    """Whether a process runs; one that ended and was not waited for does not."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def eventually(condition: Callable[[], bool]) -> bool:
    deadline_s = time.monotonic() + 20
    while not condition() and time.monotonic() < deadline_s:
        time.sleep(0.05)
    return condition()


async def test_a_child_has_a_group_and_a_log_of_its_own(children: Children) -> None:
    child = await children.start("sleeper", python(SLEEPER))
    await says_something(child)

    assert os.getpgid(child.pid) == child.pid != os.getpgid(0)
    assert child.log.read_text() == "up\n"


async def test_the_log_before_is_kept(children: Children) -> None:
    for word in ("first", "second"):
        child = await children.start("echo", python(f"print({word!r})"))
        await child.wait()
        await children.stop(child)

    assert child.log.read_text() == "second\n"
    assert child.log.with_suffix(".log.1").read_text() == "first\n"


async def test_a_child_that_ends_before_it_is_ready_is_an_error_with_its_last_words(
    children: Children,
) -> None:
    child = await children.start("broken", python("raise SystemExit('the disk is on fire')"))

    async def never() -> bool:
        return False

    with pytest.raises(DependencyDownError, match=r"broken ended .*exit status 1(.|\n)*the disk is on fire"):
        await child.wait_until_ready(never, timeout_s=30)


async def test_a_child_that_is_not_ready_in_time_is_an_error_with_the_limit(children: Children) -> None:
    child = await children.start("slow", python(SLEEPER))

    async def never() -> bool:
        return False

    with pytest.raises(DependencyDownError, match=r"slow was not ready after 0\.2 s"):
        await child.wait_until_ready(never, timeout_s=0.2)


async def test_a_child_that_ignores_sigterm_is_killed(children: Children) -> None:
    child = await children.start("stubborn", python(STUBBORN))
    await says_something(child)
    await children.stop(child)

    assert not child.running
    assert not alive(child.pid)


async def test_grandchildren_are_stopped_too(children: Children) -> None:
    child = await children.start("parent", python(PARENT.replace("input()", "import time; time.sleep(60)")))
    grandchild = await number_said(child)
    assert alive(grandchild)
    await children.stop(child)

    assert eventually(lambda: not alive(grandchild))


async def test_the_first_child_that_ends_is_named(children: Children) -> None:
    await children.start("sleeper", python(SLEEPER))
    short = await children.start("short", python("pass"))

    ended = await asyncio.wait_for(children.first_end(), timeout=30)

    assert ended is short
    assert "short ended unexpectedly (exit status 0)" in ended.ended().detail


async def test_leaving_stops_everything(tmp_path: Path) -> None:
    async with Children(log_folder=tmp_path, environment=dict(os.environ)) as children:
        pids = [(await children.start(name, python(SLEEPER))).pid for name in ("a", "b")]

    assert not any(alive(pid) for pid in pids)


SUPERVISOR = f"""
import asyncio, os, sys
from pathlib import Path
from folio.processes import Children

async def main():
    async with Children(log_folder=Path(sys.argv[1]), environment=dict(os.environ)) as children:
        child = await children.start("sleeper", (sys.executable, "-c", {SLEEPER!r}))
        print(child.pid, flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


def test_children_of_a_killed_supervisor_do_not_survive_it(tmp_path: Path) -> None:
    with subprocess.Popen([*python(SUPERVISOR), str(tmp_path)], stdout=subprocess.PIPE) as supervisor:
        assert supervisor.stdout is not None
        pid = int(supervisor.stdout.readline())
        assert alive(pid)
        supervisor.send_signal(signal.SIGKILL)

    assert eventually(lambda: not alive(pid))


def test_the_guardian_forgets_what_was_stopped() -> None:
    assert groups_left(["+11\n", "+12\n", "-11\n"]) == {12}
