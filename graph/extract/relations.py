"""Relations of a document: from the syntax of its sentences, its tables and lists, and what merely stands together. Pure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from core.documents import ParsedDocument
from core.graph_ports import SyntaxToken
from core.sentences import Sentence
from graph.extract.aliases import aliases
from graph.extract.cells import Mentions
from graph.extract.cooccurrence import pairs
from graph.extract.entities import title_entity
from graph.extract.found import Found
from graph.extract.lists import key_value_relations
from graph.extract.mentions import Named
from graph.extract.modality import is_question
from graph.extract.nouns import noun_relations
from graph.extract.predicates import predicate
from graph.extract.stated import Stated
from graph.extract.tables import table_relations
from graph.extract.tree import Tree
from graph.extract.verbs import verb_relations

VERSION = 1
"""Counts up when the same document would give other relations."""
_MAX_WORDS = 300
# An enumeration of enumerations states the product of both.
_MAX_FOUND = 400
_MAX_OF_SENTENCE = 60
_ITSELF = 0.9

TokensOf = Callable[[Sentence], Sequence[SyntaxToken]]


def relations(
    document: ParsedDocument, *, sentences: Sequence[Sentence], mentions: Sequence[Named], tokens_of: TokensOf
) -> Iterator[Stated]:
    """All relations of a document: by sentences, then tables, then key-value lines; bounded per sentence.

    `mentions` are all of the document, in any order; dates and amounts among them are of kind VALUE. `tokens_of` gives the words
    of a sentence (`masking.words_of`), none for one that was not parsed. Ends of kind VALUE, acronyms and the subjects of
    tables and lists need not be among the mentions.
    """
    placed = Mentions(mentions)
    title = title_entity(document)
    described = _document_itself(title)
    for sentence in sentences:
        if not sentence.is_table_row:
            here = placed.within(sentence.start, sentence.end)
            if len(here) > 0:
                yield from sentence_relations(document.text, sentence, here, tokens_of(sentence), described)
    yield from table_relations(document.text, placed)
    yield from key_value_relations(document.text, title, placed)


def _document_itself(title: Named | None) -> dict[str, Named]:
    """As in "this policy", which is the document where its title has the word."""
    if title is None:
        return {}
    itself = replace(title, weight=_ITSELF)
    return {f"this {word}": itself for word in (*title.key.split(), "document")}


def sentence_relations(
    text: str,
    sentence: Sentence,
    mentions: Sequence[Named],
    tokens: Sequence[SyntaxToken],
    described: dict[str, Named],
) -> list[Stated]:
    """What one sentence says of its mentions: each pair with each predicate once, the surest first; then mere neighbours.

    `described` is what earlier sentences describe by which noun; what this one describes is added.
    """
    stated = list(aliases(text, mentions, start=sentence.start, end=sentence.end))
    if 0 < len(tokens) <= _MAX_WORDS and not is_question(tokens):
        tree = Tree(tokens, mentions, start=sentence.start, described=described)
        for noun, named in tree.descriptions():
            described.setdefault(noun, named)
        found = islice(_of_syntax(tree), _MAX_FOUND)
        stated.extend(one for one in (_stated(one, sentence) for one in found) if one is not None)
    best = _surest(stated)
    related = {frozenset((one.subject.key, one.object.key)) for one in best}
    beside = pairs(mentions, start=sentence.start, end=sentence.end, related=related)
    return best + list(beside)


def _of_syntax(tree: Tree) -> Iterator[Found]:
    yield from verb_relations(tree)
    yield from noun_relations(tree)


def _stated(found: Found, sentence: Sentence) -> Stated | None:
    name = predicate(found.words)
    subject, other = found.subject, found.object
    if not name or subject.named.key == other.named.key:
        return None
    weight = round(min(1.0, found.weight * subject.weight * other.weight), 3)
    return Stated(subject.named, name, other.named, sentence.start, sentence.end, weight, found.rule)


def _surest(stated: Sequence[Stated]) -> list[Stated]:
    best: dict[tuple[str, str, str], Stated] = {}
    for one in stated:
        key = (one.subject.key, one.predicate, one.object.key)
        if key not in best or best[key].weight < one.weight:
            best[key] = one
    return sorted(best.values(), key=lambda one: -one.weight)[:_MAX_OF_SENTENCE]
