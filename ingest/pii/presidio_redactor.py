"""Redaction with Presidio, Folio's recognisers and a spaCy model. Nothing is fetched from the network."""

import hashlib
import threading
from importlib import metadata
from typing import Any

from core import ids
from core.config import RedactionSettings
from core.documents import ParsedDocument, RedactedDocument
from core.hidden_modules import hidden
from core.pseudonyms import PseudonymKey
from ingest.pii.borders import borders_of
from ingest.pii.policy import policy_of
from ingest.pii.redaction import Pseudonymiser
from ingest.pii.tokens import Taken

# Counts up when the code of this package finds or redacts differently.
_REVISION = 4
# One at a time: redactors share the language models, and spaCy's vocabulary is not made for concurrent writers.
_FINDING = threading.Lock()


class PresidioRedactor:
    """Replaces findings of the policy's types by pseudonyms of a tenant, secrets by a placeholder, in text and title.

    The model is loaded by the first call (seconds) and used by one thread at a time.
    """

    def __init__(self, settings: RedactionSettings, key: PseudonymKey, *, taken: Taken | None = None) -> None:
        """Of pseudonyms that are `taken` a longer form is used; None: nobody has any yet."""
        self._settings = settings
        self._key_id = key.key_id
        self._policy = policy_of(settings)
        self._pseudonymiser = Pseudonymiser(
            key,
            taken=taken,
            borders=borders_of(frozenset(self._policy.entities)),
            reversible=settings.policy != "anonymise",
        )
        self._detector: Any = None

    @property
    def fingerprint(self) -> str:
        """Policy, key (by id), lists, recognisers of the user, models and library version."""
        settings, policy = self._settings, self._policy
        return ids.fingerprint(
            {
                "policy": settings.policy,
                "key": self._key_id,
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
        """The document with pseudonyms, and what they stand for.

        Raises:
            SettingsError: A model is not installed, a file of recognisers cannot be used, or a type is unknown.
        """
        with _FINDING:
            text, title = self._loaded().read([document.text, document.title], language=document.language)
        return self._pseudonymiser.redacted(
            document, in_text=text.findings, in_title=title.findings, names=text.names
        )

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
