"""What turns a source's files into chunks. Each source may have its own; sources with the same options share one."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from core import ids
from core.documents import ParsedDocument, Source, SourceOptions
from core.graph_ports import GraphExtractor
from core.ports import Chunker, Parser, Redactor
from ingest.screen.document_screen import DocumentScreen


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Parser, redactor and chunker of a source. `language` is that of documents which do not say theirs.

    The `extractor` reads what chunks say of entities; without one nothing is read. It shapes no chunk and is no part of the
    fingerprint: with another one, what is stored is read again. The `screen` takes out hidden text; without one it stays.
    """

    parser: Parser
    redactor: Redactor
    chunker: Chunker
    language: str | None = None
    extractor: GraphExtractor | None = None
    screen: DocumentScreen | None = None

    def screened(self, document: ParsedDocument) -> ParsedDocument:
        """The document without what its readers do not see.

        Raises:
            SuspectFileError: The settings keep such documents out.
        """
        return self.screen.screened(document) if self.screen else document

    def in_language(self, document: ParsedDocument) -> ParsedDocument:
        """The document with the source's language, if it has none of its own."""
        if document.language is not None or self.language is None:
            return document
        return replace(document, language=self.language)


class Pipelines:
    """The pipelines of sources, made when they are first asked for. Safe to use from several threads.

    Args:
        parser: Serves all sources.
        redactor: Makes the redactor of a policy (None is the settings') for a tenant, whose pseudonyms are its own. Called
            once for each pair.
        chunker: Makes the chunker of a strategy and a language; None is the settings'. Called once for each pair.
        extractor: Serves all sources.
        screen: Serves all sources; the parser may use it as well (see `KreuzbergParser`).
    """

    def __init__(
        self,
        parser: Parser,
        *,
        redactor: Callable[[str | None, str], Redactor],
        chunker: Callable[[str | None, str | None], Chunker],
        extractor: GraphExtractor | None = None,
        screen: DocumentScreen | None = None,
    ) -> None:
        self._parser = parser
        self._create_redactor = redactor
        self._create_chunker = chunker
        self._extractor = extractor
        self._screen = screen
        self._redactors: dict[tuple[str | None, str], Redactor] = {}
        self._chunkers: dict[tuple[str | None, str | None], Chunker] = {}
        self._made: dict[tuple[str | None, ...], Pipeline] = {}
        self._lock = threading.Lock()

    def of(self, source: Source) -> Pipeline:
        """The pipeline of a source, the same one for the same options of a tenant.

        Raises:
            SettingsError: An option names what there is not.
        """
        options = source.options
        key = (options.redaction, options.chunking, options.language, source.tenant)
        with self._lock:
            if key not in self._made:
                self._made[key] = self._new(options, source.tenant)
            return self._made[key]

    def _new(self, options: SourceOptions, tenant: str) -> Pipeline:
        # Shared between pipelines: its recognisers take a while to make.
        policy = (options.redaction, tenant)
        if policy not in self._redactors:
            self._redactors[policy] = self._create_redactor(*policy)
        strategy = (options.chunking, options.language)
        if strategy not in self._chunkers:
            self._chunkers[strategy] = self._create_chunker(*strategy)
        return Pipeline(
            self._parser,
            self._redactors[policy],
            self._chunkers[strategy],
            options.language,
            extractor=self._extractor,
            screen=self._screen,
        )


def pipeline_fingerprint(pipeline: Pipeline, *, embedder: str, sparse: str, names: str | None = None) -> str:
    """Names everything that shapes the index; a document indexed under another one is indexed anew.

    Args:
        pipeline: Of the document's source.
        embedder: Fingerprint of the model.
        sparse: Fingerprint of the term weights.
        names: How the names of files are veiled; None where they stay as they are.
    """
    parts = pipeline_parts(pipeline, embedder=embedder, sparse=sparse)
    return ids.fingerprint(parts if names is None else {**parts, "names": names})


def pipeline_parts(pipeline: Pipeline, *, embedder: str, sparse: str) -> dict[str, object]:
    """The fingerprints of what a pipeline fingerprint is made of, by what they are of."""
    parts: dict[str, object] = {
        "parser": pipeline.parser.fingerprint,
        "redactor": pipeline.redactor.fingerprint,
        "chunker": pipeline.chunker.fingerprint,
        "embedder": embedder,
        "sparse": sparse,
    }
    if pipeline.screen is not None:
        parts["screen"] = pipeline.screen.fingerprint
    if pipeline.language is not None:
        # Left out where no source says it: what was indexed before sources had languages stays as it is.
        parts["language"] = pipeline.language
    return parts
