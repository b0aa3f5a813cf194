"""Presidio's analyzer with Folio's recognisers: one text at a time, or many without the work that changes nothing.

Importing this module loads Presidio and spaCy (seconds): `presidio_redactor` does so at the first document.
"""

import json
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from presidio_analyzer import AnalyzerEngine, EntityRecognizer, RecognizerResult
from presidio_analyzer.context_aware_enhancers import LemmaContextAwareEnhancer

from core.config import RedactionSettings
from core.errors import SettingsError
from core.graph import NamedSpan
from core.telemetry import silence_leaky_loggers
from inference.nlp.names import spans_of
from ingest.pii.language_models import NameModels, NlpPass, create_models
from ingest.pii.policy import policy_of
from ingest.pii.registry import create_registry, gate_of
from ingest.pii.spans import Finding


@dataclass(frozen=True, slots=True)
class Reading:
    """Personal data in a text, which may overlap, and what the language model takes for names of whatever kind."""

    findings: list[Finding]
    names: list[NamedSpan]


class BatchAnalyzer:
    """Finds what `AnalyzerEngine.analyze` finds with the same recognisers, of many texts at once.

    Saved: the lookup of recognisers, copies of results, and recognisers whose gate says that they find nothing.
    """

    def __init__(self, settings: RedactionSettings) -> None:
        """Load models and recognisers (seconds).

        Raises:
            SettingsError: A model is not installed, a file cannot be used, or no recogniser finds one of the types.
        """
        silence_leaky_loggers()
        self.policy = policy_of(settings)
        self.models: NameModels = create_models(settings)
        registry = create_registry(settings)
        recognizers: list[EntityRecognizer] = list(registry.recognizers)
        self.languages = settings.languages
        self._enhancer = _QuickContext()
        # The slow path, which the fast one is compared with.
        self.engine = AnalyzerEngine(
            registry=registry,
            nlp_engine=self.models,
            supported_languages=list(settings.languages),
            context_aware_enhancer=self._enhancer,
        )
        _check_entities(self.policy.entities, recognizers)
        wanted = set(self.policy.entities)
        self._recognizers = [row for row in recognizers if wanted & set(row.supported_entities)]
        self._gates = {row.id: gate_of(row) for row in self._recognizers}

    def analyze(self, texts: Sequence[str]) -> list[list[Finding]]:
        """The findings in each text; they may overlap."""
        return [reading.findings for reading in self.read(texts)]

    def read(self, texts: Sequence[str], *, language: str | None = None) -> list[Reading]:
        """Findings and names in each text. Names are those of the model of this language, None being the first one."""
        found = [Reading([], []) for _ in texts]
        for code in self.languages:
            for reading, nlp_pass in zip(found, self.models.passes(texts, language=code), strict=True):
                reading.findings.extend(self.in_pass(nlp_pass))
                if code == (language or self.languages[0]):
                    reading.names.extend(spans_of(nlp_pass.doc))
        return found

    def in_pass(self, nlp_pass: NlpPass) -> list[Finding]:
        """The findings in a text that a language model has read."""
        return self._run(nlp_pass.text, nlp_pass.artifacts, self._of(nlp_pass.language))

    def by_patterns(self, text: str, *, entities: frozenset[str]) -> list[Finding]:
        """The findings of recognisers of these types that need no language model."""
        chosen = [row for row in self._of(self.languages[0]) if entities & set(row.supported_entities)]
        return [found for found in self._run(text, None, chosen) if found.entity in entities]

    def one_by_one(self, text: str) -> list[Finding]:
        """The same findings by Presidio's own way through a text."""
        rows = [
            row
            for language in self.languages
            for row in self.engine.analyze(text, language=language, entities=self._entities_of(language))
        ]
        return self._accepted(rows)

    def _run(self, text: str, artifacts: Any, recognizers: Sequence[EntityRecognizer]) -> list[Finding]:
        rows: list[RecognizerResult] = []
        for recognizer in recognizers:
            gate = self._gates[recognizer.id]
            if gate is None or gate.search(text):
                rows += _marked(recognizer.analyze(text, list(self.policy.entities), artifacts), recognizer)
        if artifacts is not None and _any_context(rows, recognizers):
            rows = self._enhancer.enhance_using_context(text, rows, artifacts, list(recognizers))
        return self._accepted(rows)

    def _accepted(self, rows: Sequence[RecognizerResult]) -> list[Finding]:
        policy = self.policy
        return [
            Finding(row.entity_type, row.start, row.end, row.score)
            for row in rows
            if row.entity_type in policy.entities and policy.accepts(row.entity_type, row.score)
        ]

    def _of(self, language: str) -> list[EntityRecognizer]:
        return [row for row in self._recognizers if row.supported_language == language]

    def _entities_of(self, language: str) -> list[str]:
        known = {entity for row in self._of(language) for entity in row.supported_entities}
        return [entity for entity in self.policy.entities if entity in known]


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


def _marked(rows: list[RecognizerResult], recognizer: Any) -> list[RecognizerResult]:
    """The results with the mark by which the context step finds their recogniser; some of Presidio's leave it out."""
    for row in rows:
        if not row.recognition_metadata:
            row.recognition_metadata = {
                RecognizerResult.RECOGNIZER_NAME_KEY: recognizer.name,
                RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: recognizer.id,
            }
    return rows


def _any_context(rows: Sequence[RecognizerResult], recognizers: Sequence[EntityRecognizer]) -> bool:
    with_context = {row.id for row in recognizers if row.context}
    key = RecognizerResult.RECOGNIZER_IDENTIFIER_KEY
    return any(row.recognition_metadata.get(key) in with_context for row in rows)


def _check_entities(entities: Sequence[str], recognizers: Sequence[EntityRecognizer]) -> None:
    known = {entity for row in recognizers for entity in row.supported_entities}
    unknown = sorted(set(entities) - known)
    if unknown:
        raise SettingsError(
            f"FOLIO_REDACTION__ENTITIES names types that no recogniser finds: {', '.join(unknown)}. "
            f"Known: {json.dumps(sorted(known))}"
        )
