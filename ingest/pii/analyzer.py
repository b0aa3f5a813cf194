"""Presidio's analyzer over a spaCy model, without the work that no recogniser asks for. Nothing is fetched from the network.

Importing this module loads both libraries (seconds): `presidio_redactor` does so at the first document.
"""

import importlib.util
import json
from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

import tldextract
from presidio_analyzer import AnalyzerEngine
from presidio_analyzer.context_aware_enhancers import LemmaContextAwareEnhancer
from presidio_analyzer.nlp_engine import NlpArtifacts, SpacyNlpEngine
from presidio_analyzer.predefined_recognizers import EmailRecognizer

from core.config import RedactionSettings
from core.errors import SettingsError
from core.telemetry import silence_leaky_loggers

LANGUAGE = "en"


def create_analyzer(settings: RedactionSettings) -> AnalyzerEngine:
    """An analyzer that finds the entity types of the settings.

    Raises:
        SettingsError: The spaCy model is not installed, or no recogniser finds one of the entity types.
    """
    # Presidio answers a missing model with a download; this one has to be installed.
    if importlib.util.find_spec(settings.nlp_model) is None:
        package = settings.nlp_model.replace("_", "-")
        raise SettingsError(
            f"the spaCy model '{settings.nlp_model}' (FOLIO_REDACTION__NLP_MODEL) is not installed. "
            f"Install it: pip install {package}"
        )
    silence_leaky_loggers()
    engine = _NamesOnly(models=[{"lang_code": LANGUAGE, "model_name": settings.nlp_model}])
    engine.load()
    analyzer = AnalyzerEngine(nlp_engine=engine, context_aware_enhancer=_QuickContext())
    # The stock one asks publicsuffix.org for the newest list at the first address it sees.
    analyzer.registry.remove_recognizer("EmailRecognizer")
    analyzer.registry.add_recognizer(_OfflineEmails(supported_language=LANGUAGE))
    _check_entities(settings.entities, known=set(analyzer.get_supported_entities(LANGUAGE)))
    return analyzer


class _NamesOnly(SpacyNlpEngine):
    """Runs the entity recogniser alone: two thirds of the model's time go into tags, syntax and lemmas.

    Context words ("card", "phone") are looked for as parts of the words around a finding. A word in lower case holds its
    lemma but for irregular forms, and no context word has one.
    """

    def load(self) -> None:
        super().load()
        model = self.get_nlp(LANGUAGE)
        for name in list(model.pipe_names):
            if name != "ner" and not _feeds_names(model.get_pipe(name)):
                model.disable_pipe(name)

    def _doc_to_nlp_artifact(self, doc: Any, language: str) -> NlpArtifacts:
        for token in doc:
            token.lemma = token.lower
        return super()._doc_to_nlp_artifact(doc, language)


class _QuickContext(LemmaContextAwareEnhancer):
    """Finds a match's token by bisection; the stock one walks through the whole text for every finding."""

    @staticmethod
    def _find_index_of_match_token(
        word: str, start: int, tokens: Sequence[Any], tokens_indices: Sequence[int]
    ) -> int:
        del word
        position = max(bisect_right(tokens_indices, start) - 1, 0)
        behind = start >= tokens_indices[position] + len(tokens[position])
        return min(position + behind, len(tokens_indices) - 1)


class _OfflineEmails(EmailRecognizer):
    """Checks domains against the list that the library ships."""

    _bundled = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)

    def validate_result(self, pattern_text: str) -> bool:
        return bool(self._bundled(pattern_text).fqdn)


def _feeds_names(pipe: Any) -> bool:
    """Whether the entity recogniser listens to this component."""
    return "ner" in getattr(pipe, "listening_components", ())


def _check_entities(entities: tuple[str, ...], *, known: set[str]) -> None:
    unknown = sorted(set(entities) - known)
    if unknown:
        raise SettingsError(
            f"FOLIO_REDACTION__ENTITIES names types that no recogniser finds: {', '.join(unknown)}. "
            f"Known: {json.dumps(sorted(known))}"
        )
