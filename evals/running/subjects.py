"""What is live, as a subject: by the documents of the catalog, not by the settings, which may be of tomorrow."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from core import ids
from core.config import Settings
from core.documents import DocumentState
from core.eval_subjects import Subject, SubjectPart
from evals.running.baselines import known_result
from folio.assembly import Parts, create_engine
from folio.release_subjects import PIPELINE, wanted_subject
from folio.unindexed import all_documents

if TYPE_CHECKING:
    from store.catalog.catalog import SqlCatalog

_LOOKED_AT = 20


async def live_subject(settings: Settings, parts: Parts, catalog: "SqlCatalog") -> Subject:
    """What is searched now.

    Where documents were indexed by other settings than those in effect, the index is that of the evaluation that knows these
    settings, or else one that no settings have: what is measured on it releases nothing new.
    """
    subject = await wanted_subject(parts.settings, catalog.prompt_releases, embedder=parts.embedder)
    made_by = await _fingerprints(settings, parts, catalog)
    if made_by <= {""}:
        return subject
    recorded = await _recorded(settings, catalog, made_by) if len(made_by) == 1 else {}
    index = recorded or {"index.mixed": ids.fingerprint({"pipelines": sorted(made_by)})}
    return Subject({**subject.without(SubjectPart.INDEX).values, **index})


async def _fingerprints(settings: Settings, parts: Parts, catalog: "SqlCatalog") -> set[str]:
    """Pipeline fingerprints of indexed documents; empty for those that the settings in effect would give them."""
    engine = create_engine(parts.settings, parts, catalog)
    sources = await catalog.sources(settings.access.tenant)
    now = {source.source_id: engine.fingerprint_of(source) for source in sources}
    indexed = all_documents(catalog, settings.access.tenant, states=(DocumentState.INDEXED,))
    return {
        "" if row.fingerprint == now.get(row.source_id) else row.fingerprint or "unknown"
        async for row in indexed
    }


async def _recorded(settings: Settings, catalog: "SqlCatalog", made_by: set[str]) -> Mapping[str, str]:
    """The index values of the latest evaluation of an index that was made by this pipeline; empty if none is known."""
    for run in await catalog.eval_runs.latest(settings.access.tenant, limit=_LOOKED_AT):
        known = known_result(run)
        values = known.subject if known else {}
        if values.get(f"{SubjectPart.INDEX.value}.{PIPELINE}") in made_by:
            return {name: value for name, value in values.items() if name.startswith("index.")}
    return {}
