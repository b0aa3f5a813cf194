"""The pipelines of sources as they are wired: by their options, and safe to use from the threads that prepare documents."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from core.config import load_settings
from core.documents import ParsedDocument, Source, SourceKind, SourceOptions
from core.errors import DependencyDownError
from folio.assembly import create_pipelines
from tests.fakes.embedder import FakeEmbedder

TEXT = (
    "Cats purr. Dogs bark. Birds sing. Stocks fell on Monday. Bonds rose on Tuesday. Oil was flat all week. "
    * 40
)
DOCUMENT = ParsedDocument(TEXT, "Note", "text/plain")


class ThreadedEmbedder(FakeEmbedder):
    """Computes in a thread of the running loop's pool, as the models on this machine do."""

    async def embed_passages(self, texts: Sequence[str]) -> list[tuple[float, ...]]:
        return await asyncio.to_thread(asyncio.run, super().embed_passages(texts))


def source(**options: object) -> Source:
    return Source("s", SourceKind.FOLDER, "/s", options=SourceOptions(**options))


async def test_semantic_chunks_are_cut_while_every_thread_is_cutting(home: Path) -> None:
    pipelines = create_pipelines(load_settings(home=home, redaction={"policy": "off"}), ThreadedEmbedder())
    chunker = pipelines.of(source(chunking="semantic")).chunker
    with ThreadPoolExecutor(2) as pool:
        # The embedder of the loop's own pool would wait for ever: both threads wait for it.
        asyncio.get_running_loop().set_default_executor(pool)
        cut = [asyncio.to_thread(chunker.chunk, DOCUMENT) for _ in range(6)]
        found = await asyncio.wait_for(asyncio.gather(*cut), timeout=200)
    assert all(chunks == found[0] for chunks in found)
    assert len(found[0]) > 1


async def test_model_that_is_down_ends_the_cutting(home: Path) -> None:
    class Down(FakeEmbedder):
        async def embed_passages(self, texts: Sequence[str]) -> list[tuple[float, ...]]:
            raise DependencyDownError("the model server does not answer")

    chunker = create_pipelines(load_settings(home=home), Down()).of(source(chunking="semantic")).chunker
    with pytest.raises(DependencyDownError, match="does not answer"):
        await asyncio.to_thread(chunker.chunk, DOCUMENT)


@pytest.mark.parametrize("strategy", ["structure", "sentence", "semantic"])
def test_every_strategy_has_a_pipeline_of_its_own(home: Path, strategy: str) -> None:
    pipelines = create_pipelines(load_settings(home=home), FakeEmbedder())
    chunker = pipelines.of(source(chunking=strategy)).chunker
    plain = pipelines.of(source()).chunker
    assert (chunker.fingerprint == plain.fingerprint) == (strategy == "structure")


@pytest.mark.parametrize("settings_policy", ["off", "standard"])
def test_policy_of_the_source_comes_before_that_of_the_settings(home: Path, settings_policy: str) -> None:
    pipelines = create_pipelines(
        load_settings(home=home, redaction={"policy": settings_policy}), FakeEmbedder()
    )
    prints = {
        policy: pipelines.of(source(redaction=policy)).redactor.fingerprint for policy in ("off", "standard")
    }
    assert prints["off"] == "off" != prints["standard"]
    assert pipelines.of(source()).redactor.fingerprint == prints[settings_policy]


def test_pseudonyms_are_those_of_the_sources_tenant(home: Path) -> None:
    pipelines = create_pipelines(load_settings(home=home), FakeEmbedder())
    own, other = source(redaction="standard"), replace(source(redaction="standard"), tenant="other")
    assert pipelines.of(own).redactor.fingerprint != pipelines.of(other).redactor.fingerprint
    assert pipelines.of(own).chunker is pipelines.of(other).chunker
