"""Redaction with Presidio, Folio's recognisers and a spaCy model. Nothing is fetched from the network."""

import hashlib
import threading
from collections import Counter
from dataclasses import replace
from importlib import metadata
from typing import Any

from core import ids
from core.config import RedactionSettings
from core.documents import ParsedDocument, RedactedDocument
from ingest.pii.hidden_modules import hidden
from ingest.pii.policy import policy_of
from ingest.pii.spans import Finding, redact_spans

# Counts up when the code of this package finds or redacts differently.
_REVISION = 3
# One at a time: redactors share the language models, and spaCy's vocabulary is not made for concurrent writers.
_FINDING = threading.Lock()


class PresidioRedactor:
    """Replaces findings of the policy's types by `<TYPE>`, in text and title.

    The model is loaded by the first call (seconds) and used by one thread at a time.
    """

    def __init__(self, settings: RedactionSettings) -> None:
        self._settings = settings
        self._detector: Any = None

    @property
    def fingerprint(self) -> str:
        """Policy, lists, recognisers of the user, models and library version."""
        settings = self._settings
        policy = policy_of(settings)
        return ids.fingerprint(
            {
                "entities": list(policy.entities),
                "threshold": policy.threshold,
                "thresholds": dict(sorted(policy.thresholds.items())),
                "allow": sorted(settings.allow),
                "deny": sorted(settings.deny),
                "recognizers": self._recognizers_hash(),
                "languages": list(settings.languages),
                "model": settings.nlp_model,
                "presidio": metadata.version("presidio-analyzer"),
                "revision": _REVISION,
            }
        )

    def redact(self, document: ParsedDocument) -> RedactedDocument:
        """The document with placeholders.

        Raises:
            SettingsError: A model is not installed, a file of recognisers cannot be used, or a type is unknown.
        """
        found, of_title = self._findings([document.text, document.title])
        text = redact_spans(document.text, found, pages=document.pages)
        title = redact_spans(document.title, of_title)
        clean = replace(document, text=text.text, title=title.text, pages=text.pages)
        return RedactedDocument(clean, dict(Counter(text.counts) + Counter(title.counts)))

    def _findings(self, texts: list[str]) -> list[list[Finding]]:
        with _FINDING:
            found: list[list[Finding]] = self._loaded().find(texts)
        return found

    def _loaded(self) -> Any:
        if self._detector is None:
            # Where they are installed, for other models, Presidio and spaCy would load both: seconds in every process.
            with hidden("torch", "transformers"):
                from ingest.pii.detector import Detector

                self._detector = Detector(self._settings)
        return self._detector

    def _recognizers_hash(self) -> str:
        """A file that cannot be read has no hash; the first document says what is wrong with it."""
        path = self._settings.recognizers_file
        if path is None or not path.is_file():
            return ""
        return hashlib.sha256(path.read_bytes()).hexdigest()
