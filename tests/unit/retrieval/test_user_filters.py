import pytest

from core.errors import InvalidInputError
from core.filters import All, AnyOf, AtLeast, AtMost, Either, Equals, IsEmpty, Not
from retrieval.user_filters import (
    DATE_FIELDS,
    KEYWORD_FIELDS,
    MAX_CONDITIONS,
    MAX_DEPTH,
    parse_expressions,
    parse_filter,
)
from store.vectors.schema import PAYLOAD_INDEXES

DAY = 86_400


def eq(value: object = "a", key: object = "doc_id", kind: object = "eq") -> dict:
    return {"type": kind, "key": key, "value": value}


def nested(depth: int) -> dict:
    tree = eq()
    for _ in range(depth - 1):
        tree = {"type": "not", "filter": tree}
    return tree


@pytest.mark.parametrize(
    ("tree", "condition"),
    [
        (eq("application/pdf", "mime_type"), Equals("mime_type", "application/pdf")),
        (eq("a", kind="ne"), Not(Equals("doc_id", "a"))),
        (eq(["a", "b"], kind="in"), AnyOf("doc_id", ("a", "b"))),
        (eq(["a"], kind="nin"), Not(AnyOf("doc_id", ("a",)))),
        (eq(True, "external_id", "exists"), Not(IsEmpty("external_id"))),
        (eq(False, "external_id", "exists"), Not(Not(IsEmpty("external_id")))),
        (eq(True, "modified", "exists"), AtLeast("modified_s", 1)),
        (eq(86_400.9, "modified", "gte"), AtLeast("modified_s", 86_400)),
        (eq("docs/travel/", "folder"), Equals("folders", "docs/travel")),
        (eq(["vs_s1", "s2"], "collection", "in"), AnyOf("source_id", ("s1", "s2"))),
        (eq("all", "collection"), All(())),
        (eq(["s1", "all"], "collection", "nin"), Not(All(()))),
        (eq(True, "language", "exists"), Not(Either((IsEmpty("language"), Equals("language", ""))))),
        ({"type": "and", "filters": [eq(), eq("b")]}, All((Equals("doc_id", "a"), Equals("doc_id", "b")))),
        ({"type": "or", "filters": [eq()]}, Either((Equals("doc_id", "a"),))),
        ({"type": "not", "filter": eq()}, Not(Equals("doc_id", "a"))),
    ],
)
def test_a_tree_means_a_condition(tree, condition) -> None:
    assert parse_filter(tree) == condition


@pytest.mark.parametrize(
    ("kind", "condition"),
    [
        ("eq", All((AtLeast("modified_s", DAY), AtMost("modified_s", 2 * DAY - 1)))),
        ("gt", AtLeast("modified_s", 2 * DAY)),
        ("gte", AtLeast("modified_s", DAY)),
        ("lt", AtMost("modified_s", DAY - 1)),
        ("lte", AtMost("modified_s", 2 * DAY - 1)),
    ],
)
def test_a_day_is_all_its_seconds(kind, condition) -> None:
    assert parse_filter(eq("1970-01-02", "modified", kind)) == condition


def test_an_instant_heeds_its_zone() -> None:
    assert parse_filter(eq("1970-01-01T02:00:00+01:00", "modified", "gte")) == AtLeast("modified_s", 3600)


@pytest.mark.parametrize(
    ("expression", "condition"),
    [
        ("mime_type=text/plain", Equals("mime_type", "text/plain")),
        ("external_id = a=b", Equals("external_id", "a=b")),
        ("doc_id!=x", Not(Equals("doc_id", "x"))),
        ("modified>=1970-01-02", AtLeast("modified_s", DAY)),
        ("modified<1970-01-02", AtMost("modified_s", DAY - 1)),
        ('{"type":"in","key":"doc_id","value":["a"]}', AnyOf("doc_id", ("a",))),
    ],
)
def test_an_expression_means_a_condition(expression, condition) -> None:
    assert parse_expressions([expression]) == All((condition,))


@pytest.mark.parametrize(
    ("tree", "message"),
    [
        (None, "an object"),
        ([], "an object"),
        ({}, "cannot filter by that"),
        (eq(key="tenant"), "cannot filter by 'tenant'; the fields are: doc_id"),
        (eq(key="groups"), "'groups'"),
        (eq(key=["doc_id"]), "cannot filter by that"),
        (eq(kind="gt"), "'doc_id' cannot be compared by 'gt'; use eq"),
        (eq(kind="like"), "'like'"),
        (eq(kind=7), "compared by that"),
        (eq(kind=["eq"]), "compared by that"),
        (eq(7), "text of 1 to 1024"),
        (eq(None), "text of 1 to 1024"),
        (eq(""), "text of 1 to 1024"),
        (eq("x" * 1025), "text of 1 to 1024"),
        (eq("a", kind="in"), "a list of at least one"),
        (eq([], kind="in"), "a list of at least one"),
        (eq([1], kind="in"), "text of 1 to 1024"),
        (eq("yes", kind="exists"), "true or false"),
        (eq("yesterday", "modified"), "a day such as 2026-01-31"),
        (eq("2026-01-31T10:00:00", "modified"), "with its zone"),
        (eq(1e30, "modified"), "a day such as"),
        (eq(float("nan"), "modified"), "a day such as"),
        (eq(True, "modified"), "a day such as"),
        (eq("\ud800"), "text of 1 to 1024"),
        (eq(["2026-01-31"], "modified", "in"), "'modified' cannot be compared by 'in'"),
        ({"type": "and", "filters": []}, "at least one filter"),
        ({"type": "or"}, "at least one filter"),
        ({"type": "not"}, "an object"),
        ({"type": "and", "filters": [eq()], "boost": 2}, "has no 'boost'"),
        ({**eq(), "or": 1}, "has no 'or'"),
        (nested(MAX_DEPTH + 1), "nested more than 8 deep"),
        ({"type": "or", "filters": [eq()] * (MAX_CONDITIONS + 1)}, "more than 100"),
        (eq(["a"] * (MAX_CONDITIONS + 1), kind="in"), "more than 100"),
    ],
)
def test_a_wrong_filter_is_refused_with_what_is_allowed(tree, message) -> None:
    with pytest.raises(InvalidInputError) as refused:
        parse_filter(tree)
    assert message in refused.value.detail


def test_a_message_does_not_repeat_what_may_be_a_name() -> None:
    with pytest.raises(InvalidInputError) as refused:
        parse_filter(eq(key="Zaphod Beeblebrox"))
    assert "Zaphod" not in refused.value.detail


@pytest.mark.parametrize("expression", ["mime_type", "", "=", '{"type": eq}'])
def test_a_wrong_expression_is_refused(expression: str) -> None:
    with pytest.raises(InvalidInputError):
        parse_expressions([expression])


def test_the_bounds_themselves_are_allowed() -> None:
    parse_filter(nested(MAX_DEPTH))
    parse_filter({"type": "or", "filters": [eq()] * MAX_CONDITIONS})


def test_every_field_of_users_has_a_payload_index() -> None:
    assert {*KEYWORD_FIELDS.values(), *DATE_FIELDS.values()} <= set(PAYLOAD_INDEXES)


def test_no_field_of_users_is_one_of_access() -> None:
    assert not {*KEYWORD_FIELDS.values(), *DATE_FIELDS.values()} & {
        "tenant",
        "tier",
        "groups",
        "active",
        "pseudonyms",
    }
