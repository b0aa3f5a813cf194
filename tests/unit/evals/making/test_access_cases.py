"""Readers of restricted documents."""

from hypothesis import given
from hypothesis import strategies as st

from core.access import AccessLabel, Tier
from evals.datasets.model import Reader
from evals.making.access import is_open, may_case, may_not_case, permitted, readable, refused
from tests.unit.evals.making.made_documents import case

GROUPS = st.frozensets(st.sampled_from(["law", "people"]), max_size=2)
LABELS = st.builds(AccessLabel, tier=st.sampled_from(list(Tier)), groups=GROUPS)


@given(LABELS)
def test_one_may_read_and_the_other_may_not(label: AccessLabel) -> None:
    assert label.readable_by(permitted(label).principal)
    if not is_open(label, Reader()):
        assert not label.readable_by(refused(label).principal)


def test_the_one_who_may_not_gets_a_case_without_gold() -> None:
    label = AccessLabel(tier=Tier.RESTRICTED)
    asked = case(answers=("12 days",), wrong=("d2",))

    may, may_not = may_case(asked, label), may_not_case(asked, label)

    assert (may.grades, may.reader) == (asked.grades, Reader(clearance="restricted"))
    assert (may_not.answerable, may_not.grades, may_not.answers, may_not.spans) == (False, {}, (), ())
    assert len({asked.case_id, may.case_id, may_not.case_id}) == 3


def test_grades_are_of_documents_that_the_reader_sees() -> None:
    labels = {"open": AccessLabel(), "shut": AccessLabel(tier=Tier.RESTRICTED)}

    assert readable({"open": 1, "shut": 1, "unknown": 1}, labels, Reader()) == {"open": 1}
