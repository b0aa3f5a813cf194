"""Which subject (see `core.eval_subjects`) the settings of a deployment ask for."""

from collections.abc import Mapping

from core.config import Settings
from core.documents import Source, SourceKind
from core.errors import SettingsError
from core.eval_subjects import Subject, subject_of
from core.ports import Embedder
from core.prompt_releases import PromptReleases
from folio.assembly import create_pipelines
from generation.prompts.shelf import Shelf, ShelvedPrompt
from inference.embed.factory import create_embedder
from inference.lexical.bm25 import Bm25Encoder
from ingest.pipeline import pipeline_fingerprint, pipeline_parts

PIPELINE = "pipeline"
"""Among the values of a subject's index: what the catalog has of documents that were indexed so."""

_ANY_SOURCE = "releases"


async def wanted_subject(
    settings: Settings,
    releases: PromptReleases,
    *,
    embedder: Embedder | None = None,
    versions: Mapping[str, int] | None = None,
) -> Subject:
    """What these settings ask for, as a source without options of its own gets it.

    Args:
        settings: In force, or to come into force.
        releases: What was decided about prompts.
        embedder: Of `settings.embedding`, where there is one already.
        versions: Versions of prompts in place of those in use.

    Raises:
        SettingsError: A setting names what there is not; there is no such version of a prompt.
    """
    from folio.prompting import create_shelf

    model = embedder or create_embedder(settings.embedding)
    source = Source(_ANY_SOURCE, SourceKind.FOLDER, "/", settings.access.tenant)
    pipeline = create_pipelines(settings, model).of(source)
    sparse = Bm25Encoder(settings.sparse).fingerprint
    index = pipeline_parts(pipeline, embedder=model.fingerprint, sparse=sparse)
    index[PIPELINE] = pipeline_fingerprint(pipeline, embedder=model.fingerprint, sparse=sparse)
    prompts = await prompts_in_use(create_shelf(settings), releases, versions=versions)
    return subject_of(settings, index=index, prompts=prompts)


async def prompts_in_use(
    shelf: Shelf, releases: PromptReleases, *, versions: Mapping[str, int] | None = None
) -> dict[str, str]:
    """By name of the prompt, the version that everybody gets who tries none, and the hash of its text.

    Raises:
        SettingsError: There is no such version.
    """
    for name, version in (versions or {}).items():
        _found(shelf, name, version)
    decided = await releases.all()
    said: dict[str, str] = {}
    for name in shelf.names:
        known = decided.get(name)
        current = shelf.find(name, known.current) if known else None
        wanted = (versions or {}).get(name)
        prompt = _found(shelf, name, wanted) if wanted else current or shelf.usual(name)
        said[name] = f"{prompt.version} {prompt.hash[:16]}"
    return said


def _found(shelf: Shelf, name: str, version: int) -> ShelvedPrompt:
    prompt = shelf.find(name, version)
    if prompt is None:
        raise SettingsError(f"there is no version {version} of the prompt '{name}'")
    return prompt
