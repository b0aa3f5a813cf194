"""What a parser of syntax gets to see of a sentence: marks and pseudonyms give way to what it knows. Pure.

The copy is as long as the sentence, so that places in it are places in the sentence.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from core.graph_ports import SyntaxParser, SyntaxToken
from core.pseudonyms import TOKEN

# Of lone surrogates no parser can make anything.
_SPACE = re.compile(r"[\s\0\ud800-\udfff]")
_RUN = re.compile(r"(?<= ) +|^ +| +(?=[.,;:!?)])")
# Emphasis, code ticks, the ends of links, images, footnote numbers, HTML tags and escapes.
_MARK = re.compile(
    r"\*{1,3}|(?<!\w)_{1,3}(?=\w)|(?<=\w)_{1,3}(?!\w)|`{1,3}|!?\[(?=[^\]\[]{1,200}\]\()|\]\([^()\s]{0,500}\)|</?[a-zA-Z]{1,10}/?>|~~"
)

_CODE_SIGNS = "{}[]<>=|\\"
_MAX_SIGN_SHARE = 0.04
_CODE = re.compile(r"\"\s{0,3}:\s{0,3}[\"\[{]|\{\{|\w\(\)|\w\s?=\s?[\"\[{\w]+\(|\"\s?,\s?\"")
_RUN_TOGETHER = re.compile(r"[a-z][A-Z][a-z]")
_MAX_RUN_TOGETHER = 2
# What is so long and does not end as a sentence does is a table or a menu.
_LONG = 160
_ENDS = tuple(".!?:;)]*\"'\u201d\u2019\u00bb")
_MENU_LINES, _MENU_LINE_CHARS = 3, 45


def parseable(sentence: str) -> str:
    """The sentence without Markdown, and with a made-up name in the place of every pseudonym; of the same length.

    A parser takes `PERSON_0123456789ab` for an abbreviation, a noun before a noun or a full stop; a long unknown word with a
    capital it takes for a name.
    """
    named = TOKEN.sub(_stand_in, sentence)
    return _SPACE.sub(" ", _MARK.sub(lambda mark: " " * len(mark[0]), named))


def words_of(parser: SyntaxParser, sentences: Sequence[str]) -> list[tuple[SyntaxToken, ...]]:
    """The words of each sentence, parsed in its `parseable` form; none for one that is no prose. Offsets lie in the sentence."""
    copies = [parseable(one) if is_prose(one) else "" for one in sentences]
    parsed = parser.parse([_RUN.sub("", copy) for copy in copies])
    return [_placed(words, copy) for words, copy in zip(parsed, copies, strict=True)]


def _placed(words: tuple[SyntaxToken, ...], copy: str) -> tuple[SyntaxToken, ...]:
    """Words with their offsets in a text that has runs of blanks, which what was parsed has not."""
    runs = [match.span() for match in _RUN.finditer(copy)]
    if not runs or not words:
        return words
    gone = {place for start, end in runs for place in range(start, end)}
    places = [place for place in range(len(copy)) if place not in gone]
    return tuple(replace(word, start=places[word.start], end=places[word.end - 1] + 1) for word in words)


def is_prose(sentence: str) -> bool:
    """Whether a text is worth parsing: neither code nor the lines of a menu or of a table that lost its rules."""
    if len(_RUN_TOGETHER.findall(sentence)) > _MAX_RUN_TOGETHER or _CODE.search(sentence):
        return False
    if len(sentence) > _LONG and not sentence.rstrip().endswith(_ENDS):
        return False
    signs = sum(map(_MARK.sub("", sentence).count, _CODE_SIGNS))
    if signs > _MAX_SIGN_SHARE * len(sentence):
        return False
    return sentence.count("\n") < _MENU_LINES or len(sentence) > _MENU_LINE_CHARS * (sentence.count("\n") + 1)


def _stand_in(token: re.Match[str]) -> str:
    return "A" + "n" * (len(token[0]) - 4) + "son"
