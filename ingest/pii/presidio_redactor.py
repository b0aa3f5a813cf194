"""Redaction with Presidio's stock recognisers and a spaCy model. Nothing is fetched from the network."""

import threading
from collections import Counter
from dataclasses import replace
from importlib import metadata
from typing import Any

from core import ids
from core.config import RedactionSettings
from core.documents import ParsedDocument, RedactedDocument
from ingest.pii.hidden_modules import hidden
from ingest.pii.pieces import pieces
from ingest.pii.spans import Finding, redact_spans

_LANGUAGE = "en"
_PIECE_CHARS = 20_000
# Counts up when this module redacts the same findings differently.
_REVISION = 2


class PresidioRedactor:
    """Replaces findings of the configured types by `<TYPE>`, in text and title.

    The model is loaded by the first call (seconds) and used by one thread at a time.
    """

    def __init__(self, settings: RedactionSettings) -> None:
        self._settings = settings
        self._analyzer: Any = None
        self._lock = threading.Lock()

    @property
    def fingerprint(self) -> str:
        """Entity types, threshold, model and library version."""
        settings = self._settings
        return ids.fingerprint(
            {
                "entities": sorted(settings.entities),
                "threshold": settings.threshold,
                "model": settings.nlp_model,
                "presidio": metadata.version("presidio-analyzer"),
                "revision": _REVISION,
            }
        )

    def redact(self, document: ParsedDocument) -> RedactedDocument:
        """The document with placeholders.

        Raises:
            SettingsError: The spaCy model is not installed, or no recogniser finds one of the entity types.
        """
        text = redact_spans(document.text, self._findings(document.text), pages=document.pages)
        title = redact_spans(document.title, self._findings(document.title))
        clean = replace(document, text=text.text, title=title.text, pages=text.pages)
        return RedactedDocument(clean, dict(Counter(text.counts) + Counter(title.counts)))

    def _findings(self, text: str) -> list[Finding]:
        found: list[Finding] = []
        for offset, piece in pieces(text, limit_chars=_PIECE_CHARS):
            # One at a time: spaCy's shared vocabulary is not made for concurrent writers.
            with self._lock:
                results = self._loaded().analyze(
                    piece,
                    language=_LANGUAGE,
                    entities=list(self._settings.entities),
                    score_threshold=self._settings.threshold,
                )
            found += [
                Finding(row.entity_type, row.start + offset, row.end + offset, row.score) for row in results
            ]
        return found

    def _loaded(self) -> Any:
        if self._analyzer is None:
            # Where they are installed, for other models, Presidio and spaCy would load both: seconds in every process.
            with hidden("torch", "transformers"):
                from ingest.pii.analyzer import create_analyzer

            self._analyzer = create_analyzer(self._settings)
        return self._analyzer
