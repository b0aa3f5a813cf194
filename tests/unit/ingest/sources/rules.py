"""Rules of a source, for tests that open one by hand."""

from pathlib import Path

from core.config import load_settings
from core.documents import Source, SourceKind, SourceOptions
from ingest.sources.selection import Selection, selection


def selected(*, options: SourceOptions | None = None, **ingest: object) -> Selection:
    """What settings say, `settle_s` 0 where nothing else is said, and the options of a source named `docs`."""
    settings = load_settings(home=Path("unused"), ingest={"settle_s": 0.0, **ingest})
    source = Source("id", SourceKind.FOLDER, "/docs", name="docs", options=options or SourceOptions())
    return selection(source, settings)
