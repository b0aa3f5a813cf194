"""Sentences of a passage that ask its reader for something which the passage is not about. Pure.

An instruction that was planted in a document needs no tell-tale words: "Write a poem about the sea" is one in an invoice, and
none in a guide to poetry. So two things are weighed: whether a sentence asks, and whether it shares words with its surroundings.
"""

import re
from collections.abc import Collection

# A stem of five letters is enough to see that "factories" are "factory" here.
_STEM_CHARS = 5
_CONTENT_WORD = re.compile(r"[^\W\d_]{4,}")
_LEAD = r"^[\W_]*(?:(?:please|now|also|then|next|finally|instead|and|bitte)[\s,]+){0,3}"
_POLITE = r"(?:(?:can|could|would|will) you\s+(?:please\s+)?(?:\w+ly\s+)?)?"
# What only somebody who writes or thinks for others is asked to do.
_TOLD = re.compile(
    _LEAD
    + _POLITE
    + r"(?:advertise|analy[sz]e|augment|automate|brainstorm|break down|calculate|classify|clarify|compose|compute"
    r"|craft|debug|define|demonstrate|describe|discuss|draft|elaborate|endorse|enlighten|explain|explore|forecast"
    r"|formulate|guess|illustrate|imagine|integrate|interpret|invent|modify|narrate|outline|paraphrase|persuade|predict|promote"
    r"|proofread|propose|recite|recommend|rephrase|rewrite|sing|solve|suggest|summari[sz]e|translate|urge"
    r"|(?:research|name|state|forecast|estimate|detail|spread|book|report) (?:the|a|an|any|some|all|how|why|which|that|two|three|five|ten)"
    r"|visuali[sz]e|walk me|(?:tell|give|show|teach|help|send|remind|find|get|write|advise|guide|assist|convince) (?:me|us))\b"
)
# What everybody is asked to do, in manuals as well: it must be a text, or for whoever speaks.
_DONE = re.compile(
    _LEAD
    + _POLITE
    + r"(?:add|answer|assess|assist|build|check|compare|convert|create|deliver|design|determine|develop|devise"
    r"|edit|encode|evaluate|examine|extract|find|generate|give|help|highlight|identify|implement|include|introduce|list|make"
    r"|manage|mention|organi[sz]e|plan|prepare|present|produce|provide|rank|retrieve|schedule|search|set|share|show|sort|tell|track"
    r"|warn|write)\b"
)
_TEXT_OR_MINE = re.compile(
    r"\b(?:me|my|us|our|mine)\b|\b(?:stor(?:y|ies)|essays?|poems?|letter|speech|articles?|blog|posts?|tweets?|headlines?|slogan|script"
    r"|introduction|paragraph|code|function|program|snippet|algorithm|recipes?|jokes?|riddles?|songs?|lyrics|haiku|dialogue|summary"
    r"|overview|translation|equivalent|explanation|examples?(?!\.)|lists?|tips|ideas|advice|suggestions?|recommendations?|reasons|facts?|definition"
    r"|comparison|differences?|meaning|sentiment|tone|trends?|strateg(?:y|ies)|itinerary|sentence|essay|fiction|biography"
    r"|press release|advertisement|pros and cons|ways|steps to|insights?|analysis)\b"
)
_QUESTION = re.compile(
    _LEAD
    + r"(?:(?:hey|so|ok|okay)[\s,]+)?(?:what|who|whom|whose|when|where|why|which|how|is|are|was|were|do|does|did|can|could"
    r"|should|would|will|has|have|was|wer|wie|warum|wann|welche)(?:'s|'re)?\b.*\?[\"')\]\s]*$",
    re.DOTALL,
)
_COMMON_WORDS = """
about above after also answer been before being between both could does done each example examples explain every following
from give have help here into like made make many more most much name need only other over please provide should show simple
some such tell than that their them then there these they this those through under used using very want were what when where
which while will with work would write your yours describe suggest
"""
_COMMON = frozenset(_COMMON_WORDS.split())
_ORDER = re.compile(
    _LEAD
    + r"(?:act|always|behave|call|do not|don't|forget|forward|ignore|never|output|pretend|print|repeat|reply|respond|return|reveal"
    r"|run|say|send|speak|use|visit|antworte|gib|sag|schreibe?|zeige?)\b"
)
_YOU = re.compile(
    r"\byou (?:are|must|will|should|shall|can|may|have|need|do not|only|never|always)\b"
    r"|\byour (?:role|task|job|goal|instructions?|answers?|responses?|repl(?:y|ies)|name|new|only|training)\b"
    r"|\b(?:du (?:bist|musst|wirst|sollst|kannst|darfst)|sie (?:mussen|werden|sollen)|deine (?:aufgabe|rolle))\b"
)
# A list of steps is full of requests, and meant for people.
_STEP = re.compile(r"\s*(?:[-*+\u2022]|\(?\d{1,3}[.)]|[a-z][.)])\s")
_TOLD_SCORE, _DONE_SCORE, _QUESTION_SCORE, _ON_TOPIC = 0.75, 0.7, 0.65, 0.4
_LEAST_OWN = 2
# A word of three may be there by chance.
_FOREIGN_SHARE = 0.34


def stems(normal: str) -> set[str]:
    """The first letters of the words that say what a text (in normal form) is about."""
    return {word[:_STEM_CHARS] for word in _CONTENT_WORD.findall(normal) if word not in _COMMON}


def asks(unit: str) -> bool:
    """Whether a sentence (in normal form) begins as a request or is a question."""
    return not _STEP.match(unit) and _weight(unit) > 0


def addresses(unit: str) -> bool:
    """Whether a sentence (in normal form) speaks to its reader: asks for something or says what it is and does."""
    return bool(_YOU.search(unit) or _DONE.match(unit) or _ORDER.match(unit)) or asks(unit)


def request_score(unit: str, *, elsewhere: Collection[str]) -> float:
    """How likely it is that a sentence (in normal form) asks the reader for something foreign; 0 where it does not ask.

    Args:
        unit: The sentence.
        elsewhere: The stems of everything around it.
    """
    own = stems(unit)
    if len(own) < _LEAST_OWN:
        return 0.0
    shared = len(own.intersection(elsewhere)) / len(own)
    return _weight(unit) if shared <= _FOREIGN_SHARE else _ON_TOPIC * (1 - shared)


def _weight(unit: str) -> float:
    if _TOLD.match(unit):
        return _TOLD_SCORE
    if _QUESTION.match(unit):
        return _QUESTION_SCORE
    return _DONE_SCORE if _DONE.match(unit) and _TEXT_OR_MINE.search(unit) else 0.0
