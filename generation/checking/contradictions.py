"""Citations that say different things of the same. Pure."""

from collections.abc import Sequence
from itertools import combinations

from core.answers import Citation, Contradiction
from core.search import Hit
from generation.checking.disagreement import Claim, differ, shared_words
from generation.checking.evidence import place_of
from generation.checking.figures import figures_of
from generation.checking.statements import language_of, statement
from generation.drafts import CheckedSentence

# Pairs grow with the square.
_MAX_CITATIONS = 40
_MAX_CLAIM_CHARS = 1000


def distinct_citations(sentences: Sequence[CheckedSentence]) -> tuple[Citation, ...]:
    """The citations of all sentences in order of appearance, each once: number 1 is the first."""
    return tuple(dict.fromkeys(one for sentence in sentences for one in sentence.citations))


def contradictions(sentences: Sequence[CheckedSentence], hits: Sequence[Hit]) -> tuple[Contradiction, ...]:
    """What the cited sources contradict each other in. Numbers are those of `distinct_citations(sentences)`.

    Compared are citations of different documents, versions or sections, each with the sentence that it is part of. Preferred is the
    one that is from the newer document or version; None where neither is known to be.
    """
    cited = distinct_citations(sentences)[:_MAX_CITATIONS]
    found = [_hit_of(citation, hits) for citation in cited]
    texts = [_sentence_of(citation, hit) for citation, hit in zip(cited, found, strict=True)]
    language = language_of("\n".join(texts))
    claims = [Claim(text, statement(text, language=language), figures_of(text), language) for text in texts]
    return tuple(
        Contradiction(
            shared_words(claims[one], claims[other]),
            (one + 1, other + 1),
            _preferred((one, other), cited, found),
        )
        for one, other in combinations(range(len(cited)), 2)
        if _may_differ(cited[one], cited[other]) and differ(claims[one], claims[other])
    )


def _may_differ(one: Citation, other: Citation) -> bool:
    return (one.doc_id, one.version, one.heading) != (other.doc_id, other.version, other.heading)


def _hit_of(citation: Citation, hits: Sequence[Hit]) -> Hit | None:
    return next(
        (
            hit
            for hit in hits
            if (hit.doc_id, hit.version) == (citation.doc_id, citation.version)
            and hit.start <= citation.start
            and citation.end <= hit.end
            and citation.quote in hit.text
        ),
        None,
    )


def _sentence_of(citation: Citation, hit: Hit | None) -> str:
    """The sentence or sentences that a quote is part of; the quote alone where its passage is not there."""
    text = citation.quote
    if hit is not None:
        start = citation.start - hit.start
        if hit.text[start : start + len(text)] != text:
            start = hit.text.index(text)
        text = place_of(hit, start, start + len(text)).around
    return text[:_MAX_CLAIM_CHARS]


def _preferred(pair: tuple[int, int], cited: Sequence[Citation], hits: Sequence[Hit | None]) -> int | None:
    one, other = pair
    if cited[one].doc_id == cited[other].doc_id and cited[one].version != cited[other].version:
        return (one if cited[one].version > cited[other].version else other) + 1
    ages = [hit.modified_s if hit is not None else 0 for hit in (hits[one], hits[other])]
    if 0 in ages or ages[0] == ages[1]:
        return None
    return (one if ages[0] > ages[1] else other) + 1
