"""Turning pseudonyms back in what is shown. Pure.

Only what the list of a document's own mentions holds is turned back, in the text at the places that it names: a pseudonym
that somebody typed into a document, because he saw it elsewhere, stays one. What does not stand where the list says stays too.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from core.answers import Answer, Citation
from core.highlights import restored_highlight
from core.offsets import OffsetMap
from core.pseudonyms import TOKEN, Mention, MentionField, RestoredSpan
from core.search import Hit

_CITED = re.compile(r"\s*\[(\d+)\]")

Place = tuple[str, int]
"""A document and its version."""


@dataclass(frozen=True, slots=True)
class RestoredText:
    """A text with values, and where they stand."""

    text: str
    spans: tuple[RestoredSpan, ...] = ()


@dataclass(frozen=True, slots=True)
class RestoredHit:
    """A hit with values, and the pseudonyms that were turned back in it, anywhere."""

    hit: Hit
    tokens: frozenset[str]


@dataclass(frozen=True, slots=True)
class RestoredAnswer:
    """An answer with values, and the pseudonyms that were turned back in it, anywhere."""

    answer: Answer
    tokens: frozenset[str]


def restored_part(
    text: str,
    mentions: Iterable[Mention],
    *,
    where: MentionField = MentionField.TEXT,
    start: int = 0,
    places: OffsetMap | None = None,
) -> RestoredText:
    """The part of a stored text that begins at `start`, with the values that stand there.

    `places` leads from the stored part to the text, where that was redacted once more when it was read.
    """
    parts: list[str] = []
    spans: list[RestoredSpan] = []
    end = shift = 0
    here = (one for one in mentions if one.where is where and one.reversible)
    for one in sorted(here, key=lambda one: one.start):
        at = places.moved(one.start - start) if places else one.start - start
        until = at + len(one.token)
        if at < end or text[at:until] != one.token:
            continue
        parts += [text[end:at], one.value]
        spans.append(_span(one, start=at + shift))
        shift += len(one.value) - len(one.token)
        end = until
    return RestoredText("".join([*parts, text[end:]]), tuple(spans))


def restored_words(text: str, forms: Mapping[str, Sequence[str]]) -> str:
    """A text without places of its own (a heading, a path) with values: the forms of a token in turn, the last one again."""
    used: dict[str, int] = {}

    def value(found: re.Match[str]) -> str:
        known = forms.get(found[0])
        if not known:
            return found[0]
        number = used[found[0]] = used.get(found[0], -1) + 1
        return known[min(number, len(known) - 1)]

    return TOKEN.sub(value, text)


def restored_hit(hit: Hit, mentions: Sequence[Mention]) -> RestoredHit:
    """The hit with the values of its own document's version. Its offsets stay those of the stored text."""
    places = hit.offsets.inverse if hit.offsets else None
    text = restored_part(hit.text, mentions, start=hit.start, places=places)
    title = restored_part(hit.title, mentions, where=MentionField.TITLE)
    known = _whole(mentions)
    shown = {span.token for span in (*text.spans, *title.spans)} | _known_in(known, hit.heading, hit.path)
    restored = replace(
        hit,
        text=text.text,
        title=title.text,
        heading=restored_words(hit.heading, known),
        path=restored_words(hit.path, known),
        restored=text.spans,
        highlight=restored_highlight(hit.highlight, text.spans) if hit.highlight else None,
    )
    return RestoredHit(restored, frozenset(shown))


def restored_answer(answer: Answer, mentions: Mapping[Place, Sequence[Mention]]) -> RestoredAnswer:
    """The answer with the values of the documents that it cites: a sentence only with those of its own citations."""
    found = [_restored_citation(one, mentions.get((one.doc_id, one.version), ())) for one in answer.citations]
    text, of_text = _restored_text(answer, mentions)
    said = [(one.text, one.citations) for one in answer.sentences]
    about = [(one.about, one.citations) for one in answer.contradictions]
    sentences = [_restored_words_of(words, numbers, answer, mentions) for words, numbers in said]
    subjects = [_restored_words_of(words, numbers, answer, mentions) for words, numbers in about]
    tokens = of_text.union(*(tokens for _, tokens in (*found, *sentences, *subjects)))
    restored = replace(
        answer,
        text=text,
        citations=tuple(one for one, _ in found),
        sentences=tuple(
            replace(one, text=words) for one, (words, _) in zip(answer.sentences, sentences, strict=True)
        ),
        contradictions=tuple(
            replace(one, about=words) for one, (words, _) in zip(answer.contradictions, subjects, strict=True)
        ),
    )
    return RestoredAnswer(restored, tokens)


def _restored_citation(citation: Citation, mentions: Sequence[Mention]) -> tuple[Citation, frozenset[str]]:
    quote = restored_part(citation.quote, mentions, start=citation.start)
    known = _whole(mentions)
    title = restored_part(citation.document, mentions, where=MentionField.TITLE)
    shown = {span.token for span in (*quote.spans, *title.spans)}
    shown |= _known_in(known, citation.heading, citation.path)
    restored = replace(
        citation,
        document=title.text,
        quote=quote.text,
        heading=restored_words(citation.heading, known),
        path=restored_words(citation.path, known),
        restored=quote.spans,
    )
    return restored, frozenset(shown)


def _restored_words_of(
    words: str, numbers: Iterable[int], answer: Answer, mentions: Mapping[Place, Sequence[Mention]]
) -> tuple[str, frozenset[str]]:
    """Words that stand on these citations, and the pseudonyms that were turned back in them."""
    known = _forms(_cited(answer, numbers), mentions)
    return restored_words(words, known), frozenset(_known_in(known, words))


def _cited(answer: Answer, numbers: Iterable[int]) -> list[Citation]:
    return [answer.citations[number - 1] for number in numbers if 0 < number <= len(answer.citations)]


def _restored_text(answer: Answer, mentions: Mapping[Place, Sequence[Mention]]) -> tuple[str, frozenset[str]]:
    """What stands before citations, with the values of what is cited there. What follows the last one cites nothing."""
    parts: list[str] = []
    tokens: set[str] = set()
    for said, cited in _segments(answer.text):
        known = _forms(_cited(answer, cited), mentions)
        tokens |= _known_in(known, said)
        parts.append(restored_words(said, known))
    return "".join(parts), frozenset(tokens)


def _segments(text: str) -> list[tuple[str, list[int]]]:
    """The text in pieces: each ends with the citations of what it says, and with their numbers."""
    pieces: list[tuple[str, list[int]]] = []
    begin = end = 0
    cited: list[int] = []
    for found in _CITED.finditer(text):
        if cited and found.start() != end:
            pieces.append((text[begin:end], cited))
            begin, cited = end, []
        cited.append(int(found[1]))
        end = found.end()
    if cited:
        pieces.append((text[begin:end], cited))
    return [*pieces, (text[end:], [])]


def _forms(
    citations: Sequence[Citation], mentions: Mapping[Place, Sequence[Mention]]
) -> dict[str, list[str]]:
    """How the quotes write each value, in order; values that stand elsewhere in the documents as these write them first."""
    known: dict[str, list[str]] = {}
    for citation in citations:
        for one in mentions.get((citation.doc_id, citation.version), ()):
            if _quoted(one, citation):
                known.setdefault(one.token, []).append(one.value)
    for citation in citations:
        for token, values in _whole(mentions.get((citation.doc_id, citation.version), ())).items():
            known.setdefault(token, values)
    return known


def _quoted(mention: Mention, citation: Citation) -> bool:
    at, until = mention.start - citation.start, mention.end - citation.start
    return mention.where is MentionField.TEXT and at >= 0 and citation.quote[at:until] == mention.token


def _whole(mentions: Iterable[Mention]) -> dict[str, list[str]]:
    """A form for every token of a document; of one that is in its path, as it stands there."""
    known: dict[str, list[str]] = {}
    for one in mentions:
        if one.reversible and (one.token not in known or one.where is MentionField.PATH):
            known[one.token] = [one.value]
    return known


def _known_in(known: Mapping[str, object], *texts: str) -> set[str]:
    return {found[0] for text in texts for found in TOKEN.finditer(text) if found[0] in known}


def _span(mention: Mention, *, start: int) -> RestoredSpan:
    return RestoredSpan(
        token=mention.token,
        entity=mention.entity,
        start=start,
        end=start + len(mention.value),
        stored_start=mention.start,
        stored_end=mention.end,
        original_start=mention.original_start,
        original_end=mention.original_end,
    )
