"""The stages of a search and of the evidence for an answer, as the settings say."""

from collections.abc import Callable

from core.config import Settings
from core.ports import Clock, SparseEncoder
from core.retrieval_ports import ChunkReader
from core.sentences import split_sentences
from inference.embed.factory import create_token_counter
from inference.rerank.factory import create_reranker
from retrieval.assemble.assembler import Assembler, AssemblyParts
from retrieval.exact import ExactStage
from retrieval.rerank import RerankStage
from retrieval.stages import Stage

# Hits for each passage wanted: so many may be copies of others.
_HITS_PER_PASSAGE = 3


def search_stages(settings: Settings, *, clock: Clock) -> tuple[Stage, ...]:
    """What happens to the fused hits of every search: a reranker, where one is configured; then what was asked for to the letter."""
    reranker = create_reranker(settings.rerank, clock=clock)
    if reranker is None:
        return (ExactStage(),)
    return (RerankStage(reranker, settings=settings.rerank, clock=clock), ExactStage())


def evidence_stages(
    settings: Settings, *, clock: Clock, reader: ChunkReader, sparse: SparseEncoder
) -> tuple[Stage, ...]:
    """What happens to the hits that an answer is made of: as in a search, then assembly."""
    parts = AssemblyParts(reader, sparse, _counter(settings), _sentence_spans)
    wanted_count = settings.answers.passage_count * _HITS_PER_PASSAGE
    assembler = Assembler(parts, settings.assembly, candidate_count=wanted_count)
    return (*search_stages(settings, clock=clock), assembler)


def _counter(settings: Settings) -> Callable[[str], int]:
    return create_token_counter(settings.embedding).count


def _sentence_spans(text: str) -> list[tuple[int, int]]:
    return [(sentence.start, sentence.end) for sentence in split_sentences(text)]
