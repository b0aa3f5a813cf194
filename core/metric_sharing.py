"""Metrics of several worker processes as one: whichever answers, a scrape shows all of them.

prometheus-client keeps each process's numbers in files of a folder and adds them up. The folder is one for the processes of one
machine (or container) over one home; the first process that finds nobody else there empties it.
"""

import fcntl
import os
import re
import shutil
import socket
from dataclasses import dataclass
from pathlib import Path

from prometheus_client import CollectorRegistry, values
from prometheus_client.multiprocess import MultiProcessCollector

from core.config import share_metrics_folder
from core.instruments import Instruments, create_instruments

_LIVE = re.compile(r"gauge_live[a-z]*_(\d+)\.db")
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]")


@dataclass(frozen=True, slots=True)
class SharedMetrics:
    """The instruments of this process, whose numbers stand in a folder. `lock` is held as long as the process lives."""

    instruments: Instruments
    folder: Path
    lock: int

    def registry(self) -> CollectorRegistry:
        """A registry with the sums over all processes, those that have ended included."""
        drop_ended(self.folder)
        registry = CollectorRegistry()
        MultiProcessCollector(registry, path=str(self.folder))  # type: ignore[no-untyped-call]
        return registry


def share_metrics(home: Path) -> SharedMetrics:
    """Keep the numbers of this process with those of others over the same home.

    Raises:
        OSError: The folder cannot be made or written.
    """
    folder = home / "metrics" / _UNSAFE.sub("-", socket.gethostname())
    folder.mkdir(parents=True, exist_ok=True)
    lock = _locked(folder)
    _sweep(folder)
    share_metrics_folder(folder)
    values.ValueClass = values.MultiProcessValue()  # type: ignore[no-untyped-call]
    return SharedMetrics(create_instruments(), folder, lock)


def drop_ended(folder: Path) -> None:
    """Forget the gauges of processes that are gone: nothing is in flight there."""
    for file in folder.glob("gauge_live*.db"):
        found = _LIVE.fullmatch(file.name)
        if found and not _is_alive(int(found[1])):
            file.unlink(missing_ok=True)


def _locked(folder: Path) -> int:
    """A shared lock of the folder, which is emptied first if nobody has one."""
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        pass
    else:
        for file in folder.glob("*.db"):
            file.unlink(missing_ok=True)
    fcntl.flock(lock, fcntl.LOCK_SH)
    return lock


def _sweep(ours: Path) -> None:
    """Remove the folders of machines that nobody counts on any more: containers get a new name each time."""
    for folder in ours.parent.iterdir():
        if folder != ours and (folder / "lock").is_file() and not _is_locked(folder / "lock"):
            shutil.rmtree(folder, ignore_errors=True)


def _is_locked(file: Path) -> bool:
    lock = os.open(file, os.O_RDWR)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(lock)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
