"""Golden sets by name or path: those of the knowledge base first, then those that come with Folio."""

from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import InvalidInputError, NotFoundError
from evals.datasets.folder import is_eval_set, read_eval_set
from evals.golden.sets import golden_names, load_golden
from evals.places import set_folder, set_names, sets_folder

if TYPE_CHECKING:
    from core.config import Settings
    from evals.datasets.model import EvalSet


def find_set(settings: "Settings", reference: str) -> "EvalSet":
    """The set that is meant: a folder, a name in the folder of sets, or the name of one that comes with Folio.

    Raises:
        NotFoundError: There is none; the message names those that are.
        InvalidInputError: It cannot be read, the name is none, or another set of the knowledge base has the set's name.
        MissingExtraError: What the documents of a packaged set are generated with is not installed.
    """
    folder = _folder(settings, reference)
    return _own_name(settings, read_eval_set(folder), folder) if folder else _packaged(settings, reference)


def known_sets(settings: "Settings") -> list[str]:
    """The names of the knowledge base's own sets."""
    return [name for name in set_names(settings) if is_eval_set(sets_folder(settings) / name)]


def _folder(settings: "Settings", reference: str) -> Path | None:
    path = Path(reference).expanduser()
    if is_eval_set(path):
        return path
    own = set_folder(settings, reference) if "/" not in reference else None
    return own if own is not None and is_eval_set(own) else None


def _own_name(settings: "Settings", found: "EvalSet", folder: Path) -> "EvalSet":
    """The set, if its name is its own: evaluations are kept by name, and one of a copy must not count for the other."""
    try:
        own = set_folder(settings, found.name.lower())
    except InvalidInputError:
        return found
    if not is_eval_set(own) or own.resolve() == folder.resolve():
        return found
    if read_eval_set(own).version != found.version:
        raise InvalidInputError(
            f"the set in {folder} has the name '{found.name}', and so has another one in {own}: give it a name of its own in its "
            "set.json"
        )
    return found


def _packaged(settings: "Settings", reference: str) -> "EvalSet":
    if reference in golden_names():
        return load_golden(reference)
    there = ", ".join(known_sets(settings)) or "none yet, `folio eval make` makes one"
    packaged = ", ".join(golden_names())
    raise NotFoundError(
        f"there is no golden set '{reference[:80]}': sets of this knowledge base: {there}; with Folio come: {packaged}"
    )
