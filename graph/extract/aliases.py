"""Other names of a thing, as a sentence gives them: "World Health Organization (WHO)", "X, formerly Y". Pure."""

import re
from collections.abc import Iterator, Sequence

from core.graph import ALSO_KNOWN_AS, EntityKind
from graph.extract.mentions import Named
from graph.extract.predicates import FORMERLY
from graph.extract.stated import Stated
from graph.keys import entity_key

# How far behind a name its other name is looked for.
_WINDOW = 200
_LEAD = r"[*_]{0,3}(?:\s*\([^()\n]{0,120}\))?[\s,*_]{0,6}(?:[(\[]\s*)?(?:(?:which|who|that)\s+)?(?:(?:is|are|was|were)\s+)?"
_ADVERB = r"(?:(?:also|better|best|commonly|popularly|professionally|otherwise|sometimes|often|generally|widely|now|simply|more)\s+){0,2}"
_QUOTES = r"(?:\s+(?:simply|just))?\s*(?:by\s+(?:his|her|its|their|the)\s+(?:stage|pen|ring|birth)\s+names?\s+)?(?:as\s+)?(?:the\s+)?[\"'\u201c\u2018*_]*"
_ALSO = re.compile(
    rf"{_LEAD}(?:{_ADVERB}(?:known|abbreviated|referred\s+to|stylised|stylized)\s+as|(?:also|sometimes)\s+(?:called|named)"
    rf"|a\.?k\.?a\.?|n\u00e9e|(?:better|best|also)\s+known(?=\s+by)|nicknamed){_QUOTES}",
    re.IGNORECASE,
)
_FORMERLY = re.compile(
    rf"{_LEAD}(?:formerly|previously|originally|until\s+\d{{4}})(?:\s+(?:known|named|called))?{_QUOTES}",
    re.IGNORECASE,
)
_BRACKETS = re.compile(
    r"[*_]{0,2}\s*\(\s*(?:the\s+|or\s+)?[\"'\u201c\u2018*_]*([^()\[\]\n\"\u201d*]{2,60}?)[\"'\u201d\u2019*_]*\s*[);,]"
)
_ACRONYM = re.compile(r"[A-Z][A-Za-z0-9&./-]{0,11}[A-Z0-9]s?")
_NAME_WORD = re.compile(r"[A-Za-z0-9]+")
# "A band from Bonn, formerly X" and "the Treaty of Bonn, also known as X" speak of more than Bonn.
_OF = re.compile(r"\b(?:of|from|in|at|near|on|for)\s+(?:the\s+)?$", re.IGNORECASE)
# "Also called the Elder": no name for long.
_THE = re.compile(r"\bthe\W{0,2}$", re.IGNORECASE)
_SMALL_WORDS = frozenset({"of", "the", "and", "for", "in", "on", "de", "la", "du", "des", "to", "a"})


def aliases(text: str, mentions: Sequence[Named], *, start: int, end: int) -> Iterator[Stated]:
    """Names that the sentence `[start, end)` of the text gives to what it mentions, in order of place.

    An acronym in brackets is found even where it was no mention; any other name has to be one.
    """
    starting = {mention.start: mention for mention in mentions if mention.kind is not EntityKind.VALUE}
    for mention in mentions:
        if mention.kind is EntityKind.VALUE or mention.weight < 1:
            continue
        stop = min(end, mention.end + _WINDOW)
        yield from _in_words(text, mention, starting, stop, start, end)
        short = _BRACKETS.match(text, mention.end, stop)
        if short is not None:
            yield from _in_brackets(text, mention, short, start, end)


def _in_words(
    text: str, mention: Named, starting: dict[int, Named], stop: int, start: int, end: int
) -> Iterator[Stated]:
    for pattern, predicate, weight in ((_ALSO, ALSO_KNOWN_AS, 0.85), (_FORMERLY, FORMERLY, 0.8)):
        match = pattern.match(text, mention.end, stop)
        other = starting.get(match.end()) if match is not None else None
        before = text[max(start, mention.start - 12) : mention.start]
        is_outer = mention.kind is EntityKind.PLACE and before.rstrip().endswith(",")
        if is_outer or _OF.search(before):
            continue
        if other is not None:
            name = text[other.start : other.end]
            if name.isalpha() and not name.isupper() and _THE.search(text, other.start - 5, other.start):
                continue
            other = Named(entity_key(name), name, other.kind, other.start, other.end)
            if other.key and other.key != mention.key:
                yield Stated(mention, predicate, other, start, end, weight, "alias_words")


def _in_brackets(text: str, mention: Named, match: re.Match[str], start: int, end: int) -> Iterator[Stated]:
    written, inner = text[mention.start : mention.end], match[1].strip()
    if not (is_acronym(inner, of=written) or is_acronym(written, of=inner)):
        return
    key = entity_key(inner)
    if key and key != mention.key:
        other = Named(key, inner, mention.kind, match.start(1), match.start(1) + len(inner))
        yield Stated(mention, ALSO_KNOWN_AS, other, start, end, 0.95, "alias_brackets")


def is_acronym(short: str, *, of: str) -> bool:
    """Whether `short` is made of first letters of the words of `of`, in order ("WHO", "NIST", "UNESCO")."""
    if not _ACRONYM.fullmatch(short):
        return False
    letters = [char for char in short.removesuffix("s").lower() if char.isalnum()]
    words = [word.lower() for word in _NAME_WORD.findall(of)]
    initials = [word[0] for word in words if word not in _SMALL_WORDS]
    if len(initials) < 2 or (letters[0] != words[0][0] and letters[0] != initials[0]):
        return False
    return _is_subsequence(letters, [word[0] for word in words]) or (
        _is_subsequence(initials, letters) and _is_subsequence(letters, list("".join(words)))
    )


def _is_subsequence(few: Sequence[str], many: Sequence[str]) -> bool:
    rest = iter(many)
    return all(item in rest for item in few)
