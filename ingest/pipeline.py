"""What turns a source's files into chunks. Each source may have its own; sources with the same options share one."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from core import ids
from core.documents import ParsedDocument, Source, SourceOptions
from core.ports import Chunker, Parser, Redactor


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Parser, redactor and chunker of a source. `language` is that of documents which do not say theirs."""

    parser: Parser
    redactor: Redactor
    chunker: Chunker
    language: str | None = None

    def in_language(self, document: ParsedDocument) -> ParsedDocument:
        """The document with the source's language, if it has none of its own."""
        if document.language is not None or self.language is None:
            return document
        return replace(document, language=self.language)


class Pipelines:
    """The pipelines of sources, made when they are first asked for. Safe to use from several threads.

    Args:
        parser: Serves all sources.
        redactor: Makes the redactor of a policy; None is the settings'. Called once for each policy.
        chunker: Makes the chunker of a strategy and a language; None is the settings'. Called once for each pair.
    """

    def __init__(
        self,
        parser: Parser,
        *,
        redactor: Callable[[str | None], Redactor],
        chunker: Callable[[str | None, str | None], Chunker],
    ) -> None:
        self._parser = parser
        self._create_redactor = redactor
        self._create_chunker = chunker
        self._redactors: dict[str | None, Redactor] = {}
        self._made: dict[tuple[str | None, ...], Pipeline] = {}
        self._lock = threading.Lock()

    def of(self, source: Source) -> Pipeline:
        """The pipeline of a source, the same one for the same options.

        Raises:
            SettingsError: An option names what there is not.
        """
        options = source.options
        key = (options.redaction, options.chunking, options.language)
        with self._lock:
            if key not in self._made:
                self._made[key] = self._new(options)
            return self._made[key]

    def _new(self, options: SourceOptions) -> Pipeline:
        # Shared between pipelines: its language model takes seconds to load.
        if options.redaction not in self._redactors:
            self._redactors[options.redaction] = self._create_redactor(options.redaction)
        chunker = self._create_chunker(options.chunking, options.language)
        return Pipeline(self._parser, self._redactors[options.redaction], chunker, options.language)


def pipeline_fingerprint(pipeline: Pipeline, *, embedder: str, sparse: str) -> str:
    """Names everything that shapes the index; a document indexed under another one is indexed anew.

    Args:
        pipeline: Of the document's source.
        embedder: Fingerprint of the model.
        sparse: Fingerprint of the term weights.
    """
    parts: dict[str, object] = {
        "parser": pipeline.parser.fingerprint,
        "redactor": pipeline.redactor.fingerprint,
        "chunker": pipeline.chunker.fingerprint,
        "embedder": embedder,
        "sparse": sparse,
    }
    if pipeline.language is not None:
        # Left out where no source says it: what was indexed before sources had languages stays as it is.
        parts["language"] = pipeline.language
    return ids.fingerprint(parts)
