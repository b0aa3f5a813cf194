"""What a streamed answer sends, in order: status, search_results, citation and token, usage, and last done."""

from folio.client.models.answers import Answer, Citation
from folio.client.models.base import Record


class StatusEvent(Record):
    """Where the answer is. The first event of a stream is one; `stream_id` names the stream where it can be taken up again."""

    state: str
    stream_id: str | None = None


class FoundPassage(Record):
    """A passage that the answer may be made of; its words are not sent before they are cited."""

    doc_id: str
    version: int
    path: str
    title: str
    heading: str
    page: int | None
    start: int
    end: int
    score: float


class SearchResultsEvent(Record):
    """What a round of searching found, best first; a later one takes the place of the one before."""

    results: tuple[FoundPassage, ...]


class TokenEvent(Record):
    """A checked sentence. All texts joined are the answer so far."""

    text: str
    citations: tuple[int, ...]


class CitationEvent(Citation):
    """A citation, before the first text that it bears. `[1]` in the text is number 1."""

    number: int


class UsageEvent(Record):
    """What language models were asked for this answer."""

    call_count: int
    input_tokens: int
    output_tokens: int
    cached_tokens: int


class DoneEvent(Record):
    """The last event: the whole answer, which counts."""

    answer: Answer


AnswerEvent = StatusEvent | SearchResultsEvent | TokenEvent | CitationEvent | UsageEvent | DoneEvent
EVENT_MODELS: dict[str, type[StatusEvent | SearchResultsEvent | TokenEvent | CitationEvent | UsageEvent]] = {
    "status": StatusEvent,
    "search_results": SearchResultsEvent,
    "token": TokenEvent,
    "citation": CitationEvent,
    "usage": UsageEvent,
}
