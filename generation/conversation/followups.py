"""Whether a question goes on from the ones before, by rules for English. Pure.

A follow-up refers back: it begins with a connective ("and in France?"), has a pronoun whose noun is not in the question ("who
approves it?"), or leaves out what it is about ("why?", "for contractors?"). Everything else is taken to stand for itself.
"""

import re

from generation.conversation.words import is_content, is_mark, words

_CONNECTIVE = re.compile(
    r"^\W*(?:and|but|or|so|then|ok(?:ay)?,? (?:and|but|so)|what about|how about|what of|same (?:for|question|thing)|or rather|also)\b",
    re.IGNORECASE,
)
# "the second one", "the other options", "anything else", "the same for ..."
_BACKWARDS = re.compile(
    r"\b(?:the (?:same|former|latter|others?|above|previous|first|second|third|last|next)(?: (?:one|ones|option|point|case|step|question))?"
    r"|(?:this|that|which|these|those) ones?|each of (?:them|these|those)|(?:anything|anyone|anybody|what|who|where) else"
    r"|another one|more about)\W*(?=$|\b(?:for|in|of (?:them|these|those)|with|and|or|is|are|was|were|do|does|did|say|mean|apply|applies)\b|\?)",
    re.IGNORECASE,
)
_LAST_WORD = re.compile(
    r"\b(?:instead|otherwise|as well|too|either|afterwards|there|then|that|this|those|these)\W*$",
    re.IGNORECASE,
)
# "Is it possible to ...", "how long does it take to ...": the word stands for nothing.
_EMPTY_IT = re.compile(
    r"\bit (?:take|takes|cost|costs|possible|allowed|necessary|required|mandatory|ok|okay|true|legal|safe|better|best|normal|common"
    r"|important|permitted|forbidden|worth|make sense|mean)\b.*?\b(?:to|that|if|for|when|by)\b|\bis it (?:that|because)\b|\bit department\b",
    re.IGNORECASE,
)
_POINTING = re.compile(
    r"(?:^\W*(?:(?:is|was|are|were|does|do|did|why is|why are|how is|how are|who|can|could|would|will|should) )?"
    r"|\b(?:about|of|for|in|with|than|to|like|after|before|by|from|on|at|under|without|during|does|did|is|was|are|were|why|mean|means) )"
    r"(?:this|that|these|those)\b(?! (?:year|month|week|quarter|morning|afternoon|who|which|company|system|service|document|site)\b)",
    re.IGNORECASE,
)
_POSSESSIVE = {"its", "their", "theirs", "his", "hers", "her"}
_PERSONAL = {"it", "they", "them", "he", "him", "she", "her"}
_CLAUSE = {
    "and",
    "or",
    "but",
    "if",
    "when",
    "because",
    "while",
    "after",
    "before",
    "once",
    "unless",
    "until",
    "so",
    "that",
    "whether",
}
_LEADS = {
    "the", "a", "an", "our", "my", "your", "each", "every", "any", "all", "no", "some", "of", "for", "in", "on", "with", "by", "from",
    "do", "does", "did", "is", "are", "was", "were", "has", "have", "had", "can", "must", "should", "will", "would", "may", "about",
    "when", "if", "to", "at",
}  # fmt: skip
_ASKING = {"what", "which", "who", "whom", "whose", "when", "where", "why", "how"}
_VERBS = {
    "is", "are", "was", "were", "am", "be", "do", "does", "did", "has", "have", "had", "can", "could", "may", "might", "must", "shall",
    "should", "will", "would",
}  # fmt: skip
_PREPOSITIONS = {
    "in", "for", "with", "without", "on", "at", "from", "to", "by", "during", "after", "before", "since", "until", "under", "over",
    "within", "outside", "inside", "between", "among", "per", "only", "except", "not", "even", "if", "when", "as", "unless", "through",
    "because", "into", "via",
}  # fmt: skip
_FEW_WORDS = 5

MAX_CHARS = 1000
"""Longer questions have their context with them, and are not read by patterns."""


def is_follow_up(question: str) -> bool:
    """Whether a question needs the ones before it to be understood. One of more than `MAX_CHARS` never does."""
    return len(question) <= MAX_CHARS and (
        _CONNECTIVE.search(question) is not None
        or _BACKWARDS.search(question) is not None
        or _LAST_WORD.search(question) is not None
        or _points(question)
        or has_open_pronoun(question)
        or _leaves_out(question)
    )


def has_open_pronoun(question: str) -> bool:
    """Whether a pronoun of the third person stands for something that the question does not name before it."""
    own = _EMPTY_IT.sub(" ", question) if _EMPTY_IT.search(question) else question
    found = words(own)
    # The abbreviation: "the IT department".
    lowered = ["" if word == "IT" else word.lower() for word in found]
    return any(
        (word in _POSSESSIVE and not _noun_before(found, at, same_clause=True))
        or (word in _PERSONAL and not _noun_before(found, at, same_clause=_is_possessive(lowered, at)))
        for at, word in enumerate(lowered)
    )


def _is_possessive(lowered: list[str], at: int) -> bool:
    return lowered[at] == "her" and at + 1 < len(lowered) and is_content(lowered[at + 1])


def _noun_before(found: list[str], at: int, *, same_clause: bool) -> bool:
    """Whether something that the word may stand for was named before it; the subject of its own clause is none for an object."""
    reach = at
    if not same_clause:
        reach = max((place for place in range(at) if found[place].lower() in _CLAUSE), default=0)
    leads = _LEADS | {"which", "what", "whose"} if same_clause else _LEADS
    return any(_is_noun(found, place, leads) for place in range(reach))


def _is_noun(found: list[str], at: int, leads: set[str]) -> bool:
    """Whether a word names something, as far as its neighbours tell."""
    word = found[at]
    if not is_content(word) or at == 0:
        return is_mark(word)
    led = found[at - 1].lower() in leads
    qualified = at > 1 and found[at - 2].lower() in leads and is_content(found[at - 1])
    return is_mark(word) or word[0].isupper() or led or qualified


def _points(question: str) -> bool:
    found = _POINTING.search(question)
    if found is None:
        return False
    rest = words(question[found.end() :])
    # "Is that employee ...": named, and meant from before all the same. "in that the contract ...": a conjunction.
    return not rest or rest[0].lower() not in {"the", "a", "an", "we", "i", "you"}


def _leaves_out(question: str) -> bool:
    """Whether nothing, or next to nothing, says what the question is about."""
    found = words(question)
    own = [word for word in found if is_content(word)]
    if not own:
        return True
    if any(map(is_mark, own)) or len(found) > _FEW_WORDS:
        return False
    first = found[0].lower()
    if first in _ASKING:
        # "Who decides?", "how often?" - but "what is Qdrant?" defines a thing.
        has_verb = any(word.lower() in _VERBS for word in found)
        return (
            len(own) == 1
            and not has_verb
            and not any(word[0].isupper() for word in found[1:] if is_content(word))
        )
    has_verb = any(word.lower() in _VERBS for word in found)
    if first in _PREPOSITIONS and not has_verb:
        return not any(word.lower() in _ASKING for word in found)
    return question.rstrip().endswith("?") and len(own) == 1 and not has_verb
