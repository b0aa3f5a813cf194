"""The check of a sentence that a model wrote: its quotes are found, its figures stand in them, its words are borne out. Pure.

What the check lets through cites original words. It reads words, not meanings: docs/answers.md says what it cannot see.
"""

from collections.abc import Iterator, Sequence

from core.answers import Citation
from core.search import Hit
from generation.checking.evidence import Place, place_of
from generation.checking.locating import LEAST_SIMILARITY, TextPlaces
from generation.checking.numbers import figures_stand
from generation.checking.support import LEAST_SUPPORT, support
from generation.citations import citations_of
from generation.drafts import CheckedSentence, DraftQuote, DraftSentence, RemovedSentence

NO_QUOTE = "no_quote"
UNKNOWN_SOURCE = "unknown_source"
QUOTE_NOT_FOUND = "quote_not_found"
NUMBER_NOT_IN_SOURCES = "number_not_in_sources"
NOT_SUPPORTED = "not_supported"

_MAX_SENTENCE_CHARS = 4000
_MAX_QUOTES = 16
# A quote that stands to the letter in another source than the one named: the number was wrong, not the words.
_MIN_ELSEWHERE_WORDS = 5


def check_sentence(
    draft: DraftSentence,
    hits: Sequence[Hit],
    *,
    least_support: float = LEAST_SUPPORT,
    least_similarity: float = LEAST_SIMILARITY,
) -> CheckedSentence | RemovedSentence:
    """The sentence with the citations that bear it, or why it may not be said.

    Args:
        draft: A sentence and the quotes it is said to stand on; the sources count from 1 in the order of the hits.
        hits: The passages that the model was given.
        least_support: See `support`.
        least_similarity: Of a quote with slips of the pen, see `locating`.
    """
    places = list(_places(draft.quotes[:_MAX_QUOTES], hits, least_similarity))
    if not places:
        return RemovedSentence(_why_nowhere(draft.quotes, hits))
    reason = why_not(draft.text, places, least_support=least_support)
    if reason is not None:
        return RemovedSentence(reason)
    return CheckedSentence(draft.text, _cited(bearing(draft.text, places)))


def why_not(sentence: str, places: Sequence[Place], *, least_support: float = LEAST_SUPPORT) -> str | None:
    """Why a sentence cannot be said of these places; None if it can."""
    if len(sentence) > _MAX_SENTENCE_CHARS:
        return NOT_SUPPORTED
    evidence = "\n".join(dict.fromkeys(place.around for place in places))
    context = "\n".join(dict.fromkeys(place.context for place in places))
    if not figures_stand(sentence, f"{evidence}\n{context}"):
        return NUMBER_NOT_IN_SOURCES
    borne = support(sentence, evidence, context=context)
    return None if borne.score >= least_support else NOT_SUPPORTED


def bearing(sentence: str, places: Sequence[Place]) -> list[Place]:
    """The places without those that have no word or figure of the sentence, as long as one has."""
    if len(places) < 2:
        return list(places)
    borne = [place for place in places if support(sentence, place.around).coverage > 0]
    return borne or list(places)


def _places(quotes: Sequence[DraftQuote], hits: Sequence[Hit], least: float) -> Iterator[Place]:
    seen: set[tuple[str, int, int, int]] = set()
    for quote in quotes:
        place = _named(quote, hits, least) or _elsewhere(quote, hits)
        if place is None:
            continue
        key = (
            place.hit.doc_id,
            place.hit.version,
            place.hit.start + place.start,
            place.hit.start + place.end,
        )
        if key not in seen:
            seen.add(key)
            yield place


def _named(quote: DraftQuote, hits: Sequence[Hit], least: float) -> Place | None:
    if not 1 <= quote.source <= len(hits):
        return None
    hit = hits[quote.source - 1]
    found = TextPlaces(hit.text).located(quote.quote, least_similarity=least)
    return place_of(hit, found.start, found.end) if found else None


def _elsewhere(quote: DraftQuote, hits: Sequence[Hit]) -> Place | None:
    if len(quote.quote.split()) < _MIN_ELSEWHERE_WORDS:
        return None
    for hit in hits:
        found = TextPlaces(hit.text).located(quote.quote, least_similarity=1.0)
        if found:
            return place_of(hit, found.start, found.end)
    return None


def _cited(places: Sequence[Place]) -> tuple[Citation, ...]:
    found = (one for place in places for one in citations_of(place.hit, start=place.start, end=place.end))
    cited = list(dict.fromkeys(found))
    return tuple(one for one in cited if not any(_is_part(one, other) for other in cited))


def _is_part(one: Citation, other: Citation) -> bool:
    return (
        one != other
        and (one.doc_id, one.version) == (other.doc_id, other.version)
        and other.start <= one.start
        and one.end <= other.end
    )


def _why_nowhere(quotes: Sequence[DraftQuote], hits: Sequence[Hit]) -> str:
    if not quotes:
        return NO_QUOTE
    known = any(1 <= quote.source <= len(hits) for quote in quotes)
    return QUOTE_NOT_FOUND if known else UNKNOWN_SOURCE
