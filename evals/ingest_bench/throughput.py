"""How fast a folder becomes searchable, by Folio and by others, each in a process of its own.

What is timed begins with the first file and ends when the last one is stored; models are loaded before.
"""

import asyncio
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from core.config import Settings, load_settings
from evals.peers.llama_index_pipeline import load_llama_index, run_llama_index
from folio.assembly import create_redactor
from folio.knowledge_base import KnowledgeBase
from inference.embed.factory import create_embedder, create_token_counter
from ingest.chunk.structure import StructureChunker
from ingest.parse.kreuzberg_parser import KreuzbergParser

CEILING = "embedding alone"
FOLIO_OFF = "Folio, redaction off"
FOLIO_ON = "Folio, everything on"
PEER = "LlamaIndex pipeline"

WARM_UP = "Anna Miller of Hamburg, anna.miller@example.com, signs the contract for the crane.\n"
"""A text that makes every model load."""
_KIB_ON_LINUX, _BYTES_ON_MAC = 1024, 1


@dataclass(frozen=True, slots=True)
class Throughput:
    """One way to index a folder.

    `cpu_s`: of all its threads; on a busy machine it says more than `seconds`. `peak_mb`: most memory its process ever
    had, 10^6 bytes. `stages`: seconds of work.
    """

    name: str
    chunk_count: int
    seconds: float
    cpu_s: float
    peak_mb: float
    stages: dict[str, float]


def measure(folder: Path) -> list[Throughput]:
    """The same folder, all ways, one after another."""
    ways: dict[str, Callable[[Path], Throughput]] = {
        CEILING: ceiling,
        FOLIO_OFF: folio_off,
        FOLIO_ON: folio_on,
        PEER: peer,
    }
    return [alone(way, folder) for way in ways.values()]


def alone(way: Callable[[Path], Throughput], folder: Path) -> Throughput:
    """The result of one way in a new process, so that nothing is warm and memory counts for it only."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(way, folder).result()


def ceiling(folder: Path) -> Throughput:
    """The model alone: all chunks of the folder are in memory, and are given to it at once."""
    settings = load_settings(redaction={"policy": "off"})
    texts = _embedding_texts(folder, settings)
    embedder = create_embedder(settings.embedding)
    asyncio.run(embedder.embed_passages([WARM_UP]))
    watch = Watch()
    asyncio.run(embedder.embed_passages(texts))
    return Throughput(CEILING, len(texts), *watch.stop(), peak_mb(), {})


def folio_off(folder: Path) -> Throughput:
    """Folio with every stage but redaction."""
    return asyncio.run(_folio(folder, name=FOLIO_OFF, policy="off"))


def folio_on(folder: Path) -> Throughput:
    """Folio as it comes."""
    return asyncio.run(_folio(folder, name=FOLIO_ON, policy="standard"))


def peer(folder: Path) -> Throughput:
    """LlamaIndex: no redaction, no catalog, vectors in memory."""
    settings = load_settings()
    embedder = create_embedder(settings.embedding)
    asyncio.run(embedder.embed_passages([WARM_UP]))
    load_llama_index()
    watch = Watch()
    chunk_count = run_llama_index(
        folder,
        embedder=embedder,
        count_tokens=create_token_counter(settings.embedding),
        chunk_tokens=settings.chunks.child_tokens,
    )
    return Throughput(PEER, chunk_count, *watch.stop(), peak_mb(), {})


async def _folio(folder: Path, *, name: str, policy: str) -> Throughput:
    with tempfile.TemporaryDirectory() as place:
        warm_up = Path(place) / "warm-up"
        warm_up.mkdir()
        (warm_up / "note.md").write_text(WARM_UP, encoding="utf-8")
        settings = load_settings(home=Path(place) / "home", redaction={"policy": policy})
        async with KnowledgeBase(settings) as kb:
            await kb.ingest([warm_up])
            watch = Watch()
            report = await kb.ingest([folder])
            spent = watch.stop()
    _check_complete(report.failed)
    stages = {stage: totals.seconds for stage, totals in report.stages.items()}
    return Throughput(name, report.chunk_count, *spent, peak_mb(), stages)


class Watch:
    """A stop watch."""

    def __init__(self) -> None:
        """Starts now."""
        self._started = time.perf_counter(), time.process_time()

    def stop(self) -> tuple[float, float]:
        """Seconds since the start: on the wall, and of all threads of this process."""
        return time.perf_counter() - self._started[0], time.process_time() - self._started[1]


def _embedding_texts(folder: Path, settings: Settings) -> list[str]:
    """What Folio gives to the model for this folder with redaction off."""
    parser, redactor = KreuzbergParser(settings.ingest), create_redactor(settings)
    chunker = StructureChunker(settings.chunks, create_token_counter(settings.embedding))
    texts: list[str] = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        document = redactor.redact(parser.parse(path.read_bytes(), path=path.name)).document
        texts += [chunk.embedding_text for chunk in chunker.chunk(document)]
    return texts


def _check_complete(failed: object) -> None:
    if failed:
        msg = f"the benchmark's own files could not be indexed: {failed}"
        raise RuntimeError(msg)


def peak_mb() -> float:
    """The most memory that this process ever had, in 10^6 bytes."""
    unit = _BYTES_ON_MAC if sys.platform == "darwin" else _KIB_ON_LINUX
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6
