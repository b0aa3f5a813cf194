"""Where callers of the API may add sources: below a root that is theirs, however the place is written."""

from pathlib import Path

import pytest

from core.errors import ForbiddenError
from folio.source_roots import check_root

ROOTS = ("s3://docs/{tenant}", "/srv/own", "s3://own")


HOME = Path("/srv/own/folio")


def allowed(place: str, *, tenant: str = "acme", roots: tuple[str, ...] = ROOTS, home: Path = HOME) -> bool:
    try:
        check_root(place, roots=roots, tenant=tenant, own_tenant="default", home=home)
    except ForbiddenError:
        return False
    return True


@pytest.mark.parametrize(
    ("place", "may"),
    [
        ("s3://docs/acme", True),
        ("s3://docs/acme/", True),
        ("s3://docs/acme/hr", True),
        ("s3://docs/acme2", False),
        ("s3://docs/beta", False),
        ("s3://docs", False),
        ("s3://docs/acme/../beta", False),
        ("s3://docs/acme/%2e%2e/beta", False),
        ("simplecache::s3://docs/acme", False),
        ("s3://docs/acme::file:///etc", False),
        ("gs://docs/acme", False),
        ("s3://own/x", False),
        ("/srv/own", False),
        ("file:///srv/own", False),
    ],
)
def test_a_tenant_has_what_is_below_its_own_root(place: str, may: bool) -> None:
    assert allowed(place) is may


@pytest.mark.parametrize("tenant", ["..", "a/b", "", ".", "x" * 65, "a::b"])
def test_a_name_that_is_no_plain_one_has_no_root(tenant: str) -> None:
    assert not allowed(f"s3://docs/{tenant}/x", tenant=tenant)


def test_a_root_without_a_tenant_is_for_the_settings_tenant() -> None:
    assert allowed("s3://own/x", tenant="default")
    assert allowed("/srv/own/hr", tenant="default")
    assert not allowed("/srv/owner", tenant="default")
    assert not allowed("srv/own", tenant="default")


def test_without_roots_nothing_is_allowed(tmp_path: Path) -> None:
    assert not allowed(str(tmp_path), roots=())


def test_a_link_does_not_lead_out_of_a_root(tmp_path: Path) -> None:
    own, other = tmp_path / "acme", tmp_path / "beta"
    own.mkdir()
    other.mkdir()
    (own / "link").symlink_to(other)
    roots = (f"{tmp_path}/{{tenant}}",)
    assert allowed(str(own / "new"), roots=roots)
    assert not allowed(str(own / "link"), roots=roots)
    assert not allowed(f"{own}/../beta", roots=roots)


def test_no_root_opens_the_home(tmp_path: Path) -> None:
    home = tmp_path / "srv" / "folio"
    (home / "tenants" / "of-another" / "uploads").mkdir(parents=True)
    (tmp_path / "srv" / "link").symlink_to(home)
    roots = (str(tmp_path / "srv"), str(tmp_path / "srv" / "{tenant}"))
    inside = (
        "folio",
        "folio/",
        "folio/../folio",
        "link",
        "folio/tenants/of-another/uploads",
        "folio/x.jsonl",
    )
    for tenant in ("default", "folio"):
        for place in inside:
            assert not allowed(f"{tmp_path}/srv/{place}", tenant=tenant, roots=roots, home=home)
    assert allowed(f"{tmp_path}/srv/folio2", tenant="default", roots=roots, home=home)


def test_a_place_is_taken_without_links(tmp_path: Path) -> None:
    (tmp_path / "srv" / "docs").mkdir(parents=True)
    (tmp_path / "srv" / "alias").symlink_to(tmp_path / "srv")
    taken = check_root(
        f"{tmp_path}/srv/alias/docs",
        roots=(f"{tmp_path}/srv",),
        tenant="default",
        own_tenant="default",
        home=HOME,
    )
    assert taken == str((tmp_path / "srv" / "docs").resolve())
