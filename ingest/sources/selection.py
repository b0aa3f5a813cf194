"""Which files of a source are documents: what the source itself says, else the settings."""

from dataclasses import dataclass

from core.access import AccessLabel
from core.config import Settings
from core.documents import Source
from ingest.sources.globs import matches_any


@dataclass(frozen=True, slots=True)
class Limit:
    """A value that decides over files, and what a user calls it who wants to change it."""

    value: int
    called: str = "FOLIO_INGEST__MAX_FILE_BYTES"


@dataclass(frozen=True, slots=True)
class Globs:
    """Patterns that decide over files, and what a user calls them."""

    patterns: tuple[str, ...]
    called: str


@dataclass(frozen=True, slots=True)
class Selection:
    """The rules of one source. `default` labels documents for which nothing nearer does; `settle_s` is `ingest.settle_s`."""

    include: Globs
    exclude: Globs
    max_file_bytes: Limit
    default: AccessLabel
    settle_s: float = 0.0

    def left_out_by(self, path: str) -> str | None:
        """What leaves a relative path out, as a user calls it; None: it is in."""
        if matches_any(path, self.exclude.patterns):
            return self.exclude.called
        return None if matches_any(path, self.include.patterns) else self.include.called


def selection(source: Source, settings: Settings) -> Selection:
    """The rules of a source: its own options first."""
    options, ingest, access = source.options, settings.ingest, settings.access
    of_source = f"of the source '{source.name or source.root}'"
    return Selection(
        include=_globs(options.include, ingest.include, "include", of_source),
        exclude=_globs(options.exclude, ingest.exclude, "exclude", of_source),
        max_file_bytes=(
            Limit(ingest.max_file_bytes)
            if options.max_file_bytes is None
            else Limit(options.max_file_bytes, f"max_file_bytes {of_source}")
        ),
        default=AccessLabel(
            source.tenant,
            access.document_tier if options.tier is None else options.tier,
            frozenset(access.document_groups) if options.groups is None else options.groups,
        ),
        settle_s=ingest.settle_s,
    )


def _globs(own: tuple[str, ...] | None, general: tuple[str, ...], name: str, of_source: str) -> Globs:
    return Globs(general, f"ingest.{name}") if own is None else Globs(own, f"{name} {of_source}")
