import pytest

from core.access import AccessLabel, Principal, Tier


@pytest.mark.parametrize(
    ("label", "principal", "readable"),
    [
        (AccessLabel(), Principal(), True),
        (AccessLabel(tenant="other"), Principal(), False),
        (AccessLabel(tier=Tier.RESTRICTED), Principal(clearance=Tier.CONFIDENTIAL), False),
        (AccessLabel(tier=Tier.PUBLIC), Principal(clearance=Tier.PUBLIC), True),
        (AccessLabel(groups=frozenset({"people"})), Principal(), False),
        (AccessLabel(groups=frozenset({"people", "board"})), Principal(groups=frozenset({"board"})), True),
    ],
)
def test_who_may_read_what(label: AccessLabel, principal: Principal, readable: bool) -> None:
    assert label.readable_by(principal) is readable


def test_an_unknown_tier_names_those_that_exist() -> None:
    with pytest.raises(ValueError, match="public, internal, confidential, restricted"):
        Tier.parse("secret")
