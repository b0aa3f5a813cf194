"""The entities that a document names, mention by mention. Pure."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from core.documents import ParsedDocument
from core.graph import EntityKind, NamedSpan
from core.pseudonyms import TOKEN
from core.sentences import Sentence
from graph.extract.candidates import Candidate, Reader, chosen
from graph.extract.confirming import confirmed
from graph.extract.kinds import kind_of_label, kind_of_name, kind_of_pseudonym
from graph.extract.legible import legible, without_headings
from graph.extract.mentions import Named
from graph.extract.noise import is_noise, trimmed
from graph.extract.shapes import codes, quoted_titles, runs
from graph.keys import entity_key

_MAX_TITLE_CHARS = 100
_MAX_TITLE_WORDS = 12
_LOWER_WORD = re.compile(r"(?<![\w'\u2019])[^\W\d_A-Z]{3,30}(?!\w)")
_JOINTS = re.compile(r"[_-]+")
# Single numbers relate nothing; a year among them does.
_COUNTS = frozenset({"CARDINAL", "ORDINAL"})
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
# "Ed Wood (film)": what tells namesakes apart in an encyclopaedia. No other document writes it.
_QUALIFIER = re.compile(r"\s*\([^()]{1,60}\)\s*$")


def title_entity(document: ParsedDocument) -> Named | None:
    """What the document's title names, at the place `[0, 0)`; None for a title that is no name."""
    title = document.title.strip()
    if " " not in title and not TOKEN.search(title):
        title = _JOINTS.sub(" ", title)
    name = (_QUALIFIER.sub("", title) or title).strip()
    token = TOKEN.fullmatch(name)
    if len(name) > _MAX_TITLE_CHARS or len(name.split()) > _MAX_TITLE_WORDS:
        return None
    key = entity_key(name)
    if not key or not any(map(str.isalpha, key)):
        return None
    return Named(key, name, kind_of_pseudonym(name) if token else EntityKind.TOPIC, 0, 0)


def entities(
    document: ParsedDocument,
    *,
    sentences: Sequence[Sentence],
    names: Iterable[NamedSpan],
    title: Named | None,
    reads_capitals: bool = True,
) -> list[Named]:
    """Every mention that has a name, by place, without overlaps. Dates, amounts and numbers are among them, as values.

    Args:
        document: Redacted.
        sentences: Of its text.
        names: What a language model found in it.
        title: What its title names (`title_entity`).
        reads_capitals: Whether the text is in a language in which capitals are for names alone.
    """
    text = legible(document.text)
    starts = frozenset(sentence.start for sentence in sentences)
    found = [*_pseudonyms(document.text), *_codes(text), *_from_model(text, names)]
    if reads_capitals:
        found += _capitals(text, starts)
    found = confirmed(text, found, starts=starts)
    if title is not None:
        found += _titles(text, title)
    mentions = (_named(document.text, one) for one in chosen(text, found))
    return _one_kind_each([mention for mention in mentions if mention.key], title)


def _pseudonyms(text: str) -> Iterator[Candidate]:
    for match in TOKEN.finditer(text):
        yield Candidate(*match.span(), kind_of_pseudonym(match[0]), Reader.PSEUDONYM)


def _codes(text: str) -> Iterator[Candidate]:
    for start, end in codes(text):
        yield Candidate(start, end, EntityKind.IDENTIFIER, Reader.CODE)


def _from_model(text: str, names: Iterable[NamedSpan]) -> Iterator[Candidate]:
    for name in names:
        kind = kind_of_label(name.label)
        start, end = trimmed(text, name.start, name.end, is_value=kind is EntityKind.VALUE)
        found = text[start:end]
        if not is_noise(found, kind) and (name.label not in _COUNTS or _YEAR.fullmatch(found)):
            yield Candidate(start, end, kind, Reader.MODEL)


def _titles(text: str, title: Named) -> Iterator[Candidate]:
    """Places of the title. One that is written like a sentence is no name in which others would be lost."""
    # "Home Monthly" is made of words that are no names alone.
    is_common = len(title.name.split()) < 2 and is_noise(title.name, title.kind)
    if is_common or not any(map(str.isupper, title.name)):
        return
    is_name = all(word[0].isupper() or not word.isalpha() for word in title.name.split() if len(word) > 3)
    reader = Reader.TITLE if is_name else Reader.PHRASE
    for match in re.finditer(rf"(?<!\w){re.escape(title.name)}(?!\w)", text):
        yield Candidate(*match.span(), title.kind, reader)


def _capitals(text: str, starts: Collection[int]) -> Iterator[Candidate]:
    """Of prose and cells: headings are written in capitals for other reasons."""
    lower_words = frozenset(_LOWER_WORD.findall(text))
    prose = without_headings(text)
    for start, end in runs(prose, lower_words=lower_words, starts=starts):
        if not is_noise(text[start:end], EntityKind.TOPIC):
            yield Candidate(start, end, EntityKind.TOPIC, Reader.CAPITALS)
    for start, end in quoted_titles(prose):
        if not is_noise(text[start:end], EntityKind.WORK):
            yield Candidate(start, end, EntityKind.WORK, Reader.QUOTES)


def _named(text: str, one: Candidate) -> Named:
    name = " ".join(text[one.start : one.end].split())
    return Named(entity_key(name), name, kind_of_name(name, one.kind), one.start, one.end)


def _one_kind_each(mentions: Sequence[Named], title: Named | None) -> list[Named]:
    """The mentions with the kind that most of the document's say of their key; a topic is what nobody knows better."""
    votes: defaultdict[str, Counter[EntityKind]] = defaultdict(Counter)
    for mention in mentions:
        if mention.kind is not EntityKind.VALUE:
            votes[mention.key][mention.kind] += 1
    kinds = {key: _leading(counted) for key, counted in votes.items()}
    if title is not None and title.kind is not EntityKind.TOPIC:
        kinds[title.key] = title.kind
    return [
        mention
        if mention.kind in (EntityKind.VALUE, kinds.get(mention.key))
        else replace(mention, kind=kinds[mention.key])
        for mention in mentions
    ]


def _leading(votes: Counter[EntityKind]) -> EntityKind:
    known = {kind: count for kind, count in votes.items() if kind is not EntityKind.TOPIC}
    return min(known or votes, key=lambda kind: (-votes[kind], kind.value))
