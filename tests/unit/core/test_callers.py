import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.access import AccessLabel, Principal, Tier
from core.callers import Caller, Wish, acting_for, covers
from core.errors import ForbiddenError
from core.scopes import Scope

TIERS = st.sampled_from(Tier)
GROUPS = st.frozensets(st.sampled_from(["hr", "board", "staff", "it"]))
SCOPES = st.frozensets(st.sampled_from(Scope))
PRINCIPALS = st.builds(
    Principal, st.sampled_from(["acme", "other"]), st.sampled_from(["shop", "ann"]), TIERS, GROUPS, SCOPES
)
LABELS = st.builds(AccessLabel, st.sampled_from(["acme", "other"]), TIERS, GROUPS)
WISHES = st.builds(Wish, st.sampled_from(["ann", "operator", "shop"]), st.none() | GROUPS, st.none() | TIERS)


@given(PRINCIPALS, WISHES, LABELS)
def test_on_behalf_of_a_user_nobody_gets_more(service: Principal, wish: Wish, label: AccessLabel):
    caller = Caller(service, "key:1")
    if Scope.ACT_AS not in service.scopes:
        with pytest.raises(ForbiddenError):
            acting_for(caller, wish)
        return
    acting = acting_for(caller, wish)
    user = acting.principal
    assert covers(service, user)
    assert not label.readable_by(user) or label.readable_by(service)
    assert not user.scopes & {Scope.ACT_AS, Scope.KEYS}
    assert wish.groups is None or user.groups <= set(wish.groups)
    assert wish.clearance is None or user.clearance <= wish.clearance
    assert (acting.credential, acting.service, acting.is_operator) == ("key:1", service.subject, False)


@given(PRINCIPALS, PRINCIPALS, LABELS)
def test_who_is_covered_reads_nothing_that_the_other_does_not(one: Principal, other: Principal, label):
    if covers(one, other):
        assert not label.readable_by(other) or label.readable_by(one)
        assert other.scopes <= one.scopes


def test_a_user_of_a_service_has_the_name_of_no_other_subject():
    service = Caller(Principal("acme", "shop", scopes=frozenset({Scope.ACT_AS})), "key:1")
    assert acting_for(service, Wish("operator")).principal.subject == "operator via shop"


def test_who_acts_for_a_user_cannot_act_for_a_second_one():
    service = Caller(Principal(scopes=frozenset({Scope.ACT_AS})), "token")
    with pytest.raises(ForbiddenError, match="act:as"):
        acting_for(acting_for(service, Wish("ann")), Wish("bob"))


@pytest.mark.parametrize(("credential", "expected"), [("token", True), ("local", True), ("key:1", False)])
def test_the_operator_is_who_has_the_token_or_the_machine(credential: str, expected: bool):
    assert Caller(Principal(), credential).is_operator is expected
