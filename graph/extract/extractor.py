"""Entities and relations of a document by rules, over what language models see in it."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from itertools import chain

from core import ids
from core.documents import Chunk, ParsedDocument
from core.graph import NamedSpan
from core.graph_ports import Extraction, NameFinder, SyntaxParser, SyntaxToken
from core.graph_settings import GraphSettings
from core.sentences import Sentence, split_sentences
from graph.extract import relations as of_relations
from graph.extract.coreference import introduction, resolved
from graph.extract.entities import entities, title_entity
from graph.extract.masking import words_of
from graph.extract.mentions import Named
from graph.extract.relations import relations
from graph.extract.rows import Bounds, evidence
from inference.lexical.languages import detected, language_named, stop_words

# Counts up when the same document would give other rows.
_REVISION = 1
_ENGLISH = "english"
# In German every noun has a capital.
_NOUNS_IN_CAPITALS = frozenset({"german"})
_SAMPLE_CHARS = 4000
_WORD = re.compile(r"[^\W\d_]+")


class RuleExtractor:
    """Reads entities and relations. Safe to call from several threads, as the models are; time is linear in the text."""

    def __init__(
        self,
        settings: GraphSettings,
        *,
        syntax: SyntaxParser | None,
        names: NameFinder | None,
        languages: Collection[str] = ("en",),
    ) -> None:
        """`syntax` is of English, `names` for documents that no redaction has read; without them patterns are left.

        `languages` (ISO 639-1) are those that models look for names in: of texts in others, theirs are not believed.
        """
        self._bounds = Bounds(settings.max_entities, settings.max_rows)
        self._syntax = syntax if settings.syntax else None
        self._names = names
        self._languages = tuple(languages)

    @property
    def fingerprint(self) -> str:
        """Rules, models and bounds."""
        return ids.fingerprint(
            {
                "revision": _REVISION,
                "relations": of_relations.VERSION,
                "syntax": self._syntax.fingerprint if self._syntax else "",
                "names": self._names.fingerprint if self._names else "",
                "languages": list(self._languages),
                "max_entities": self._bounds.max_entities,
                "max_rows": self._bounds.max_rows,
            }
        )

    def extract(
        self, document: ParsedDocument, *, chunks: Sequence[Chunk], names: Sequence[NamedSpan] | None
    ) -> Extraction:
        """The rows of a document; `names` are what the pass of redaction found, None: there was none."""
        language = _language(document)
        if language not in map(language_named, self._languages):
            names = ()
        elif names is None:
            names = self._names.names([document.text])[0] if self._names else ()
        title = title_entity(document)
        sentences = split_sentences(document.text)
        found = entities(
            document,
            sentences=sentences,
            names=names,
            title=title,
            reads_capitals=language not in _NOUNS_IN_CAPITALS,
        )
        title = _as_mentioned(title, found)
        known_as = introduction(sentences, found, title)
        if title is not None and known_as is not None:
            title = replace(title, kind=known_as.object.kind)
        mentions = resolved(
            document.text,
            sentences=sentences,
            mentions=found,
            title=title,
            reads_pronouns=language == _ENGLISH,
        )
        tokens_of = self._tokens(document.text, sentences, mentions, is_english=language == _ENGLISH)
        stated = relations(document, sentences=sentences, mentions=mentions, tokens_of=tokens_of)
        return evidence(
            chunks,
            mentions=mentions,
            stated=chain([known_as] if known_as else [], stated),
            title=title,
            bounds=self._bounds,
        )

    def _tokens(
        self, text: str, sentences: Sequence[Sentence], mentions: Sequence[Named], *, is_english: bool
    ) -> Callable[[Sentence], Sequence[SyntaxToken]]:
        """The words of sentences that name two things; of others none."""
        parsed: dict[int, Sequence[SyntaxToken]] = {}
        if self._syntax is not None and is_english:
            rich = _naming_two(sentences, mentions)
            words = words_of(self._syntax, [text[one.start : one.end] for one in rich])
            parsed = {one.start: found for one, found in zip(rich, words, strict=True)}
        return lambda sentence: parsed.get(sentence.start, ())


def _naming_two(sentences: Sequence[Sentence], mentions: Sequence[Named]) -> list[Sentence]:
    """The sentences that name two different things; `mentions` by place. Rows of tables have no syntax."""
    found: list[Sentence] = []
    at = 0
    for sentence in sentences:
        keys: set[str] = set()
        while at < len(mentions) and mentions[at].start < sentence.end:
            if mentions[at].start >= sentence.start:
                keys.add(mentions[at].key)
            at += 1
        if len(keys) > 1 and not sentence.is_table_row:
            found.append(sentence)
    return found


def _as_mentioned(title: Named | None, mentions: Sequence[Named]) -> Named | None:
    """The title, of the kind that the text gives it."""
    same = next((one for one in mentions if title is not None and one.key == title.key), None)
    return replace(title, kind=same.kind) if title is not None and same is not None else title


def _language(document: ParsedDocument) -> str:
    """What the document says, else what its words say; English where neither does."""
    named = language_named(document.language)
    if named is not None:
        return named
    words = {word.casefold() for word in _WORD.findall(document.text[:_SAMPLE_CHARS])}
    return detected(words, [_ENGLISH, *(name for name in sorted(stop_words()) if name != _ENGLISH)])
