"""Names of people that no list has, in the name of a file: capitalised words, none of them ordinary, after "CV", "letter to" and the like.

Pure. Two such words make a name; one is enough after "Mr".
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ingest.pii.file_words import BETWEEN, CUES, PARTICLES, RUN, THINGS, folded
from ingest.pii.recognizers.gazetteer import load_gazetteer

# Whatever such a document is called after, it is a person's.
_PERSONAL_WORDS = (
    "cv resume lebenslauf payslip payroll gehaltsabrechnung personnel personalakte employee mitarbeiter applicant bewerber candidate "
    "kandidat bewerbung arbeitszeugnis arbeitsvertrag kuendigung kundigung k\u00fcndigung patient patientin dismissal appraisal onboarding offboarding passport "
    "dr prof professor"
)
_TITLE_WORDS = "mr mrs herr herrn frau mme mlle"
_DOCUMENT_WORDS = (
    "contract vertrag agreement vereinbarung offer angebot letter brief schreiben mail email message note memo reference referenz complaint "
    "beschwerde invoice rechnung receipt statement nda certificate zeugnis application interview claim warning mahnung feedback reply "
    "response call meeting birthday miss ms sir madam signed attn"
)
_LINK_WORDS = "to from for of with by an von fuer mit de mr mrs ms miss dr prof herr herrn frau mme the"
_LEADING_WORDS = "to from for dear an von"
_FIRM_WORDS = "gmbh ag kg ohg ug ltd limited inc llc llp plc corp corporation co company sa sarl sas bv nv srl spa oy ab aps group holding se ev"
_PERSONAL, _TITLES = frozenset(_PERSONAL_WORDS.split()), frozenset(_TITLE_WORDS.split())
_DOCUMENTS, _LINKS = frozenset(_DOCUMENT_WORDS.split()), frozenset(_LINK_WORDS.split())
_LEADING, _FIRMS = frozenset(_LEADING_WORDS.split()), frozenset(_FIRM_WORDS.split())
_ANYWHERE = _PERSONAL | _TITLES | _DOCUMENTS
_ALL = _ANYWHERE | _LEADING
# "McAllister" and "DeVries"; other capitals within a word are those of programs.
_HUMPED = re.compile(r"(?:Mc|Mac|De|Du|La|Le|Van|Fitz)[^\W\d_a-z][^\W\d_A-Z]+")
_MOST_WORDS = 5
_LEAST_CAPITALS = 4


class _Word(NamedTuple):
    text: str
    form: str
    start: int
    end: int


def cued_names_in(text: str, words_in_small: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Start and end of each name that follows a cue. `words_in_small`: the name's words, in small letters."""
    if _ALL.isdisjoint(words_in_small) or text.islower():
        return
    words = [_Word(run[0], folded(run[0].lower()), *run.span()) for run in RUN.finditer(text)]
    at = 0
    while at < len(words):
        first = _behind_cue(text, words, at)
        end = _end_of_name(text, words, first, words[at].form) if first is not None else 0
        if first is not None and end > first:
            yield words[first].start, words[end - 1].end
            at = end
        else:
            at += 1


def _behind_cue(text: str, words: Sequence[_Word], at: int) -> int | None:
    """Index of the word after the cue that stands here, and after what links both; None if there is no cue here."""
    form = words[at].form
    if form not in _ANYWHERE and not (at == 0 and form in _LEADING):
        return None
    at += 1
    while at < len(words) and words[at].form in _LINKS and _follows(text, words, at):
        at += 1
    return at if at < len(words) and _follows(text, words, at) else None


def _follows(text: str, words: Sequence[_Word], at: int) -> bool:
    return BETWEEN.fullmatch(text, words[at - 1].end, words[at].start) is not None


def _end_of_name(text: str, words: Sequence[_Word], first: int, cue: str) -> int:
    """Index behind the name that begins at `first`; `first` if there is none."""
    end, count, unknown = first, 0, 0
    for at in range(first, min(len(words), first + _MOST_WORDS)):
        word = words[at]
        if at > first and not _follows(text, words, at):
            break
        if word.form in _FIRMS:
            return first
        if (len(word.text) == 1 and word.text.isupper()) or word.text in PARTICLES:
            continue
        if not _may_be_name(word, is_personal=cue in _PERSONAL or cue in _TITLES):
            break
        unknown += not load_gazetteer().is_ordinary(word.form)
        end, count = at + 1, count + 1
    least = 1 if cue in _TITLES else 2
    return end if count >= least and unknown else first


def _may_be_name(word: _Word, *, is_personal: bool) -> bool:
    if word.form in THINGS or word.form in CUES or word.form in _ALL or not _is_written_so(word, is_personal):
        return False
    names = load_gazetteer()
    is_listed = names.is_given(word.form) or names.is_family(word.form)
    return not names.is_ordinary(word.form) or (is_personal and is_listed)


def _is_written_so(word: _Word, is_personal: bool) -> bool:
    text = word.text
    if not text[0].isupper():
        return False
    if text.isupper():
        return is_personal and len(text) >= _LEAST_CAPITALS
    return text[1:].islower() or _HUMPED.fullmatch(text) is not None
