"""The golden sets that come with Folio, by name. The handbook's files are not in the package: they come with a checkout."""

from collections.abc import Callable
from pathlib import Path

from core.errors import InvalidInputError, MissingExtraError
from evals.datasets.folder import read_eval_set
from evals.datasets.model import EvalSet

_GOLDEN = Path(__file__).parent
_HANDBOOK_FILES = Path(__file__).parents[2] / "examples" / "handbook"


def golden_names() -> tuple[str, ...]:
    """The names of the sets, in the order in which they are reported."""
    return tuple(_LOADERS)


def load_golden(name: str) -> EvalSet:
    """The set with this name.

    Raises:
        InvalidInputError: There is none, or its files are not there.
        MissingExtraError: What its corpus is generated with is not installed.
    """
    if name not in _LOADERS:
        raise InvalidInputError(f"there is no golden set '{name[:40]}'; there are {', '.join(_LOADERS)}")
    return _LOADERS[name]()


def handbook_set(files: Path = _HANDBOOK_FILES) -> EvalSet:
    """The questions about the example handbook.

    Raises:
        InvalidInputError: Its files are not there.
    """
    if not files.is_dir():
        msg = f"the golden set 'handbook' needs the files of {files}: run it from a checkout of Folio"
        raise InvalidInputError(msg)
    return read_eval_set(_GOLDEN / "handbook")


def _people() -> EvalSet:
    try:
        from evals.golden.people import people_set
    except ModuleNotFoundError as error:
        if error.name != "faker":
            raise
        raise MissingExtraError("the golden set 'people'", extra="evals") from None
    return people_set()


def _products() -> EvalSet:
    from evals.golden.products.corpus import products_set

    return products_set()


_LOADERS: dict[str, Callable[[], EvalSet]] = {
    "handbook": handbook_set,
    "people": _people,
    "products": _products,
}
