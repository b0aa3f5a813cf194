"""Predicates of relations: words of a sentence or a header become one short name in lower snake case. Pure."""

import re
import unicodedata
from collections.abc import Iterable

from core.pseudonyms import TOKEN

MAX_WORDS = 5
_MAX_CHARS = 60
_WORD = re.compile(r"\w+", re.UNICODE)
_EMPTY_WORDS = frozenset({"the", "a", "an"})

FORMERLY = "formerly_known_as"
"""A relation: the object is a name that the subject had before. The two are not taken for one by it."""
HAS_ORIGIN = "has_origin"
"""A relation: of a nationality, a religion, a party ("an American actor")."""
HAS_ROLE = "has_role"
"""A relation: a person's office or profession, as a value ("Chancellor Angela Merkel")."""
LOCATED_IN = "located_in"
"""A relation: of a place in a larger one ("Paris, France"), or of whatever is said to lie there."""
BORN_ON = "born_on"
DIED_ON = "died_on"

# Only what means the same of whatever it is said; everything else keeps its own words.
_SYNONYMS = {
    "situated_in": LOCATED_IN,
    "located_at": LOCATED_IN,
    "located_within": LOCATED_IN,
    "lie_in": LOCATED_IN,
    "co_found": "found",
    "cofound": "found",
    "chief_executive_officer_of": "ceo_of",
    "chief_executive_of": "ceo_of",
    "chief_technology_officer_of": "cto_of",
    "chief_financial_officer_of": "cfo_of",
    "cofounder_of": "founder_of",
    "co_founder_of": "founder_of",
    "work_at": "work_for",
    "know_as": "known_as",
    "marry": "married_to",
    "marry_to": "married_to",
    "wed": "married_to",
    "take_over": "acquire",
}


def predicate(words: Iterable[str]) -> str:
    """The normal form: compatibility forms, lower case, joined by `_`, no articles, five words and 60 characters at most.

    Empty if there is no letter in it, and where it names somebody: a pseudonym is no relation. What means the same for sure has one name ("co-founder of": `founder_of`).
    """
    said = " ".join(words)[: 4 * _MAX_CHARS]
    if TOKEN.search(said):
        return ""
    folded = unicodedata.normalize("NFKC", said).casefold().replace("_", " ")
    found = _WORD.findall(folded)
    parts = [word for word in found if word not in _EMPTY_WORDS] or found
    name = "_".join(parts[:MAX_WORDS])[:_MAX_CHARS].strip("_")
    if not any(map(str.isalpha, name)):
        return ""
    return _SYNONYMS.get(name, name)
