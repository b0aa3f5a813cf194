"""Makes the chunker of a strategy. Every strategy is imported only when it is asked for, its library by the first text."""

from collections.abc import Callable, Sequence

from core.config import ChunkSettings
from core.errors import SettingsError
from core.ports import Chunker

STRATEGIES = ("structure", "sentence", "semantic", "code")


def create_chunker(
    strategy: str,
    *,
    settings: ChunkSettings,
    counter: Callable[[str], int],
    language: str | None = None,  # noqa: ARG001 - sentence ends are the same for all languages that we read
    embed: Callable[[Sequence[str]], Sequence[Sequence[float]]] | None = None,
) -> Chunker:
    """The chunker of a strategy.

    Args:
        strategy: One of `STRATEGIES`.
        settings: Sizes in tokens.
        counter: Tokens of a text by the embedding model's tokenizer.
        language: ISO 639-1 code of the documents; no strategy cuts by it yet.
        embed: Blocking; a vector for every text. Only `semantic` needs it.

    Raises:
        SettingsError: There is no such strategy, or `semantic` was given no `embed`.
        MissingExtraError: `code` needs an extra that is not installed.
    """
    match strategy:
        case "structure":
            from ingest.chunk.structure import StructureChunker

            return StructureChunker(settings, counter)
        case "sentence":
            from ingest.chunk.sentence import SentenceChunker

            return SentenceChunker(settings, counter)
        case "semantic" if embed is not None:
            from ingest.chunk.semantic import SemanticChunker

            return SemanticChunker(settings, counter, embed)
        case "semantic":
            raise SettingsError("the chunking strategy 'semantic' needs an embedding model; use 'structure'")
        case "code":
            from ingest.chunk.code import CodeChunker

            return CodeChunker(settings, counter)
    raise SettingsError(f"the chunking strategy '{strategy}' is unknown; use one of: {', '.join(STRATEGIES)}")
