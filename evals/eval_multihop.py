"""What the knowledge graph brings to questions that take several documents, and what it costs those that take one.

python -m evals.eval_multihop --data FOLDER [--cache FOLDER] [--sets multihop_hotpotqa ...]

Chunker, models, extractor, stores and service are those that serve; no language model answers or rewrites. A document is ranked
by its best chunk. Weights were chosen while both halves of the two multi-hop sets could be seen: anthropic_docs_rag and
qed_nq were looked at too.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from core.config import load_settings
from core.errors import FolioError
from evals.datasets.retrieval_sets import RetrievalSet, find_sets, read_set
from evals.multihop_eval.evidence import evidence_of
from evals.multihop_eval.report import ALWAYS, AUTO, HYBRID, Measured, section
from evals.multihop_eval.systems import (
    Rankings,
    Row,
    arms,
    graph_of,
    halves,
    routed_share,
    row_of,
    searched,
    service,
)
from evals.retrieval_eval.indexing import Indexed, indexed
from folio.assembly import create_graph_extractor
from inference.rerank.factory import provider_of
from retrieval.graph_step import OpenRecall

MULTIHOP = ("multihop_hotpotqa", "multihop_musique")
SETS = (*MULTIHOP, "scifact", "anthropic_docs_rag", "qed_nq")
_RERANKED = "hybrid + graph, auto + rerank"


async def measure(data: RetrievalSet, *, cache: Path | None) -> Measured:
    """Index a set, read its graph, ask all its questions in every way."""
    async with indexed(data.passages, cache=cache) as store:
        extractor = create_graph_extractor(store.parts.settings)
        if extractor is None:
            raise FolioError("the graph is not enabled: set FOLIO_GRAPH__ENABLED=true")
        evidence = await asyncio.to_thread(evidence_of, store.cuts, extractor, name=data.name, cache=cache)
        with tempfile.TemporaryDirectory() as home:
            async with graph_of(evidence, home=Path(home)) as recall:
                found = await _rankings(data, store, recall)
    return Measured(
        name=data.name,
        question_count=len(data.questions),
        document_count=len(data.passages),
        routed_share=routed_share(data),
        rows=_rows(data, found),
        halves=(_rows(halves(data)[0], found), _rows(halves(data)[1], found)),
        is_multihop=data.name in MULTIHOP,
    )


async def _rankings(
    data: RetrievalSet, store: Indexed, recall: OpenRecall
) -> dict[str, tuple[Rankings, float | None]]:
    dense, lexical = await arms(data, store)
    found: dict[str, tuple[Rankings, float | None]] = {"dense": (dense, None), "BM25": (lexical, None)}
    for name, use in ((HYBRID, "off"), (AUTO, "auto"), (ALWAYS, "always")):
        found[name] = await searched(data, service(store, use=use, recall=recall))
    if provider_of(store.parts.settings.rerank) != "off":
        found[_RERANKED] = await searched(data, service(store, use="auto", recall=recall, rerank=True))
    return found


def _rows(data: RetrievalSet, found: Mapping[str, tuple[Rankings, float | None]]) -> dict[str, Row]:
    return {name: row_of(data, rankings, p50_ms) for name, (rankings, p50_ms) in found.items()}


async def report(folders: Sequence[Path], *, cache: Path | None) -> str:
    """All tables as Markdown.

    Raises:
        SettingsError: A set cannot be read.
    """
    parts = []
    for folder in folders:
        parts.append(section(await measure(read_set(folder), cache=cache)))
        sys.stderr.write(f"{folder.name} done\n")
    if provider_of(load_settings().rerank) == "off":
        parts.append("No reranker is configured (FOLIO_RERANK__MODEL): the row with one is left out.")
    return "\n\n".join(parts)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.eval_multihop", description=(__doc__ or "").split("\n", 1)[0]
    )
    parser.add_argument("--data", type=Path, help="folder that holds the sets")
    parser.add_argument("--cache", type=Path, help="folder that keeps vectors and evidence for the next run")
    parser.add_argument(
        "--sets", nargs="+", default=[], help=f"default: those there are of {', '.join(SETS)}"
    )
    options = parser.parse_args(arguments)
    if options.data is None:
        sys.stdout.write("nothing measured: name the folder with the retrieval sets with --data\n")
        return 0
    known = [name for name in SETS if (options.data / name).is_dir()]
    try:
        folders = find_sets(options.data, options.sets or known)
        text = asyncio.run(report(folders, cache=options.cache))
    except FolioError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(text + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
