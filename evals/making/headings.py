"""Questions for sections, from their headings. English; of German documents the plain form only. Pure.

A heading that is a question, or half of one, is asked ("What the warranty does not cover"); so is one that names an action
("Filling in the report"). What is left is asked by its noun.
"""

import re
from collections.abc import Callable, Sequence

from core.graph_ports import SyntaxToken
from core.sentences import Sentence, split_sentences
from evals.making.drafts import Draft, ReadDocument, Section
from evals.making.sections import fenced, sections_of, tables_of
from evals.making.titles import named, within
from evals.making.words import content_words, is_private, lower_first, normal, plain, upper_first

Parse = Callable[[Sequence[str]], Sequence[tuple[SyntaxToken, ...]]]

_EMPTY = re.compile(
    r"(?i)^(introduction|overview|contents?|table of contents|summary|abstract|questions?|contacts?|notes?|references|appendix.*"
    r"|changelog|about|general|misc.*|other|any other business|further reading|see also|links|imprint|einleitung|inhalt|anhang.*)$"
)
_MANY = frozenset(
    [
        "categories",
        "classes",
        "codes",
        "components",
        "conditions",
        "costs",
        "deadlines",
        "errors",
        "exceptions",
        "fees",
        "goals",
        "intervals",
        "kinds",
        "levels",
        "limits",
        "mistakes",
        "obligations",
        "periods",
        "prices",
        "principles",
        "rates",
        "requirements",
        "responsibilities",
        "risks",
        "roles",
        "rules",
        "stages",
        "steps",
        "supplements",
        "symptoms",
        "targets",
        "terms",
        "times",
        "types",
        "units",
    ]
)
_WORKS = frozenset(
    [
        "adjustment",
        "approval",
        "authentication",
        "calibration",
        "configuration",
        "disposal",
        "installation",
        "maintenance",
        "procedure",
        "process",
        "registration",
        "rollback",
        "setup",
    ]
)
_SINGLE = {
    "cause": "What was the cause",
    "purpose": "What is the purpose",
    "scope": "What is the scope",
    "background": "What is the background",
}
_TIMES = frozenset({"after", "before", "during", "if", "when", "while"})
_PLURAL_TITLES = frozenset({"rules", "guidelines", "regulations"})
_MAX_TABLE_CHARS = 2000
_LEAST_WORDS = 4
_MAX_HEADING_WORDS = 9


def heading_drafts(document: ReadDocument, *, parse: Parse | None) -> list[Draft]:
    """A question for each section with a telling heading and a sentence that can answer. Without a parser, the plain forms."""
    sections = [one for one in sections_of(document.text) if _is_telling(one.heading, document)]
    counted = [one.heading.casefold() for one in sections]
    parsed = (
        parse([one.heading for one in sections])
        if parse and document.language == "en"
        else [()] * len(sections)
    )
    found = []
    for section, tokens in zip(sections, parsed, strict=True):
        question = _asked(section.heading, tokens, document)
        is_list = question.startswith("What are the ")
        answer = (_table_in(document.text, section) if is_list else None) or answering(document.text, section)
        if answer is None or not question or counted.count(section.heading.casefold()) > 1:
            continue
        quote = document.text[answer.start : answer.end]
        found.append(
            Draft(question, document.doc_id, quote, answer.start, (), "heading", "heading", document.language)
        )
    return found


def _table_in(text: str, section: Section) -> Sentence | None:
    """The rows of the one table of a section: what "what are the ..." asks for."""
    found = [one for one in tables_of(text) if section.start <= one.rows[0].start < section.end]
    if len(found) != 1 or found[0].rows[-1].end - found[0].rows[0].start > _MAX_TABLE_CHARS:
        return None
    return Sentence(found[0].rows[0].start, found[0].rows[-1].end)


def answering(text: str, section: Section) -> Sentence | None:
    """The first sentence of a section that says something: no announcement of what follows, no fragment, no row of a table."""
    body = text[section.start : section.end]
    code = fenced(body)
    for one in split_sentences(body):
        words = plain(body[one.start : one.end])
        if any(start <= one.start for start, _ in code):  # the code answers, or the sentence is about it
            return None
        if (
            one.is_table_row
            or words.endswith(":")
            or len(words.split()) < _LEAST_WORDS
            or words.startswith("*")
        ):
            continue
        return Sentence(one.start + section.start, one.end + section.start)
    return None


def _is_telling(heading: str, document: ReadDocument) -> bool:
    words = heading.split()
    if not 0 < len(words) <= _MAX_HEADING_WORDS or is_private(heading) or _EMPTY.match(heading):
        return False
    if {"this", "these"} & set(heading.lower().split()):
        return False
    return normal(heading) != normal(document.title) and any(map(str.isalpha, heading))


def _asked(heading: str, tokens: Sequence[SyntaxToken], document: ReadDocument) -> str:
    title = document.title
    if document.language == "de":
        return f"Was steht in \u201e{title}\u201c zu \u201e{heading}\u201c?" if named(title) else ""
    if heading.endswith("?"):
        return _specific(heading, title)
    return _asked_in_english(heading, tokens, title) if document.language == "en" else ""


def _asked_in_english(heading: str, tokens: Sequence[SyntaxToken], title: str) -> str:
    words = heading.split()
    first = words[0].lower()
    if first in _TIMES and words[1:2] != ["to"]:
        return within(f"What happens {lower_first(heading)}?", title)
    if first in {"from", "to", "with", "without", "in", "on", "for", "by"}:
        return ""
    if first in {"how", "what", "when", "where", "who", "which", "why"}:
        return _specific(_question(words, tokens), title)
    if any(one.dep in {"nsubj", "nsubjpass"} and tokens[one.head].tag in {"VBZ", "VBP"} for one in tokens):
        return _specific(f"What should you do when {lower_first(heading)}?", title)
    return _specific(_action(words, tokens), title) or _noun(heading, title)


def _specific(question: str, title: str) -> str:
    """A question that says what it is about; with few words of its own, it names the document."""
    if not question:
        return ""
    return question if len(content_words(question)) > 3 else within(question, title)


def _question(words: Sequence[str], tokens: Sequence[SyntaxToken]) -> str:
    """As somebody asks it: "How to return an instrument", "What you receive", "Who may sign"."""
    said = " ".join(words)
    if len(words) > 2 and words[1].lower() == "to":
        helper = {
            "how": "How do you",
            "when": "When should you",
            "where": "Where should you",
            "what": "What should you",
        }
        start = helper.get(words[0].lower())
        return f"{start} {' '.join(words[2:])}?" if start and words[-1].lower() not in {"it", "them"} else ""
    subject = [index for index, one in enumerate(tokens) if one.dep in {"nsubj", "nsubjpass"}]
    if not subject or not tokens or tokens[subject[0]].tag in {"WP", "WDT"}:
        return f"{said}?" if tokens and any(one.tag in {"MD", "VBZ", "VBD", "VBP"} for one in tokens) else ""
    return _turned(words[0], tokens, subject[0])


def _turned(word: str, tokens: Sequence[SyntaxToken], subject: int) -> str:
    """The auxiliary before the subject: "how an order is placed" becomes "How is an order placed?"."""
    verb = tokens[subject].head
    first = next(
        (index for index in range(1, subject + 1) if tokens[index].head == subject or index == subject),
        subject,
    )
    helpers = [
        index for index, one in enumerate(tokens) if one.head == verb and one.dep in {"aux", "auxpass"}
    ]
    if tokens[verb].tag not in {"VBZ", "VBP", "VBD", "VBN", "VB", "VBG"} or first != 1 or verb < subject:
        return ""
    if helpers:
        rest = " ".join(one.text for index, one in enumerate(tokens) if index > 0 and index != helpers[0])
        return f"{upper_first(word)} {tokens[helpers[0]].text} {rest}?"
    before = " ".join(one.text for one in tokens[1:verb])
    after = " ".join(one.text for one in tokens[verb + 1 :])
    if tokens[verb].lemma == "be":
        return f"{upper_first(word)} {tokens[verb].text} {before} {after}".strip() + "?"
    helper = {"VBZ": "does", "VBD": "did"}.get(tokens[verb].tag, "do")
    return f"{upper_first(word)} {helper} {before} {tokens[verb].lemma} {after}".strip() + "?"


def _action(words: Sequence[str], tokens: Sequence[SyntaxToken]) -> str:
    """How one does it, of "Filling in the report". Only of a verb with an object."""
    if not tokens or tokens[0].tag != "VBG" or not any(one.dep in {"dobj", "pobj"} for one in tokens[1:]):
        return ""
    has_object = any(one.dep == "dobj" for one in tokens) or any(one.dep == "prt" for one in tokens)
    return f"How do you {tokens[0].lemma.lower()} {' '.join(words[1:])}?" if has_object else ""


def _noun(heading: str, title: str) -> str:
    name, said = named(title), lower_first(heading)
    if not name:
        return ""
    last = heading.rsplit(maxsplit=1)[-1].lower()
    if heading.lower() in _SINGLE:
        return f"{_SINGLE[heading.lower()]} in {name}?"
    first = re.split(r" (?:of|for|in|to) ", said)[0].split()[-1].lower()
    if last in _MANY or first in _MANY:
        return f"What are the {said} in {name}?"
    if last in _WORKS and " and " not in heading:
        return f"How does {said} work according to {name}?"
    is_plural = name.startswith("the ") and name.split()[-1] in _PLURAL_TITLES
    return f"What {'do' if is_plural else 'does'} {name} say about {said}?"
