"""Presidio as it comes, with the same spaCy model: the yardstick of the measurements, not used by the service."""

from collections.abc import Iterator, Sequence

import tldextract
from presidio_analyzer import AnalyzerEngine
from presidio_analyzer.nlp_engine import SpacyNlpEngine
from presidio_analyzer.predefined_recognizers import EmailRecognizer

from core.telemetry import silence_leaky_loggers
from ingest.pii.spans import Finding


class _OfflineEmails(EmailRecognizer):
    """The stock one asks publicsuffix.org for the newest list; this one has the list that the library ships."""

    _bundled = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)

    def validate_result(self, pattern_text: str) -> bool:
        return bool(self._bundled(pattern_text).fqdn)


class StockPresidio:
    """`AnalyzerEngine.analyze` with all recognisers that it enables, one text at a time."""

    def __init__(self, *, nlp_model: str) -> None:
        """Load the model (seconds)."""
        silence_leaky_loggers()
        engine = SpacyNlpEngine(models=[{"lang_code": "en", "model_name": nlp_model}])
        engine.load()
        self._analyzer = AnalyzerEngine(nlp_engine=engine)
        self._analyzer.registry.remove_recognizer("EmailRecognizer")
        self._analyzer.registry.add_recognizer(_OfflineEmails(supported_language="en"))

    def find(self, texts: Sequence[str]) -> Iterator[list[Finding]]:
        """Every result in each text, however unsure."""
        for text in texts:
            rows = self._analyzer.analyze(text, language="en")
            yield [Finding(row.entity_type, row.start, row.end, row.score) for row in rows]
