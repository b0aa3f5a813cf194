"""The one function that turns a principal into a condition on stored points."""

from core.access import Principal
from core.filters import All, AnyOf, AtMost, Either, Equals, IsEmpty, Visible


def visible_to(principal: Principal) -> Visible:
    """What the principal may read: its tenant, tiers up to its clearance, and open or shared groups.

    Condition and keys select the same documents as `AccessLabel.readable_by`.
    """
    shared = AnyOf("groups", tuple(sorted(principal.groups)))
    groups = Either((IsEmpty("groups"), shared)) if principal.groups else IsEmpty("groups")
    tier = AtMost("tier", int(principal.clearance))
    return Visible(All((Equals("tenant", principal.tenant), tier, groups)), principal.keys)
