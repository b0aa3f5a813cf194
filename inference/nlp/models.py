"""Which spaCy models are installed, and loading one of them. Nothing is fetched from the network."""

import importlib.util
from collections.abc import Collection, Iterator
from importlib import metadata
from typing import Any

from core.hidden_modules import hidden

ENGLISH = "en"
_SIZES = ("lg", "md", "sm")


def model_names(language: str) -> list[str]:
    """Import names under which spaCy's models of a language are published, the most exact first."""
    return [f"{language}_core_{kind}_{size}" for size in _SIZES for kind in ("news", "web")]


def installed_model(language: str, *, english: str) -> str | None:
    """The import name of an installed model; `english` is that of English. None: there is none."""
    names = [english] if language == ENGLISH else model_names(language)
    return next((name for name in names if importlib.util.find_spec(name) is not None), None)


def model_version(name: str) -> str:
    """The version of an installed model, without loading it."""
    try:
        return metadata.version(name.replace("_", "-"))
    except metadata.PackageNotFoundError:
        return "unknown"


def load(name: str, *, exclude: Collection[str] = ()) -> Any:
    """A `spacy.Language` of its own vocabulary: 0.5 s and 35 MB for a small model where spaCy is loaded already."""
    # Where they are installed, for other models, spaCy would load both: seconds in every process.
    with hidden("torch", "transformers"):
        import spacy

        return spacy.load(name, exclude=list(exclude))


def with_fast_products(model: Any) -> Any:
    """The model with matrix products by numpy's BLAS; the one that spaCy brings takes twice the time where there is AVX-512.

    Open `one_thread` around every use.
    """
    from thinc.api import NumpyOps

    for _, pipe in model.components:
        layers: Any = getattr(pipe, "model", None)
        if hasattr(layers, "_to_ops"):
            layers._to_ops(NumpyOps(use_blis=False))  # noqa: SLF001 - thinc has no other way to say it
    return model


def feeds_names(pipe: Any) -> bool:
    """Whether the entity recogniser listens to this component."""
    return "ner" in getattr(pipe, "listening_components", ())


def not_for_names(model: Any) -> Iterator[str]:
    """The components that the entity recogniser does not need."""
    for name in model.pipe_names:
        if name != "ner" and not feeds_names(model.get_pipe(name)):
            yield name
