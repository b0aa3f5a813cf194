"""What the demo asks: the questions that come with the handbook, or ones made from the headings of other documents."""

import re
from collections.abc import Sequence
from itertools import chain, zip_longest
from pathlib import Path

import orjson

from core.errors import InvalidInputError
from core.pseudonyms import TOKEN

_HEADING = re.compile(r"^#{1,6}[ \t]+(.+?)[ \t#]*$", re.MULTILINE)
_WORD = re.compile(r"[^\W\d_]{3,}")
_PLACEHOLDER = re.compile(rf"<[A-Z_]+>|{TOKEN.pattern}")
_MAX_HEADING_CHARS = 100
_MOST_PER_DOCUMENT = 5


def handbook_questions(file: Path) -> list[str]:
    """The questions marked for the demo.

    Raises:
        InvalidInputError: The file is not there.
    """
    if not file.is_file():
        raise InvalidInputError(f"the example questions are missing: {file}")
    rows = [orjson.loads(line) for line in file.read_bytes().splitlines() if line.strip()]
    return [row["question"] for row in rows if row.get("demo")]


def questions_about(documents: Sequence[tuple[str, str]]) -> list[str]:
    """Questions about (title, Markdown text) pairs: one per document first, then the next headings of each."""
    per_document = [_questions(title, text)[:_MOST_PER_DOCUMENT] for title, text in documents]
    rounds = chain.from_iterable(zip_longest(*per_document))
    return list(dict.fromkeys(question for question in rounds if question))


def _questions(title: str, text: str) -> list[str]:
    title = _plain(title)
    headings = [_plain(heading) for heading in _HEADING.findall(text)]
    about = [heading for heading in headings if _askable(heading) and heading.lower() != title.lower()]
    if about:
        return [f"What does {title} say about {heading}?" for heading in about]
    opening = _plain(next((line for line in text.splitlines() if _askable(_plain(line))), ""))
    return [f"What does {title} say about {' '.join(opening.split()[:8])}?"] if opening else []


def _plain(text: str) -> str:
    """The words without Markdown; what stands for personal data is no word."""
    return " ".join(re.sub(r"[*_`|\[\]#]+", " ", _PLACEHOLDER.sub(" ", text)).split()).rstrip(":.?!")


def _askable(heading: str) -> bool:
    return bool(_WORD.search(heading)) and len(heading) <= _MAX_HEADING_CHARS
