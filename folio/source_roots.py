"""Where callers of the API may add sources: below the roots of the setting `api.source_roots`, and nowhere else. Pure but for links."""

import os
import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from core.errors import ForbiddenError

TENANT = "{tenant}"
_SEGMENT = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}")


def check_root(place: str, *, roots: Sequence[str], tenant: str, own_tenant: str, home: Path) -> str:
    """The place, a path or an fsspec URL, if the tenant's callers may add a source there; a path without links. Blocking.

    A root holds for the tenant that `{tenant}` in it names; one without it, for `own_tenant`, the settings' own. None of them
    opens Folio's `home`, which holds the keys and what all tenants have indexed.

    Raises:
        ForbiddenError: They may not. It does not say where they may: roots name the service's folders.
    """
    allowed = [root for root in (_root_for(root, tenant, own_tenant) for root in roots) if root]
    if _is_in_home(place, home) or not any(_is_within(place, root) for root in allowed):
        raise ForbiddenError(
            "a source cannot be added there over the API: the operator allows places with the setting api.source_roots, "
            "or adds the source (`folio sources add`)"
        )
    # By another name it would not be known for a folder that is a source already, nor what it holds for the home.
    return place if "://" in place else str(_real(place))


def _root_for(root: str, tenant: str, own_tenant: str) -> str | None:
    if TENANT not in root:
        return root if tenant == own_tenant else None
    # A name that is no plain one could lead out of the root.
    return root.replace(TENANT, tenant) if _SEGMENT.fullmatch(tenant) else None


def _is_within(place: str, root: str) -> bool:
    if "://" in root or "://" in place:
        return _is_below_url(place, root)
    return Path(place).is_absolute() and _real(place).is_relative_to(_real(root))


def _is_in_home(place: str, home: Path) -> bool:
    return "://" not in place and _real(place).is_relative_to(_real(str(home)))


def _real(place: str) -> Path:
    # Links are followed: one that a tenant makes in its folder must not lead to another's.
    return Path(os.path.realpath(Path(place).expanduser()))


def _is_below_url(place: str, root: str) -> bool:
    scheme, _, path = place.partition("://")
    root_scheme, _, root_path = root.partition("://")
    plain = not re.search(r"%|\\|::|\?|#", place) and ".." not in PurePosixPath(path).parts
    return plain and scheme == root_scheme and f"{path.rstrip('/')}/".startswith(f"{root_path.rstrip('/')}/")
