"""LlamaIndex's hybrid search: vector index, BM25 retriever and QueryFusionRetriever, with the same vectors.

`llama-index-retrievers-bm25` asks for an older PyStemmer than Folio, but runs with the newer one: install it with --no-deps
and `bm25s` beside it. It is not among the extras.
"""

import importlib.util
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    # Peers run where Folio's packages are not.
    from evals.retrieval_bench.corpus import Row

_TOP_COUNT = 10
# What each retriever brings for fusion, as in Folio.
_CANDIDATE_COUNT = 100

Embed = Callable[[str], Awaitable[tuple[float, ...]]]


def missing_reason() -> str | None:
    """Why LlamaIndex cannot be measured here; None if it can."""
    if importlib.util.find_spec("bm25s") and importlib.util.find_spec("llama_index.retrievers"):
        return None
    return "pip install --no-deps llama-index-retrievers-bm25 bm25s"


class LlamaIndexHybrid:
    """A QueryFusionRetriever (reciprocal ranks, no generated queries) over the library's in-memory index."""

    def __init__(self, rows: "Iterable[Row]", *, embed: Embed) -> None:
        from llama_index.core import VectorStoreIndex
        from llama_index.core.vector_stores import MetadataFilter, MetadataFilters

        nodes = [_node(row) for row in rows]
        index = VectorStoreIndex(nodes, embed_model=_embedding(embed))
        # Simpler than a principal's filter: whether it may be read was decided when it was indexed.
        readable = MetadataFilters(filters=[MetadataFilter(key="readable", value="yes")])
        self._retriever = fusion_retriever(index, nodes, filters=readable)

    async def search(self, question: str) -> list[str]:
        """The ten best texts that may be read. The BM25 retriever has no filter: its hits are filtered afterwards."""
        found = await self._retriever.aretrieve(question)
        readable = [hit for hit in found if hit.node.metadata["readable"] == "yes"]
        return [hit.node.get_content() for hit in readable[:_TOP_COUNT]]


def fusion_retriever(
    index: Any, nodes: Sequence[Any], *, filters: Any = None, mode: str = "reciprocal_rerank"
) -> Any:
    """The vector index and BM25 in one `QueryFusionRetriever`, fused as `mode` says, without generated questions."""
    from llama_index.core.llms import MockLLM
    from llama_index.core.retrievers import QueryFusionRetriever
    from llama_index.core.retrievers.fusion_retriever import FUSION_MODES
    from llama_index.retrievers.bm25 import BM25Retriever

    arms = [
        index.as_retriever(similarity_top_k=_CANDIDATE_COUNT, filters=filters),
        BM25Retriever.from_defaults(nodes=nodes, similarity_top_k=_CANDIDATE_COUNT),
    ]
    return QueryFusionRetriever(
        arms,
        similarity_top_k=_CANDIDATE_COUNT,
        num_queries=1,
        mode=FUSION_MODES(mode),
        llm=MockLLM(),
        use_async=False,
    )


def _node(row: "Row") -> Any:
    from llama_index.core.schema import TextNode

    return TextNode(
        id_=str(row.number),
        text=row.text,
        embedding=row.dense.tolist(),
        metadata={"readable": "yes" if row.readable else "no"},
        excluded_embed_metadata_keys=["readable"],
        excluded_llm_metadata_keys=["readable"],
    )


def _embedding(embed: Embed) -> Any:
    from llama_index.core.base.embeddings.base import BaseEmbedding

    class GivenEmbedding(BaseEmbedding):
        """The model of the benchmark behind the library's interface; passages come with their vectors."""

        def _get_text_embedding(self, text: str) -> list[float]:
            del text
            raise TypeError("passages come with their vectors")

        def _get_query_embedding(self, query: str) -> list[float]:
            del query
            raise TypeError("queries are embedded asynchronously")

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return list(await embed(query))

    return GivenEmbedding(model_name="given")
