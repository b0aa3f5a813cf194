from hypothesis import given
from hypothesis import strategies as st

from core import ids


@given(st.text(), st.text(), st.text())
def test_equal_names_in_two_sources_are_two_documents(path: str, left: str, right: str) -> None:
    same = left == right
    assert (ids.doc_id(left, path) == ids.doc_id(right, path)) is same


def test_a_fingerprint_ignores_the_order_of_its_parts_and_sees_every_value() -> None:
    assert ids.fingerprint({"a": 1, "b": 2}) == ids.fingerprint({"b": 2, "a": 1})
    assert ids.fingerprint({"a": 1, "b": 2}) != ids.fingerprint({"a": 1, "b": 3})


def test_a_chunk_keeps_its_point_id_and_versions_do_not_share_it() -> None:
    first = ids.point_id("d", version=1, ordinal=0)
    assert first == ids.point_id("d", version=1, ordinal=0)
    assert first != ids.point_id("d", version=2, ordinal=0)
