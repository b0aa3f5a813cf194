"""What the chunks of a document depend on, as one line."""

from collections.abc import Callable
from importlib.metadata import version

from core.config import ChunkSettings
from core.tokens import tokenizer_name


def chunker_fingerprint(
    strategy: str,
    rules_version: int,
    settings: ChunkSettings,
    counter: Callable[[str], int],
    *,
    libraries: tuple[str, ...] = (),
) -> str:
    """Strategy and version of its rules, sizes, tokenizer, and the libraries that decide where it cuts."""
    sizes = f"{settings.child_tokens}:{settings.parent_tokens}:{settings.overlap_tokens}"
    names = [f"{library}-{version(library)}" for library in libraries]
    return ":".join([strategy, str(rules_version), sizes, tokenizer_name(counter), *names])
