"""Counting tokens before a call: exactly where the model's tokenizer is on disk, else an estimate that is rather too high."""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import SettingsError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_CHARS_PER_TOKEN = 3


def counter_for(tokenizer_file: Path | None, *, section: str) -> Callable[[str], int]:
    """Counts the tokens of a text by a `tokenizer.json`, or estimates them. The file is read at the first count.

    Nothing is fetched: the tokenizers of OpenAI's models come from the network at first use, so they are not used here.
    """
    if tokenizer_file is None:
        return estimate
    return lambda text: len(_loaded(tokenizer_file, section).encode(text, add_special_tokens=False).ids)


def estimate(text: str) -> int:
    """A token for every third character of ASCII and for every other one: more than common tokenizers make of prose."""
    plain_count = len(text.encode("ascii", errors="ignore"))
    return -(-plain_count // _CHARS_PER_TOKEN) + len(text) - plain_count


@lru_cache(maxsize=8)
def _loaded(file: Path, section: str) -> "Tokenizer":
    from tokenizers import Tokenizer

    try:
        return Tokenizer.from_file(str(file))
    except Exception:  # noqa: BLE001 - the library raises bare exceptions, whose words may quote the file
        raise SettingsError(f"{section}.tokenizer_file cannot be read as a tokenizer.json: {file}") from None
