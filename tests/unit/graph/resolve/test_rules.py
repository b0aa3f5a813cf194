"""Which two names a rule takes for one thing, and which it never does."""

import pytest

from core.graph import ChunkRef, EntityKind, Merge, MergeState, Spot
from graph.keys import entity_key
from graph.resolve.rules import Known, conflict, holds, merge_by_rule, stated

K = EntityKind
ORG = K.ORGANISATION


def reason(
    left: str, right: str, kind: K = ORG, other: K | None = None, *, together: bool = False
) -> str | None:
    """The rule that joins two names of these kinds."""
    documents = frozenset({"one"}) if together else frozenset()
    merge = merge_by_rule(
        entity_key(left),
        entity_key(right),
        of_left=Known(kind, left, documents),
        of_right=Known(other or kind, right, documents),
    )
    return merge.reason if merge else None


@pytest.mark.parametrize(
    ("left", "right", "kind", "rule"),
    [
        ("Jay-Z", "Jay Z", K.PERSON, "spelling"),
        ("Kim Jong-un", "Kim Jong Un", K.PERSON, "spelling"),
        ("Guinea-Bissau", "Guinea Bissau", K.PLACE, "spelling"),
        ("Saint Petersburg", "St. Petersburg", K.PLACE, "spelling"),
        ("Mount Hood", "Mt. Hood", K.PLACE, "spelling"),
        ("World Health Organisation", "World Health Organization", ORG, "spelling"),
        ("Lincoln Centre", "Lincoln Center", ORG, "spelling"),
        ("FranklinCovey", "Franklin Covey", ORG, "spelling"),
        ("Smith & Sons", "Smith and Sons", ORG, "spelling"),
        ("\u5317\u4eac\u5927\u5b66", "\u5317\u4eac \u5927\u5b66", ORG, "spelling"),
        ("Acme Corp", "Acme Corporation", ORG, "spelling"),
        ("Acme", "ACME Corp.", ORG, "legal_form"),
        ("Apple", "Apple Inc.", ORG, "legal_form"),
        ("Republican", "Republicans", K.GROUP, "plural"),
        ("J.R.R. Tolkien", "John Ronald Reuel Tolkien", K.PERSON, "initials"),
        ("James A. Garfield", "James Abram Garfield", K.PERSON, "initials"),
        ("NATO", "North Atlantic Treaty Organization", ORG, "acronym"),
        ("FIFA", "Federation Internationale de Football Association", ORG, "acronym"),
        ("Gothenburg University", "Gothenberg University", ORG, "typo"),
    ],
)
def test_names_of_one_thing(left: str, right: str, kind: K, rule: str) -> None:
    assert reason(left, right, kind) == rule
    assert reason(right, left, kind) == rule


@pytest.mark.parametrize(
    ("left", "right", "kind"),
    [
        ("Python 2", "Python 3", K.PRODUCT),
        ("Python 3.11", "Python 31.1", K.PRODUCT),
        ("iPhone 12", "iPhone 13", K.PRODUCT),
        ("Section 4", "Section 5", K.WORK),
        ("World War I", "World War II", K.EVENT),
        ("Henry VIII", "Henry VII", K.PERSON),
        ("North Carolina", "South Carolina", K.PLACE),
        ("Paris, Texas", "Paris", K.PLACE),
        ("Paris, Texas", "Paris, France", K.PLACE),
        ("John Smith", "Jane Smith", K.PERSON),
        ("John Smith", "J. Smith", K.PERSON),
        ("J. R. Smith", "J. K. Smith", K.PERSON),
        ("J. R. Smith", "James Kenneth Smith", K.PERSON),
        ("Al Simmons", "Anthony Lamont Simmons", K.PERSON),
        ("John Adams", "John Quincy Adams", K.PERSON),
        ("Robert", "Roberts", K.TOPIC),
        ("Steven Johnson", "Stephen Johnson", K.PERSON),
        ("Robert Johnston", "Robert Johnson", K.PERSON),
        ("Alien", "Aliens", K.WORK),
        ("Acme Ltd", "Acme GmbH", ORG),
        ("Production", "Production Company", ORG),
        ("C", "C++", K.PRODUCT),
        ("C++", "C#", K.PRODUCT),
        (".NET", "NET", K.PRODUCT),
        ("a.b@example.org", "ab@example.org", K.TOPIC),
        ("EU", "European Union", ORG),
        ("Charleston", "Charlestown", K.PLACE),
        ("Version 10.1 of Atlas", "Version 10.2 of Atlas", K.PRODUCT),
        ("PERSON_0123456789ab", "PERSON_0123456789ac", K.PERSON),
        ("PERSON_0123456789ab Trust", "PERSON_0123456789ac Trust", ORG),
    ],
)
def test_names_of_two_things(left: str, right: str, kind: K) -> None:
    assert reason(left, right, kind, together=True) is None
    assert reason(right, left, kind, together=True) is None


@pytest.mark.parametrize("kind", [K.IDENTIFIER, K.VALUE])
def test_identifiers_and_values_are_never_one(kind: K) -> None:
    assert reason("CVE-2020-1234", "CVE 2020 1234", kind) is None


def test_an_acronym_needs_the_same_kind_and_capitals() -> None:
    long = "North Atlantic Treaty Organization"
    assert reason("NATO", long, ORG, K.PLACE) is None
    assert reason("Nato", long) is None


def test_three_letters_need_a_document_that_names_both() -> None:
    """By chance, too many names begin with three given letters."""
    assert reason("WHO", "World Health Organization") is None
    assert reason("WHO", "World Health Organization", together=True) == "acronym"


@pytest.mark.parametrize(("left", "right"), [("Pit bull", "Pitbull"), ("Pol-ka", "Polka")])
def test_a_space_or_hyphen_less_makes_another_word_unless_the_kind_is_one(left: str, right: str) -> None:
    assert reason(left, right, K.TOPIC, K.PERSON) is None
    assert reason(left, right, K.TOPIC) == "spelling"


def test_a_company_is_not_the_person_it_is_called_after() -> None:
    assert reason("Walt Disney", "Walt Disney Company", K.PERSON, ORG) is None


def test_the_smaller_key_is_left() -> None:
    merge = merge_by_rule("jay-z", "jay z", of_left=Known(K.PERSON), of_right=Known(K.PERSON))
    assert merge == Merge("jay z", "jay-z", MergeState.AUTOMATIC, "spelling", 0.98)


def test_what_is_stated_needs_no_rule() -> None:
    spot = Spot(ChunkRef("one", 1, 0), 0, 9)
    merge = stated("new york city", "big apple", kinds=(K.PLACE, K.TOPIC), score=0.9, spots=(spot,))
    assert merge == Merge("big apple", "new york city", MergeState.AUTOMATIC, "stated", 0.9, (spot,))


@pytest.mark.parametrize(
    ("left", "right", "kinds"),
    [
        ("acme", "acme", (ORG, ORG)),
        ("PERSON_0123456789ab", "PERSON_0123456789ac", (K.PERSON, K.PERSON)),
        ("iso 9001", "bs 5750", (K.IDENTIFIER, K.IDENTIFIER)),
        ("acme", "2019", (ORG, K.VALUE)),
    ],
)
def test_not_even_a_sentence_makes_these_one(left: str, right: str, kinds: tuple[K, K]) -> None:
    assert stated(left, right, kinds=kinds, score=1.0) is None


def test_what_a_batch_found_counts_where_the_reader_sees_one_kind() -> None:
    found = Merge("justice department", "department of justice", MergeState.AUTOMATIC, "meaning", 0.96)
    human = Merge("justice department", "department of justice", MergeState.CONFIRMED, "human")
    place, organisation = Known(K.PLACE), Known(ORG)
    assert holds(found, of_left=organisation, of_right=organisation)
    assert not holds(found, of_left=organisation, of_right=place)
    person = Known(K.PERSON)
    assert not holds(found, of_left=person, of_right=person)
    assert holds(human, of_left=organisation, of_right=place)


@pytest.mark.parametrize(
    ("left", "right", "is_conflict"),
    [
        ("acme ltd", "acme inc", True),
        ("acme", "acme inc", False),
        ("route 66", "route 67", True),
        ("south-east asia", "southeast asia", False),
        ("nato", "north atlantic treaty organization", False),
    ],
)
def test_names_that_no_chain_may_join(left: str, right: str, *, is_conflict: bool) -> None:
    assert conflict(left, right) is is_conflict
