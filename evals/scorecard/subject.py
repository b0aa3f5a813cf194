"""What a run has measured: models, settings, prompts and rules by name, so that a report can say what was changed."""

import platform
from importlib import metadata
from typing import Any

from core.config import Settings
from evals.retrieval_eval.indexing import structure_chunker
from evals.scorecard.faults import Fault
from folio.assembly import create_redactor
from folio.guarding import load_policy
from folio.prompting import create_book
from inference.embed.factory import create_embedder
from inference.lexical.bm25 import Bm25Encoder

_PACKAGE = "folio-kb"
_SECTIONS = ("chunks", "sparse", "retrieval", "assembly", "screen")
_ANSWERS = ("passage_count", "sentence_count", "min_confidence", "min_evidence", "rounds")
_LIBRARIES = ("onnxruntime", "numpy", "qdrant-edge-py", "presidio-analyzer", "spacy", "faker")


def subject_of(settings: Settings, fault: Fault | None = None) -> dict[str, str]:
    """Names and values, all of them text. Nothing in it is a secret or a path."""
    found: dict[str, object] = {
        "folio": metadata.version(_PACKAGE),
        "python": platform.python_version(),
        "machine": platform.machine(),
        **{f"library.{name}": _version(name) for name in _LIBRARIES},
        **_models(settings),
        **_values(settings),
        **{f"prompt.{name}": value for name, value in _prompts(settings).items()},
        "guardrails.policy": load_policy(settings).digest[:16] if settings.guardrails.enabled else "off",
    }
    if fault is not None:
        found["broken on purpose"] = fault.says
    return {name: str(value) for name, value in sorted(found.items())}


def _models(settings: Settings) -> dict[str, object]:
    rerank = settings.rerank
    return {
        "embedding": create_embedder(settings.embedding).fingerprint,
        "chunks": structure_chunker(settings).fingerprint,
        "sparse": Bm25Encoder(settings.sparse).fingerprint,
        "pii.redactor": create_redactor(settings).fingerprint,
        "rerank": rerank.model or rerank.base_url or "off",
    }


def _values(settings: Settings) -> dict[str, object]:
    values = {
        f"{section}.{name}": value
        for section in _SECTIONS
        for name, value in _plain(getattr(settings, section))
    }
    answers = {f"answers.{name}": getattr(settings.answers, name) for name in _ANSWERS}
    graph = {"graph.enabled": settings.graph.enabled, "graph.use": settings.graph.use}
    entities = {
        "pii.policy": settings.redaction.policy,
        "pii.entities": ",".join(settings.redaction.entities),
    }
    return {**values, **answers, **graph, **entities}


def _plain(section: Any) -> list[tuple[str, object]]:
    return list(section.model_dump(mode="json").items())


def _prompts(settings: Settings) -> dict[str, str]:
    shelf = create_book(settings).shelf
    return {name: shelf.usual(name).hash[:16] for name in shelf.names}


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"
