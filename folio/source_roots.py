"""Where callers of the API may add sources: below the roots of the setting `api.source_roots`, and nowhere else. Pure but for links."""

import os
import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from core.errors import ForbiddenError

TENANT = "{tenant}"
_SEGMENT = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}")


def check_root(place: str, *, roots: Sequence[str], tenant: str, own_tenant: str) -> None:
    """Go on if the tenant's callers may add a source at the place, a path or an fsspec URL. Blocking.

    A root holds for the tenant that `{tenant}` in it names; one without it, for `own_tenant`, the settings' own.

    Raises:
        ForbiddenError: They may not. It does not say where they may: roots name the service's folders.
    """
    allowed = [root for root in (_root_for(root, tenant, own_tenant) for root in roots) if root]
    if not any(_is_within(place, root) for root in allowed):
        raise ForbiddenError(
            "a source cannot be added there over the API: the operator allows places with the setting api.source_roots, "
            "or adds the source (`folio sources add`)"
        )


def _root_for(root: str, tenant: str, own_tenant: str) -> str | None:
    if TENANT not in root:
        return root if tenant == own_tenant else None
    # A name that is no plain one could lead out of the root.
    return root.replace(TENANT, tenant) if _SEGMENT.fullmatch(tenant) else None


def _is_within(place: str, root: str) -> bool:
    if "://" in root or "://" in place:
        return _is_below_url(place, root)
    # Links are followed: one that a tenant makes in its folder must not lead to another's.
    real, base = (Path(os.path.realpath(Path(path).expanduser())) for path in (place, root))
    return Path(place).is_absolute() and real.is_relative_to(base)


def _is_below_url(place: str, root: str) -> bool:
    scheme, _, path = place.partition("://")
    root_scheme, _, root_path = root.partition("://")
    plain = not re.search(r"%|\\|::|\?|#", place) and ".." not in PurePosixPath(path).parts
    return plain and scheme == root_scheme and f"{path.rstrip('/')}/".startswith(f"{root_path.rstrip('/')}/")
