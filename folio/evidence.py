"""The stages of a search and of the evidence for an answer, as the settings say."""

from collections.abc import Callable

from core.config import Settings
from core.errors import SettingsError
from core.ports import Clock, Embedder, SparseEncoder
from core.prompts import Prompts
from core.retrieval_ports import CandidateIndex, ChunkReader
from core.sentences import split_sentences
from folio.openers import OpenModel, OpenPrompts
from inference.embed.factory import create_token_counter
from inference.rerank.factory import create_reranker
from retrieval.assemble.assembler import Assembler, AssemblyParts
from retrieval.exact import ExactStage
from retrieval.expanding import ExpandStep
from retrieval.graph_step import GraphStep, OpenRecall
from retrieval.query.expansion import ModelExpander
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


def graph_step(settings: Settings, index: CandidateIndex, recall: OpenRecall | None) -> GraphStep | None:
    """What follows the graph after fusion; None where there is none, or no search is to use it."""
    if recall is None or not settings.graph.enabled or settings.graph.use == "off":
        return None
    return GraphStep(index, recall, settings.graph)


def expand_step(
    settings: Settings,
    index: CandidateIndex,
    *,
    embedder: Embedder,
    sparse: SparseEncoder,
    model: OpenModel | None,
    prompts: OpenPrompts | None = None,
) -> ExpandStep | None:
    """What searches for other ways to ask; None where no search is to, or there is no language model.

    Without `prompts` those from files are used, whatever was decided about them.
    """
    kind = settings.retrieval.expansion
    if model is None or kind == "none" or settings.llm.model is None:
        return None
    from folio.prompting import create_book

    book = create_book(settings)

    async def opened() -> ModelExpander:
        found = await model()
        if found is None:
            raise SettingsError("no language model is configured")
        chosen: Prompts = await prompts() if prompts else book
        return ModelExpander(found, chosen, kind, settings.retrieval.expansion_count)

    return ExpandStep(opened, index, embedder, sparse, settings.retrieval.expansion_s)


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
