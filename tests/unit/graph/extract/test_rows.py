"""Mentions and relations become rows of evidence: by chunk, counted, bounded."""

import itertools

from core.documents import Chunk
from core.graph import MENTIONED, OCCURS_WITH, TITLED, EntityKind, Evidence
from graph.extract.mentions import Named
from graph.extract.rows import IMPLIED_WEIGHT, Bounds, evidence
from graph.extract.stated import Stated

WIDE = Bounds(100, 1000)


def chunks(*borders: int) -> list[Chunk]:
    return [
        Chunk(number, "", start, end, "", None, start, end, "", 1)
        for number, (start, end) in enumerate(itertools.pairwise(borders))
    ]


def named(key: str, start: int, *, kind: EntityKind = EntityKind.TOPIC, weight: float = 1.0) -> Named:
    return Named(key, key.title(), kind, start, start + len(key), weight)


def stated(subject: Named, predicate: str, other: Named, *, start: int, weight: float = 0.8) -> Stated:
    return Stated(subject, predicate, other, start, start + 10, weight, "rule")


def shown(rows: tuple[Evidence, ...]) -> list[tuple[object, ...]]:
    return [(one.ordinal, one.subject, one.predicate, one.object, one.weight) for one in rows]


def test_mentions_are_counted_by_chunk_at_the_place_of_the_first() -> None:
    mentions = [named("acme", 2), named("acme", 12, weight=0.5), named("acme", 22), named("berlin", 25)]
    found = evidence(chunks(0, 20, 40), mentions=mentions, stated=[], title=None, bounds=WIDE)
    assert shown(found.rows) == [
        (0, "acme", MENTIONED, "", 1.5),
        (1, "acme", MENTIONED, "", 1.0),
        (1, "berlin", MENTIONED, "", 1.0),
    ]
    assert (found.rows[0].start, found.rows[0].end, found.rows[0].name) == (2, 6, "Acme")


def test_what_stands_in_no_chunk_is_left_out() -> None:
    found = evidence(
        chunks(10, 20), mentions=[named("a1", 2), named("b1", 25)], stated=[], title=None, bounds=WIDE
    )
    assert found.rows == ()


def test_the_name_is_the_commonest_and_of_those_the_longest() -> None:
    mentions = [
        Named("us", name, EntityKind.PLACE, place, place + 2) for place, name in enumerate(["US", "U.S."])
    ]
    assert (
        evidence(chunks(0, 9), mentions=mentions, stated=[], title=None, bounds=WIDE).rows[0].name == "U.S."
    )


def test_a_title_is_said_once_in_the_first_chunk() -> None:
    title = Named("acme", "Acme", EntityKind.ORGANISATION, 0, 0)
    found = evidence(chunks(5, 20, 40), mentions=[named("acme", 22)], stated=[], title=title, bounds=WIDE)
    assert shown(found.rows) == [(0, "acme", TITLED, "", 1.0), (1, "acme", MENTIONED, "", 1.0)]
    assert (found.rows[0].start, found.rows[0].end) == (5, 5)


def test_a_relation_belongs_to_the_chunk_of_its_sentence_which_names_both_ends() -> None:
    acme, berlin = named("acme", 2), named("berlin", 9)
    year = named("2021", 14, kind=EntityKind.VALUE)
    relations = [
        stated(acme, "in", berlin, start=2),
        stated(acme, "since", year, start=2),
        stated(acme, "in", berlin, start=22),
    ]
    found = evidence(
        chunks(0, 20, 40), mentions=[acme, berlin, year], stated=relations, title=None, bounds=WIDE
    )
    assert shown(found.rows) == [
        (0, "acme", MENTIONED, "", 1.0),
        (0, "berlin", MENTIONED, "", 1.0),
        (0, "2021", MENTIONED, "", IMPLIED_WEIGHT),
        (0, "acme", "in", "berlin", 0.8),
        (0, "acme", "since", "2021", 0.8),
        (1, "acme", MENTIONED, "", IMPLIED_WEIGHT),
        (1, "berlin", MENTIONED, "", IMPLIED_WEIGHT),
        (1, "acme", "in", "berlin", 0.8),
    ]
    assert [one.kind for one in found.rows if one.subject == "2021"] == [EntityKind.VALUE]
    assert found.rows[5].start == 22


def test_the_same_relation_of_a_chunk_is_there_once_and_as_sure_as_can_be() -> None:
    acme, berlin = named("acme", 2), named("berlin", 9)
    relations = [stated(acme, "in", berlin, start=2, weight=w) for w in (0.3, 0.9, 0.5)]
    found = evidence(chunks(0, 40), mentions=[acme, berlin], stated=relations, title=None, bounds=WIDE)
    assert [one.weight for one in found.rows if not one.is_entity] == [0.9]


def test_nothing_is_related_to_itself_or_to_what_has_no_key() -> None:
    acme = named("acme", 2)
    relations = [stated(acme, "is", acme, start=2), stated(acme, "is", named("", 9), start=2)]
    found = evidence(chunks(0, 40), mentions=[acme], stated=relations, title=None, bounds=WIDE)
    assert [one.predicate for one in found.rows] == [MENTIONED]


def test_of_more_than_a_document_may_say_the_weakest_is_left_out_and_counted() -> None:
    mentions = [named(key, place) for place, key in enumerate(["aa", "bb", "bb", "cc", "cc", "cc"])]
    aa, bb, _, cc, *_ = mentions
    relations = [
        stated(aa, "is", cc, start=1),
        stated(bb, "is", cc, start=1),
        stated(bb, OCCURS_WITH, cc, start=1, weight=0.1),
    ]

    def bounded(entities: int, rows: int) -> tuple[list[str], int]:
        found = evidence(
            chunks(0, 40), mentions=mentions, stated=relations, title=None, bounds=Bounds(entities, rows)
        )
        return [f"{one.subject} {one.object}".strip() for one in found.rows], found.left_out_count

    assert bounded(2, 100) == (["bb", "cc", "bb cc", "bb cc"], 2)
    assert bounded(2, 3) == (["bb", "cc", "bb cc"], 3)
    assert bounded(9, 2) == (["bb", "cc"], 4)
    assert bounded(9, 4) == (["aa", "bb", "cc", "aa cc"], 2)


def test_what_a_title_names_stays_whatever_else_is_left_out() -> None:
    title = Named("zz", "ZZ", EntityKind.TOPIC, 0, 0)
    found = evidence(
        chunks(0, 40), mentions=[named("aa", 2), named("aa", 5)], stated=[], title=title, bounds=Bounds(1, 1)
    )
    assert [one.subject for one in found.rows] == ["zz"]
