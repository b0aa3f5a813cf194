"""Stable identifiers. The same input gives the same id on every machine; lengths are in hex digits."""

import hashlib
import json
import uuid

_POINT_NAMESPACE = uuid.UUID("5c6f6d0e-6c1b-5b8a-9f62-0f6a1c0d9b11")


def source_id(kind: str, root: str) -> str:
    """Id of a source: its kind and absolute root (16 digits)."""
    return _digest(f"{kind}\0{root}", 16)


def doc_id(source: str, path: str) -> str:
    """Id of a document: its source and relative path, so that equal bytes at two paths are two documents (32 digits)."""
    return _digest(f"{source}\0{path}", 32)


def content_hash(data: bytes) -> str:
    """SHA-256 of the bytes (64 digits)."""
    return hashlib.sha256(data).hexdigest()


def text_key(text: str) -> str:
    """Key of a stored text: the SHA-256 of its UTF-8. A lone surrogate from a parser is encoded as it is."""
    return content_hash(text.encode(errors="surrogatepass"))


def passage_key(text: str) -> str:
    """Names what a model sees of a passage (32 digits)."""
    return text_key(text)[:32]


def fingerprint(parts: dict[str, object]) -> str:
    """Id of everything that shapes the index: parser, policy, chunker, model. Changes if any part does (16 digits)."""
    return _digest(json.dumps(parts, sort_keys=True, separators=(",", ":")), 16)


def embedding_key(embedder: str, text: str) -> str:
    """Id of a passage's vector: the embedder's fingerprint and what the model sees (32 digits)."""
    return _digest(f"{embedder}\0{text}", 32)


def point_id(document: str, *, version: int, ordinal: int) -> str:
    """UUID of a chunk's point; a repeated write of the same chunk replaces itself."""
    return str(uuid.uuid5(_POINT_NAMESPACE, f"{document}:{version}:{ordinal}"))


def _digest(text: str, length: int) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:length]
