"""File events of watched folders: which paths may have changed since somebody last asked.

Events are hints, never the truth: network file systems give none, and a queue of the kernel may overflow unseen. Whoever
uses them also scans from time to time.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Final, Self

from core.clock import SystemClock
from core.ports import Clock
from ingest.sources.access import RULES_FILE
from ingest.sources.ignored import is_ignored

_log = logging.getLogger(__name__)

_STEP_MS = 50
_DEBOUNCE_MS = 400
_TICK_MS = 500
_RETRY_S = 30.0


class Everything(Enum):
    """The one value `EVERYTHING`."""

    EVERYTHING = "everything"


EVERYTHING: Final = Everything.EVERYTHING
"""Anything may have changed: scan all sources."""

Changes = frozenset[tuple[str, str]] | Everything
"""Pairs of source id and relative path, as `SyncTarget.only` takes them, or EVERYTHING.

A path with a slash at its end is a folder and all that is in it; "" is the whole source.
"""


class ChangeCollector:
    """Paths that changed, each once, given out when they have been quiet for a while. Safe to use from several threads.

    Example:
        collector.add({("handbook", "a.md")}, now_s=1.0)
        collector.take(now_s=1.1)  # nothing yet: a.md may still be written
        collector.take(now_s=1.6)  # {("handbook", "a.md")}
    """

    def __init__(self, *, quiet_s: float, longest_s: float, most_count: int) -> None:
        """A path waits until it has been quiet for `quiet_s`, and no longer than `longest_s` since its first change.

        More than `most_count` paths are EVERYTHING.
        """
        self._quiet_s = quiet_s
        self._longest_s = longest_s
        self._most_count = most_count
        self._times_s: dict[tuple[str, str], tuple[float, float]] = {}
        self._everything = True
        self._blind = True
        self._lock = threading.Lock()

    def add(self, paths: Iterable[tuple[str, str]], *, now_s: float) -> None:
        """Note that these have changed just now."""
        with self._lock:
            if self._everything:
                return
            for path in paths:
                first_s, _ = self._times_s.get(path, (now_s, now_s))
                self._times_s[path] = (first_s, now_s)
            if len(self._times_s) > self._most_count:
                self._forget()

    def add_everything(self) -> None:
        """Note that anything may have changed."""
        with self._lock:
            self._forget()

    def blind(self, *, is_blind: bool) -> None:
        """Note whether events are missed from now on. While they are, and once after, `take` gives EVERYTHING."""
        with self._lock:
            if is_blind or self._blind:
                self._forget()
            self._blind = is_blind

    def take(self, *, now_s: float) -> Changes:
        """What has changed and settled since the last call; it is not given out again unless it changes again."""
        with self._lock:
            if self._everything or self._blind:
                self._everything = self._blind
                return EVERYTHING
            ready = frozenset(
                path for path, times_s in self._times_s.items() if self._is_ready(times_s, now_s)
            )
            for path in ready:
                del self._times_s[path]
            return ready

    def _is_ready(self, times_s: tuple[float, float], now_s: float) -> bool:
        first_s, last_s = times_s
        return now_s - last_s >= self._quiet_s or now_s - first_s >= self._longest_s

    def _forget(self) -> None:
        self._times_s.clear()
        self._everything = True


class FolderWatcher:
    """Watches folders in a thread of its own, from `start` to `stop`, and says on request what has changed.

    Contract of `take`: every change to a file of a watched folder that was finished before the call is in the answer of
    this call or of a later one; of several changes to a file one is told. EVERYTHING comes first of all, after more
    changes than are kept, after a folder went away, came back or was replaced, and as long as events cannot be had (not
    started, no watches left in the system, an error). What the caller takes and cannot deal with it gives to
    `put_back`. Hidden and temporary files are left out; a changed `.folio.yaml` is a change of its folder. Include
    and exclude globs are not applied.

    Example:
        with FolderWatcher({source.source_id: Path(source.root)}) as watcher:
            changes = watcher.take()
    """

    def __init__(
        self,
        folders: Mapping[str, Path],
        *,
        quiet_s: float = 0.3,
        longest_s: float = 30.0,
        most_count: int = 5000,
        clock: Clock | None = None,
    ) -> None:
        """`folders` by source id. A change is told when its file has been quiet for `quiet_s`, at most `longest_s` late."""
        self._folders = dict(folders)
        self._clock = clock or SystemClock()
        self._changes = ChangeCollector(quiet_s=quiet_s, longest_s=longest_s, most_count=most_count)
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def folders(self) -> Mapping[str, Path]:
        """What is watched, by source id. For other folders make another watcher."""
        return dict(self._folders)

    @property
    def is_running(self) -> bool:
        """Whether the thread runs. If it does not, `take` gives EVERYTHING."""
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Begin to watch; returns at once. Does nothing if it runs already."""
        if self.is_running:
            return
        self._stopping.clear()
        self._thread = threading.Thread(target=self._run, name="folio-watcher", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop watching and wait for the thread to end: a second at most."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._changes.blind(is_blind=True)

    def take(self) -> Changes:
        """What may have changed since the last call. Never waits; see the class for what is promised."""
        if not self.is_running:
            self._changes.blind(is_blind=True)
        return self._changes.take(now_s=self._clock.monotonic_s())

    def put_back(self, changes: Changes) -> None:
        """Give back what was taken and could not be dealt with: `take` tells it again."""
        if isinstance(changes, Everything):
            self._changes.add_everything()
        else:
            self._changes.add(changes, now_s=self._clock.monotonic_s())

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._watch()
            except Exception as error:  # noqa: BLE001 - the thread's boundary: whatever goes wrong, scanning goes on
                _log.warning("file events cannot be had, all sources are scanned instead: %s", error)
                self._changes.blind(is_blind=True)
                self._stopping.wait(_RETRY_S)
            self._changes.blind(is_blind=True)

    def _watch(self) -> None:
        """Pass events on until told to stop, or until a folder is not the one that is watched any more."""
        watched = self._identities()
        for batch in self._batches(
            [self._folders[source_id] for source_id, known in watched.items() if known]
        ):
            # The first batch, empty or not, comes when the watches are in place.
            self._changes.blind(is_blind=False)
            self._changes.add(
                changed_paths(batch, folders=self._folders, state_of=_state_of),
                now_s=self._clock.monotonic_s(),
            )
            if self._identities() != watched:
                return

    def _batches(self, folders: Sequence[Path]) -> Iterator[set[str]]:
        """Changed paths, or nothing, at least once in a tick."""
        if not folders:
            yield set()
            while not self._stopping.wait(_TICK_MS / 1000):
                yield set()
            return
        from watchfiles import watch

        for batch in watch(
            *folders,
            watch_filter=None,
            debounce=_DEBOUNCE_MS,
            step=_STEP_MS,
            rust_timeout=_TICK_MS,
            yield_on_timeout=True,
            stop_event=self._stopping,
            raise_interrupt=False,
            ignore_permission_denied=True,
        ):
            yield {path for _, path in batch}

    def _identities(self) -> dict[str, tuple[int, int] | None]:
        return {source_id: _identity(folder) for source_id, folder in self._folders.items()}


class PathState(Enum):
    """What is at a path now."""

    FILE = "file"
    FOLDER = "folder"
    NOTHING = "nothing"


def changed_paths(
    paths: Iterable[str], *, folders: Mapping[str, Path], state_of: Callable[[Path], PathState]
) -> set[tuple[str, str]]:
    """The documents that events on absolute paths may concern, in every watched folder that holds them.

    A folder stands for all that is in it: files that were put into a new folder before it was watched, or went away
    with it, have no events of their own.
    """
    found: set[tuple[str, str]] = set()
    for path in map(Path, paths):
        for source_id, folder in folders.items():
            if path.is_relative_to(folder):
                relative = PurePosixPath(path.relative_to(folder).as_posix())
                found |= {(source_id, part) for part in _parts(relative, path=path, state_of=state_of)}
    return found


def _parts(relative: PurePosixPath, *, path: Path, state_of: Callable[[Path], PathState]) -> set[str]:
    """One path as `SyncTarget.only` takes it."""
    if relative == PurePosixPath("."):
        return {""}
    if relative.name == RULES_FILE:
        relative, state = relative.parent, PathState.FOLDER
        if relative == PurePosixPath("."):
            return {""}
    else:
        state = state_of(path)
    if any(is_ignored(name) for name in relative.parts):
        return set()
    text = relative.as_posix()
    by_state = {PathState.FILE: {text}, PathState.FOLDER: {f"{text}/"}, PathState.NOTHING: {text, f"{text}/"}}
    return by_state[state]


def _state_of(path: Path) -> PathState:
    if path.is_symlink():
        return PathState.FILE
    if path.is_dir():
        return PathState.FOLDER
    return PathState.FILE if path.exists() else PathState.NOTHING


def _identity(folder: Path) -> tuple[int, int] | None:
    try:
        state = folder.stat()
    except OSError:
        return None
    return state.st_dev, state.st_ino
