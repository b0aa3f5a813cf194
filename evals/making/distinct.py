"""Makes drafts say one thing each: names the document where a question fits several, and leaves out what stays ambiguous. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from evals.making.drafts import Draft, ReadDocument
from evals.making.sections import sections_of
from evals.making.titles import named, within
from evals.making.words import content_words, is_private, normal

_LEAST_WORDS = 2
_MAX_CHARS = 300


class Corpus:
    """The documents that questions are made from, and where the same words stand."""

    def __init__(self, documents: Sequence[ReadDocument]) -> None:
        self.documents = {one.doc_id: one for one in documents}
        self._normal = {one.doc_id: normal(one.text) for one in documents}
        headings = {content_words(part.heading) for one in documents for part in sections_of(one.text)}
        self._headings: dict[str, set[frozenset[str]]] = defaultdict(set)
        for words in headings:
            for word in words:
                self._headings[word].add(words)
        self._found: dict[str, frozenset[str]] = {}
        self._words: dict[str, frozenset[str]] = {}

    def having(self, words: str) -> frozenset[str]:
        """The documents in which these words stand, however they are marked."""
        wanted = normal(words)
        if wanted not in self._found:
            self._found[wanted] = frozenset(
                one for one, text in self._normal.items() if wanted and wanted in text
            )
        return self._found[wanted]

    def words_of(self, doc_id: str) -> frozenset[str]:
        """All words of a document that are no grammar."""
        if doc_id not in self._words:
            self._words[doc_id] = content_words(self.documents[doc_id].text)
        return self._words[doc_id]

    def has_year(self, year: str) -> bool:
        """Whether a document names the year, or anything else written so."""
        return any(year in text for text in self._normal.values())

    def is_heading(self, question: str) -> bool:
        """Whether all that a question says stands in one heading: it asks for nothing but these words."""
        words = content_words(question)
        return not words or bool(set.intersection(*(self._headings.get(word, set()) for word in words)))


def distinct(drafts: Iterable[Draft], corpus: Corpus) -> list[Draft]:
    """Those that one answer is right for, in order. A question of several documents or a vague one names its document."""
    found = [_clear(draft, corpus) for draft in drafts]
    several = _groups(draft for draft in found if draft)
    named_apart = [_apart(draft, several, corpus.documents) for draft in found if draft]
    groups = _groups(draft for draft in named_apart if draft)
    kept = [draft for draft in named_apart if draft and _is_first(draft, groups)]
    return [draft for draft in kept if _is_asked_well(draft, corpus)]


def _clear(draft: Draft, corpus: Corpus) -> Draft | None:
    title = corpus.documents[draft.doc_id].title
    if not draft.is_vague or (named(title) and named(title) in draft.question):
        return draft
    return _renamed(draft, title)


def _apart(
    draft: Draft, groups: Mapping[str, Sequence[Draft]], documents: Mapping[str, ReadDocument]
) -> Draft | None:
    others = groups[_key(draft)]
    if len({_answer(one) for one in others}) == 1 or len({one.doc_id for one in others}) == 1:
        return draft
    return None if draft.kind == "identifier" else _renamed(draft, documents[draft.doc_id].title)


def _renamed(draft: Draft, title: str) -> Draft | None:
    question = within(draft.question, title)
    return replace(draft, question=question, is_vague=False) if question else None


def _is_first(draft: Draft, groups: Mapping[str, Sequence[Draft]]) -> bool:
    others = groups[_key(draft)]
    return others[0] is draft and len({_answer(one) for one in others}) == 1


def _is_asked_well(draft: Draft, corpus: Corpus) -> bool:
    words = content_words(draft.question)
    is_long = len(words) >= _LEAST_WORDS or draft.kind == "identifier"
    is_open = is_long and len(draft.question) <= _MAX_CHARS and not is_private(draft.question)
    is_given_away = any(normal(answer) in normal(draft.question) for answer in draft.answers if answer)
    return is_open and not is_given_away and not corpus.is_heading(draft.question)


def _groups(drafts: Iterable[Draft]) -> dict[str, list[Draft]]:
    found: dict[str, list[Draft]] = defaultdict(list)
    for draft in drafts:
        found[_key(draft)].append(draft)
    return found


def _key(draft: Draft) -> str:
    return normal(draft.question)


def _answer(draft: Draft) -> str:
    return normal(draft.answers[0] if draft.answers else draft.quote)
