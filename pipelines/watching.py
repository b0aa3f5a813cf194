"""What changed in the watched sources: told by file events, and found by looking at all of them from time to time.

No file is read. A look compares paths, sizes, times and access labels with those of the look before.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core.config import RedactionSettings, Settings, VaultSettings
from core.documents import Source, SourceKind
from core.errors import FolioError
from core.ports import Clock
from folio.veils import create_veils
from ingest.pii.file_names import Veil
from ingest.sources.opening import open_source
from ingest.sources.scan import Scan
from ingest.sources.watching import FolderWatcher
from ingest.veils import Veils
from pipelines.ledger import EVERYTHING, NOTHING, Changes

# On every run that covers all sources: the digest of what was there just before it looked.
SEEN_TAG = "folio/seen"
# On every run that covers the paths that changed, and no others: how many they are.
CHANGES_TAG = "folio/changes"

# Where events cannot be had, at most this share of the time goes into looking.
_BLIND_SHARE = 0.2

_State = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class View:
    """One look at a source: files by path. If it is not `complete`, there may be more of them."""

    rows: Mapping[str, _State] = field(default_factory=dict)
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Watched:
    """The state of all watched sources as one digest."""

    digest: str
    file_count: int = 0


def watched(sources: Iterable[Source]) -> list[Source]:
    """The sources that are synced when they change; the others have a schedule of their own."""
    return [source for source in sources if source.options.schedule is None]


def look(sources: Sequence[Source], *, settings: Settings) -> Watched:
    """Look at every file of every watched source."""
    veils = create_veils(settings)
    views = {
        source.source_id: view(source, settings=settings, others=sources, veil=veils.of(source))
        for source in watched(sources)
    }
    return digest_of(views)


def digest_of(views: Mapping[str, View]) -> Watched:
    """The digest of what was seen in each source, by source id."""
    digest, count = hashlib.sha256(), 0
    for source_id in sorted(views):
        for path, state in sorted(views[source_id].rows.items()):
            digest.update(repr((source_id, path, *state)).encode(errors="surrogateescape"))
            count += 1
    return Watched(digest.hexdigest(), count)


def view(
    source: Source,
    *,
    settings: Settings,
    others: Sequence[Source],
    only: tuple[str, ...] | None = None,
    veil: Veil | None = None,
) -> View:
    """Look at a source, or at the part of it that `only` covers. A source that cannot be looked at is not complete.

    With a `veil` the paths of what is seen are veiled: they are told to Dagster, which keeps them.
    """
    if source.kind is SourceKind.JSONL:
        # A corpus is one file here: its lines are read by the sync only.
        return _corpus(Path(source.root))
    try:
        scan = open_source(source, settings=settings, others=others, veil=veil).scan(only)
    except FolioError:
        return View(complete=False)
    return View(dict(_rows(scan)), scan.complete)


def _rows(scan: Scan) -> Iterable[tuple[str, _State]]:
    for file in (*scan.candidates, *(refusal.candidate for refusal in scan.refusals)):
        label = f"{file.access.tier}:{','.join(sorted(file.access.groups))}"
        yield file.path, (file.modified_ns, file.size_bytes, label)


def _corpus(file: Path) -> View:
    try:
        state = file.stat()
    except OSError:
        return View(complete=False)
    return View({"": (state.st_mtime_ns, state.st_size, "")})


def compared(before: View, now: View, *, only: tuple[str, ...] | None) -> tuple[View, set[str]]:
    """What is known after a look, and which paths are new, different or gone by it.

    What an incomplete look did not find may still be there. A source that became complete or stopped to be has changed as
    a whole: its path is "".
    """
    gone = _covered(before.rows, only) - now.rows.keys() if now.complete else set()
    kept = {path: state for path, state in before.rows.items() if path not in gone}
    complete = now.complete and (only is None or before.complete)
    changed = gone | {path for path, state in now.rows.items() if before.rows.get(path) != state}
    if before.complete is not complete:
        changed.add("")
    return View({**kept, **now.rows}, complete), changed


def _covered(rows: Mapping[str, _State], only: tuple[str, ...] | None) -> set[str]:
    """The known paths that a look at `only` covers. By lookup, not by comparing each with each: there may be many of both."""
    if only is None:
        return set(rows)
    folders = tuple(part for part in only if part.endswith("/"))
    inside = {path for path in rows if path.startswith(folders)} if folders else set()
    return inside | (rows.keys() & set(only))


class Lookout:
    """Remembers what the sources looked like, and says what differs. Not for several threads at once."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._watcher = FolderWatcher({})
        self._views: dict[str, View] = {}
        self._look_is_due = True
        self._looked_s = float("-inf")
        self._look_seconds = 0.0
        self._veils: tuple[tuple[RedactionSettings, VaultSettings], Veils] | None = None

    @property
    def hears(self) -> bool:
        """Whether events tell what changes. If they do not, every call looks at everything, as far as time allows."""
        return not self._look_is_due

    @property
    def digest(self) -> str:
        """The digest of what is known of all sources."""
        return digest_of(self._views).digest

    @property
    def file_count(self) -> int:
        """How many files are known."""
        return sum(len(seen.rows) for seen in self._views.values())

    def forget(self) -> None:
        """Begin anew: what was told may not have been dealt with."""
        self._views.clear()
        self._look_is_due = True
        self._looked_s = float("-inf")

    def shown(self, source: Source, path: str, *, settings: Settings) -> str:
        """A path of a source as it may be kept: without personal data in its names, where the source is redacted."""
        veil = self._veil(source, settings)
        return veil.path(path) if veil else path

    def stop(self) -> None:
        """End the thread that listens to events."""
        self._watcher.stop()

    def changes(self, sources: Sequence[Source], *, settings: Settings) -> Changes:
        """What changed since the last call. The first call, and the first after `forget`, says everything."""
        self._follow(watched(sources))
        taken = self._watcher.take()
        told = frozenset() if not isinstance(taken, frozenset) else taken
        self._look_is_due |= not isinstance(taken, frozenset)
        if self._may_look(settings):
            return self._look_at_all(sources, settings)
        parts = _by_source(told)
        corpora = [source for source in watched(sources) if source.kind is SourceKind.JSONL]
        parts |= {source.source_id: None for source in corpora}
        known = {source.source_id: source for source in sources if source.source_id in self._views}
        return Changes.of(
            (source_id, path)
            for source_id, only in parts.items()
            if source_id in known
            for path in self._look_at(known[source_id], only, sources=sources, settings=settings)
        )

    def _may_look(self, settings: Settings) -> bool:
        """Whether to look at everything now: in time, and at once if events say so or may be missing, but not all the time."""
        since_s = self._clock.monotonic_s() - self._looked_s
        if not self._look_is_due:
            return since_s >= settings.dagster.scan_interval_s
        return since_s >= max(settings.dagster.sensor_interval_s, self._look_seconds / _BLIND_SHARE)

    def _look_at_all(self, sources: Sequence[Source], settings: Settings) -> Changes:
        started_s = self._clock.monotonic_s()
        self._look_is_due = False
        first = not self._views
        changes = NOTHING
        for source in watched(sources):
            paths = self._look_at(source, None, sources=sources, settings=settings)
            changes |= Changes.of((source.source_id, path) for path in paths)
        self._looked_s = self._clock.monotonic_s()
        self._look_seconds = self._looked_s - started_s
        return EVERYTHING if first and self._views else changes

    def _look_at(
        self, source: Source, only: tuple[str, ...] | None, *, sources: Sequence[Source], settings: Settings
    ) -> set[str]:
        before, veil = self._views.get(source.source_id, View()), self._veil(source, settings)
        now = view(source, settings=settings, others=sources, only=only, veil=veil)
        # File events name what is on disk; what is known, and is told, is veiled.
        covered = only if only is None or veil is None else tuple(map(veil.path, only))
        self._views[source.source_id], changed = compared(before, now, only=covered)
        return changed

    def _veil(self, source: Source, settings: Settings) -> Veil | None:
        # Kept while the settings are what they were: a veil knows what it has veiled, and its key is in a file.
        if self._veils is None or self._veils[0] != (settings.redaction, settings.vault):
            self._veils = (settings.redaction, settings.vault), create_veils(settings)
        return self._veils[1].of(source)

    def _follow(self, sources: Sequence[Source]) -> None:
        """Watch the folders of these sources, and forget those that are gone."""
        ids = {source.source_id for source in sources}
        for gone in self._views.keys() - ids:
            del self._views[gone]
        folders = {
            source.source_id: Path(source.root) for source in sources if source.kind is SourceKind.FOLDER
        }
        self._look_is_due |= bool(ids - self._views.keys())
        if folders != self._watcher.folders or not self._watcher.is_running:
            self._watcher.stop()
            self._watcher = FolderWatcher(folders, clock=self._clock)
            self._watcher.start()


def _by_source(paths: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...] | None]:
    """The parts of each source, as a scan takes them; "" is the whole source."""
    grouped: dict[str, set[str]] = {}
    for source_id, path in paths:
        grouped.setdefault(source_id, set()).add(path)
    return {source_id: None if "" in found else tuple(sorted(found)) for source_id, found in grouped.items()}
