"""Names that the words around them give away: titles, salutations, signatures, headers, form fields, introductions."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.pii.recognizers.gazetteer import Gazetteer
from ingest.pii.recognizers.name_shapes import ANY_NAME, WORD

_TITLE = (
    r"(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Dame|Madam|Rev|Reverend|Father|Sister|Brother|Hon|Sgt|Sergeant|Lt|Lieutenant|Capt|Captain|"
    r"Col|Colonel|Gen|General|Maj|Major|Senator|Judge|Justice|Herr|Frau|Monsieur|Madame|Mme|Mlle|Se\u00f1or|Se\u00f1ora|Sr|Sra|"
    r"Signor|Signora|Dott|Dhr|Mevr|Pan|Pani|Ing|Dipl\.-Ing|Mag)"
)
_FIELD = (
    r"(?:(?:full|first|last|given|family|middle|maiden|sur|user|customer|client|patient|employee|contact|account|card ?holder|applicant|"
    r"beneficiary|emergency contact|legal|birth|nick)[ -]?)?name|surname|contact(?: person)?|employee|patient|customer|client|tenant|"
    r"applicant|cardholder|beneficiary|attn|attention|author|authors|signed(?: by)?|prepared by|written by|reviewed by|approved by|"
    r"directed by|starring|recipient|sender|manager|supervisor|owner|user|nom|pr\u00e9nom|vorname|nachname|nombre|apellidos?|cognome"
)
_FIRM = 0.9
_LIKELY = 0.75


@dataclass(frozen=True, slots=True)
class _Cue:
    pattern: re.Pattern[str]
    score: float
    # A cue that firm needs no second look; after others an ordinary word is no name.
    firm: bool = False


def _cue(before: str, *, score: float, after: str = "", firm: bool = False, name: str = ANY_NAME) -> _Cue:
    return _Cue(re.compile(rf"{before}(?P<name>{name}){after}", re.MULTILINE), score, firm)


_CUES = (
    _cue(rf"(?<!\w){_TITLE}(?:\.|\b) ?(?:{_TITLE}\.? )?", score=_FIRM, firm=True),
    _cue(rf"(?i:(?<!\w)(?:{_FIELD})s?)[*_\"'`]{{0,3}}[ \t]*[:=|][ \t*_\"'`>|]{{0,6}}", score=_LIKELY),
    _cue(
        r"^[ >\t*]*(?:From|To|Cc|Bcc|Reply-To|Sender|Von|An|De)[ \t]*:[ \t*]*\"?",
        score=_FIRM,
        after=r"(?=\"? ?[<,;(\n]|$)",
    ),
    _cue(
        r"(?i:(?<!\w)(?:dear|hi|hello|hey|hallo|liebe[r]?|bonjour|cher|ch\u00e8re|estimad[oa]|hola|ciao|gentile|beste)),? ",
        score=_LIKELY,
        after=r"(?=[,.!:\n ]|$)",
    ),
    _cue(
        r"(?i:^[ >\t*]*(?:(?:kind|best|warm|many)? ?(?:regards|wishes)|(?:yours )?sincerely(?: yours)?|(?:many )?thanks(?: and regards)?|thank you|cheers|best|yours(?: truly| faithfully)?|"
        r"mit freundlichen gr\u00fc\u00dfen|viele gr\u00fc\u00dfe|cordialement|saludos|cordiali saluti|signed))[,.!]?[ \t]*\n+[ >\t*_-]*",
        score=_LIKELY,
    ),
    _cue(
        r"(?i:(?<!\w)(?:my|his|her|their|the|your|whose|partner's)? ?(?:(?:first|last|full|maiden|middle|birth|legal|real|given|family|nick) ?)?name(?:'s| is| was| on the account is|\?) )(?:[A-Z][a-z]+\? )?\"?",
        score=_LIKELY,
    ),
    _cue(
        r"(?i:(?<!\w)(?:call(?:ed|s)? (?:me|him|her|them)|named? (?:me|him|her|them|it)|i'?m called|known as|nicknamed)) \"?",
        score=_LIKELY,
    ),
    _cue(
        r"(?i:(?<!\w)(?:my|his|her|our|their|your) (?:late |ex-?|step|older |younger |little |big )?(?:wife|husband|spouse|partner|son|daughter|kid|child|baby|"
        r"brother|sister|mother|father|mom|mum|dad|aunt|uncle|cousin|nephew|niece|grand(?:mother|father|son|daughter)|fianc\u00e9e?|girlfriend|boyfriend|"
        r"friend|boss|colleague|coworker|co-worker|assistant|neighbou?r|nanny|doctor|lawyer|teacher)),? ",
        score=_LIKELY,
    ),
    _cue(
        r"(?i:(?<!\w)(?:directed|written|signed|prepared|reviewed|approved|authored|composed|sung|painted|submitted|reported) by|(?<!\w)starring) ",
        score=0.6,
    ),
    _cue(
        r"(?:^|(?<=[.!?] ))",
        score=0.5,
        after=r"(?= (?:lives|lived|was born|shouted|whispered|married|graduated|resides) )",
    ),
    _cue(r"^", score=0.5, after=r"(?=: ?\")", name=WORD),
    _cue(
        r"(?i:(?<!\w)(?:i am|i'm|this is|it's|it is|ich bin|je suis|soy|sono)) ",
        score=0.6,
        after=r"(?=[,.!?\n' ]|$)",
    ),
)
# Said outright, a name is one in small letters too.
_LOWER_CASE = re.compile(
    r"(?i:(?<!\w)(?:(?:my|his|her|their) (?:(?:first|last|full|maiden|middle|sur) ?)?name(?:'s| is| was)|(?P<call>call(?:s|ed)? me))) (?P<name>[^\W\d_]{3,}(?: [^\W\d_]{3,})?)(?=[.,!?\n]|$)"
)
_LOWER_TITLE = re.compile(r"(?<!\w)(?:mr|mrs|ms|dr|prof)\. (?P<name>[^\W\d_]{3,})")
_LINE = re.compile(
    r"^[ >\t*#|]*(?P<name>[^\W\d_]{2,}(?: [^\W\d_]\.?)?(?: [^\W\d_]{2,}){1,2})[ \t*|]*$", re.MULTILINE
)


def cued_names(text: str, names: Gazetteer) -> Iterator[tuple[int, int, float]]:
    """Start, end and confidence of names that stand after a cue, or alone in a line."""
    for cue in _CUES:
        for match in cue.pattern.finditer(text):
            yield from _believable(match, cue, names)
    for match in _LOWER_CASE.finditer(text):
        said = match["name"].split()
        # "call me tomorrow"
        known = not match["call"] or names.is_given(said[0])
        if known and not any(names.is_ordinary(word) for word in said):
            yield *match.span("name"), _LIKELY
    for match in _LOWER_TITLE.finditer(text):
        yield *match.span("name"), _LIKELY
    for match in _LINE.finditer(text):
        if _is_name(match["name"].split(), names):
            yield *match.span("name"), 0.6


def _is_name(words: list[str], names: Gazetteer) -> bool:
    """Whether words alone in a line are a name: one part known, and no everyday word among them."""
    first, last = words[0], words[-1]
    if names.means_person(first) and (names.is_family(last) or names.is_given(last)):
        return True
    known = names.is_family(last) and not names.is_ordinary(last)
    return known and all(word[0].isupper() and not names.is_ordinary(word) for word in (first, last))


def _believable(match: re.Match[str], cue: _Cue, names: Gazetteer) -> Iterator[tuple[int, int, float]]:
    start, end = match.span("name")
    kept = re.match(rf"{ANY_NAME}", match["name"])
    if kept is None:
        return
    words = match["name"].split()
    if not cue.firm:
        words = _without_ordinary_tail(words, names)
        if not words:
            return
    yield start, start + len(" ".join(words)) if len(words) < len(match["name"].split()) else end, cue.score


def _without_ordinary_tail(words: list[str], names: Gazetteer) -> list[str]:
    """The words up to the first that is an everyday word and nobody's name."""
    kept: list[str] = []
    for word in words:
        bare = word.strip(".")
        if (
            len(bare) > 1
            and names.is_ordinary(bare)
            and not (kept and (names.is_family(bare) or names.is_given(bare)))
        ):
            break
        kept.append(word)
    return kept
