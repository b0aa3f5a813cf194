"""What of a model's answer a chunk bears out, as rows of evidence. Pure.

A name that does not stand in the chunk is no entity, whatever the model says, and a relation needs two that do.
"""

from collections.abc import Iterator, Sequence

from core.documents import Chunk
from core.graph import ENTITY_PREDICATES, MENTIONED, TITLED, EntityKind, Evidence
from core.pseudonyms import TOKEN
from core.sentences import Sentence, split_sentences
from graph.extract.mentions import Named
from graph.extract.model.answer import MAX_ENTITIES, MAX_RELATIONS, FoundGraph
from graph.extract.noise import is_noise
from graph.extract.predicates import predicate
from graph.extract.rows import Bounds, evidence
from graph.extract.stated import Stated
from graph.keys import entity_key

_RULE = "model"
_SAME_SENTENCE_WEIGHT = 0.9
_SAME_CHUNK_WEIGHT = 0.6
_MAX_PLACES = 50
_BOUNDS = Bounds(MAX_ENTITIES, MAX_ENTITIES + 2 * MAX_RELATIONS)


def borne_out(found: FoundGraph, chunk: Chunk) -> tuple[Evidence, ...]:
    """The rows of a chunk that an answer comes to."""
    mentions = [
        one for entity in found.entities[:MAX_ENTITIES] for one in _named(entity.name, entity.kind, chunk)
    ]
    mentions.sort(key=lambda one: (one.start, -one.end, one.key))
    stated = list(_stated(found, mentions, chunk))
    return evidence([chunk], mentions=mentions, stated=stated, title=None, bounds=_BOUNDS).rows


def joined(by_model: Sequence[Evidence], by_rules: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """The rows of a chunk by both: the model's, and of the rules' what no model is needed for.

    That are titles, identifiers and pseudonyms, and what stands together of things that either has found.
    """
    found = [row for row in by_model if row.is_entity]
    known = {row.subject for row in found}
    titles = [row for row in by_rules if row.predicate == TITLED]
    sure = [
        row for row in by_rules if row.predicate == MENTIONED and row.subject not in known and _is_sure(row)
    ]
    known |= {row.subject for row in sure}
    told = {frozenset((row.subject, row.object)) for row in by_model if not row.is_entity}
    together = [
        row
        for row in by_rules
        if row.predicate not in ENTITY_PREDICATES
        and {row.subject, row.object} <= known
        and frozenset((row.subject, row.object)) not in told
    ]
    return (*titles, *found, *sure, *(row for row in by_model if not row.is_entity), *together)


def _is_sure(row: Evidence) -> bool:
    return row.kind is EntityKind.IDENTIFIER or bool(TOKEN.fullmatch(row.name))


def _named(name: str, kind: str, chunk: Chunk) -> Iterator[Named]:
    """The places of a name in a chunk, if it is one."""
    wanted, entity_kind = " ".join(name.split()), EntityKind(kind)
    key = entity_key(wanted)
    if not key:
        return
    for start in _places(chunk.text, wanted):
        written = chunk.text[start : start + len(wanted)]
        if not is_noise(written, entity_kind):
            place = chunk.start + start
            yield Named(key, written, entity_kind, place, place + len(written))


def _places(text: str, name: str) -> Iterator[int]:
    """Where it stands as whole words, letter for letter but for case."""
    folded, wanted, at = text.lower(), name.lower(), -1
    if len(folded) != len(text):
        folded, wanted = text, name
    for _ in range(_MAX_PLACES):
        at = folded.find(wanted, at + 1)
        if at < 0:
            return
        if not _is_inside_word(text, at, at + len(wanted)):
            yield at


def _is_inside_word(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    return (before.isalnum() and text[start].isalnum()) or (after.isalnum() and text[end - 1].isalnum())


def _stated(found: FoundGraph, mentions: Sequence[Named], chunk: Chunk) -> Iterator[Stated]:
    """The relations whose ends stand in the chunk: in the sentence that has both, else in the chunk as a whole."""
    places: dict[str, list[Named]] = {}
    for one in mentions:
        places.setdefault(one.key, []).append(one)
    sentences = [_moved(one, chunk.start) for one in split_sentences(chunk.text)]
    for relation in found.relations[:MAX_RELATIONS]:
        subject, other = places.get(entity_key(relation.subject)), places.get(entity_key(relation.object))
        name = predicate(relation.predicate.split())
        if subject and other and name and name not in ENTITY_PREDICATES and subject[0].key != other[0].key:
            yield _placed(subject, name, other, sentences=sentences, chunk=chunk)


def _placed(
    subjects: list[Named], name: str, others: list[Named], *, sentences: Sequence[Sentence], chunk: Chunk
) -> Stated:
    for sentence in sentences:
        subject, other = _within(subjects, sentence), _within(others, sentence)
        if subject and other:
            return Stated(subject, name, other, sentence.start, sentence.end, _SAME_SENTENCE_WEIGHT, _RULE)
    return Stated(subjects[0], name, others[0], chunk.start, chunk.end, _SAME_CHUNK_WEIGHT, _RULE)


def _within(places: list[Named], sentence: Sentence) -> Named | None:
    return next((one for one in places if sentence.start <= one.start and one.end <= sentence.end), None)


def _moved(sentence: Sentence, offset: int) -> Sentence:
    return Sentence(sentence.start + offset, sentence.end + offset, sentence.is_table_row)
