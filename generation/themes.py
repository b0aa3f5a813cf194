"""Answers to questions about the whole: the main themes of what may be read, each in the documents' own words. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.answers import Answer, AnswerStatus, Citation
from core.search import Hit
from generation.citations import cite

# Words of questions that say nothing of what these are about.
_GENERIC_WORDS = (
    "a about across again all an and any archive are area areas at base big brief briefly broad broadly by can "
    "central collection collections common company content contents corpus cover covered covers data deal deals "
    "dealt describe describes describing description did discuss discussed discusses do docs document "
    "documentation documents does dominant everything explain file files find folder folders for from general "
    "generally gist give handbook have here high highlights i in information is it its key kinds know knowledge "
    "level library list main mainly major manual material materials me most my of on our outline overall overview "
    "page pages picture please point points provide recurring said say says sections short show some sort sorts "
    "sources subject subjects sum summaries summarise summarize summary talk talks tell text texts that the their "
    "theme themes there these they things this those to topic topics us walk we what which whole wiki with written "
    "you your"
)
_GENERIC = frozenset(_GENERIC_WORDS.split())
_WORD = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*")
_ENDS = (".", "!", "?", '."', ".)")
_MARKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Theme:
    """One theme: names that stand for it, and sentences of documents, the most telling first."""

    title: str
    quotes: tuple[Hit, ...]


def topic_words(question: str) -> tuple[str, ...]:
    """The words that say what a question is about; none if it asks for themes, an overview or a summary of everything."""
    return tuple(word for word in _WORD.findall(question) if word.casefold() not in _GENERIC)


def overview(themes: Sequence[Theme], *, quote_count: int) -> Answer | None:
    """A line for each theme: its names, and up to `quote_count` sentences that no theme before it has quoted.

    A theme without a sentence is left out; None if there is no other.
    """
    lines: list[str] = []
    citations: list[Citation] = []
    said: set[str] = set()
    for theme in themes:
        quotes = _fresh(theme.quotes, said)[:quote_count]
        if not quotes:
            continue
        pieces = []
        for quote in quotes:
            said.add(_plain(quote.text).casefold())
            citations.append(cite(quote, start=0, end=len(quote.text)))
            pieces.append(f"{_plain(quote.text)} [{len(citations)}]")
        lines.append(f"{_plain(theme.title)}: {' '.join(pieces)}")
    return Answer("\n".join(lines), AnswerStatus.GROUNDED, None, tuple(citations)) if citations else None


def _fresh(quotes: Sequence[Hit], said: set[str]) -> list[Hit]:
    """Those that say something new, each once, whole sentences if there are any."""
    found: dict[str, Hit] = {}
    for quote in quotes:
        words = _plain(quote.text).casefold()
        if words and words not in said:
            found.setdefault(words, quote)
    # A line of a table or a form, only where there is no sentence.
    whole = [quote for words, quote in found.items() if words.endswith(_ENDS)]
    return whole or list(found.values())


def _plain(text: str) -> str:
    """One line, as a reader expects it; the citation keeps the original."""
    return _MARKS.sub(" ", text).strip()
