"""One mention of a document confirms another: doubtful ones fall, and names are found where no reader saw them. Pure."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence

from core.graph import EntityKind
from core.ordinary_words import ordinary_words
from graph.extract.candidates import Candidate, Reader
from graph.extract.shapes import UPPER, begins_clause
from graph.extract.words import opening_words

# Of names that begin with the same word no more are looked for: the longest ones.
_MAX_PER_WORD = 20
_FIRST_WORD = re.compile(rf"(?<![\w@#/.-]){UPPER}\w*")
_ONE_WORD = re.compile(r"[^\W\d_]+")
_SEEN = frozenset({Reader.MODEL, Reader.CAPITALS, Reader.QUOTES})


def confirmed(text: str, candidates: Sequence[Candidate], *, starts: Collection[int]) -> list[Candidate]:
    """The candidates without doubtful ones, and with all other places of the names among them.

    Doubtful is a common word with a capital where a sentence, a line or a cell begins, unless it has one elsewhere too; and one
    that no model takes for a name and that stands in the document only once.
    """
    seen = Counter(text[one.start : one.end] for one in candidates if one.reader is Reader.CAPITALS)
    once = frozenset(word for word, count in seen.items() if count == 1)
    doubtful = {one for one in candidates if _is_doubtful(text, one, starts, once)}
    sure = [one for one in candidates if one not in doubtful]
    names = {text[one.start : one.end]: one.kind for one in reversed(sure) if _is_repeated(one)}
    kept = [one for one in candidates if one not in doubtful or text[one.start : one.end] in names]
    return [*kept, *_again(text, names)]


def _is_repeated(one: Candidate) -> bool:
    return one.reader in _SEEN and not one.is_value and one.end - one.start > 2


def _is_doubtful(text: str, one: Candidate, starts: Collection[int], once: Collection[str]) -> bool:
    word = text[one.start : one.end]
    if one.is_value or word.isupper() or not _ONE_WORD.fullmatch(word) or not _is_common(word.lower()):
        return False
    if one.reader is Reader.CAPITALS:
        return word in once
    return one.reader is Reader.MODEL and begins_clause(text, one.start, starts)


def _is_common(word: str) -> bool:
    known = ordinary_words()
    return word in known or word in opening_words() or (word.endswith("s") and word[:-1] in known)


def _again(text: str, names: dict[str, EntityKind]) -> Iterator[Candidate]:
    """Where the names stand, in headings and at the beginning of sentences too."""
    by_word: defaultdict[str, list[str]] = defaultdict(list)
    for name in sorted(names, key=lambda name: (-len(name), name)):
        first = _FIRST_WORD.match(name)
        if first and len(by_word[first[0]]) < _MAX_PER_WORD:
            by_word[first[0]].append(name)
    for word in _FIRST_WORD.finditer(text) if by_word else ():
        for name in by_word.get(word[0], ()):
            end = word.start() + len(name)
            if text.startswith(name, word.start()) and not text[end : end + 1].isalnum():
                yield Candidate(word.start(), end, names[name], Reader.CAPITALS)
                break
