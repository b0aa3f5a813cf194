"""LlamaIndex's IngestionPipeline with Folio's embedding model: what its users would run in our place."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from core.ports import Embedder


def load_llama_index() -> None:
    """Import the library, which takes seconds."""
    import llama_index.core.ingestion  # noqa: F401 - for its effect


def run_llama_index(
    folder: Path, *, embedder: Embedder, count_tokens: Callable[[str], int], chunk_tokens: int
) -> int:
    """Read every file as text, split, embed, store in memory; the number of chunks.

    Splitter and batch size are the library's usual ones, with our chunk size.
    """
    from llama_index.core import Document
    from llama_index.core.ingestion import IngestionPipeline
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.core.vector_stores import SimpleVectorStore

    # The splitter asks for a list of tokens and only counts it.
    splitter = SentenceSplitter(
        chunk_size=chunk_tokens, chunk_overlap=0, tokenizer=lambda text: [0] * count_tokens(text)
    )
    store = SimpleVectorStore()
    pipeline = IngestionPipeline(transformations=[splitter, _embedding(embedder)], vector_store=store)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    documents = [Document(text=path.read_text(encoding="utf-8"), id_=path.name) for path in files]
    return len(pipeline.run(documents=documents, show_progress=False))


def _embedding(embedder: Embedder) -> Any:
    from llama_index.core.base.embeddings.base import BaseEmbedding

    class FolioEmbedding(BaseEmbedding):
        """Our model behind the library's interface."""

        def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
            return _embedded(embedder, texts)

        def _get_text_embedding(self, text: str) -> list[float]:
            return _embedded(embedder, [text])[0]

        def _get_query_embedding(self, query: str) -> list[float]:
            return list(asyncio.run(embedder.embed_query(query)))

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return list(await embedder.embed_query(query))

    return FolioEmbedding(model_name="folio")


def _embedded(embedder: Embedder, texts: Sequence[str]) -> list[list[float]]:
    return [list(vector) for vector in asyncio.run(embedder.embed_passages(texts))]
