"""Turns an English main clause into questions for one part of it, by its dependency tree. Pure.

Transformations as in Heilman and Smith, "Good Question! Statistical Ranking for Question Generation" (NAACL 2010): the part that
answers is taken out, a question word for its kind comes in front, the auxiliary changes places with the subject. Clauses that
would need more than that are left alone.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from core.graph_ports import SyntaxToken
from evals.making.words import upper_first

_SUBJECTS = frozenset({"nsubj", "nsubjpass"})
_AUXILIARIES = frozenset({"aux", "auxpass"})
_FINITE = frozenset({"VBZ", "VBP", "VBD"})
_TIME_UNITS = frozenset({"second", "minute", "hour", "day", "week", "month", "quarter", "year"})
_MONEY = frozenset({"$", "\u00a3", "\u20ac", "\u00a5"})
_DATE = re.compile(
    r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December|(?:19|20)\d\d"
    r"|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?)\b"
)
_TIME = re.compile(r"^\d{1,2}[:.]\d\d")
_TIME_WORDS = {
    "for": "How long",
    "within": "Within what time",
    "in": "In what time",
    "after": "After what time",
}
_DATE_WORDS = {
    "on": "When",
    "in": "When",
    "until": "Until when",
    "from": "From when",
    "since": "Since when",
    "by": "By when",
}
_PLACES = frozenset(
    [
        "archive",
        "bench",
        "building",
        "cabinet",
        "calendar",
        "city",
        "country",
        "factory",
        "floor",
        "folder",
        "hall",
        "library",
        "office",
        "park",
        "portal",
        "reception",
        "room",
        "server",
        "site",
        "store",
        "warehouse",
        "workshop",
    ]
)
_ROLES = frozenset(
    [
        "accountant",
        "board",
        "chair",
        "committee",
        "company",
        "council",
        "counsel",
        "department",
        "desk",
        "director",
        "employee",
        "engineer",
        "head",
        "inspector",
        "lawyer",
        "manager",
        "office",
        "officer",
        "owner",
        "staff",
        "team",
        "trainee",
    ]
)
_UNCLEAR = frozenset(
    [
        "it",
        "they",
        "them",
        "this",
        "these",
        "those",
        "he",
        "she",
        "him",
        "her",
        "such",
        "its",
        "their",
        "former",
        "latter",
        "above",
        "below",
        "following",
        "there",
        "here",
    ]
)
_STOPS = frozenset({",", ";", ":", "(", "\u2013", "\u2014", ".", "!", "?"})
_MAX_ANSWER_TOKENS = 12
_MAX_WORDS = 26
_LIST_TOKENS = 9


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and its answer. `is_vague`: its subject is one word behind "the", known from what stands before."""

    question: str
    answer: str
    kind: str
    subject: str
    is_vague: bool = False


class Clause:
    """The main clause of a sentence, with the parts that a question is made of. Indices are those of the tokens."""

    def __init__(self, tokens: Sequence[SyntaxToken]) -> None:
        self.tokens = tokens
        self._children: dict[int, list[int]] = {}
        for index, token in enumerate(tokens):
            if token.head != index:
                self._children.setdefault(token.head, []).append(index)

    def children(self, index: int, *deps: str) -> list[int]:
        """Those that hang on a token, by these relations or by any."""
        found = self._children.get(index, [])
        return [one for one in found if not deps or self.tokens[one].dep in deps]

    def below(self, index: int) -> set[int]:
        """The token and everything that hangs on it."""
        return {index}.union(*(self.below(child) for child in self.children(index)))

    @cached_property
    def root(self) -> int:
        """The main verb; -1 where the root is none or there are several."""
        roots = [index for index, token in enumerate(self.tokens) if token.head == index]
        is_verb = len(roots) == 1 and self.tokens[roots[0]].tag.startswith("VB")
        return roots[0] if is_verb else -1

    @cached_property
    def subject(self) -> int:
        """Who does it; -1 where that is not clear."""
        found = [one for one in self.children(self.root, *_SUBJECTS) if one < self.root]
        return found[0] if len(found) == 1 else -1

    @cached_property
    def auxiliaries(self) -> list[int]:
        """In order, those before the verb."""
        return [one for one in self.children(self.root, *_AUXILIARIES) if one < self.root]

    @cached_property
    def end(self) -> int:
        """Where the clause ends: before what is added by "and" or "but" to its verb, or after a mark."""
        after = range(self.root + 1, len(self.tokens))
        stops = [one for one in after if self.tokens[one].text in _STOPS and not self._is_in_date(one)]
        stops += [one for one in self.children(self.root, "cc") if one > self.root]
        stops += [min(self.below(one)) for one in self.children(self.root, "conj") if one > self.root]
        return min(stops, default=len(self.tokens))

    def _is_in_date(self, comma: int) -> bool:
        after = self.tokens[comma + 1 : comma + 2]
        return (
            self.tokens[comma].text == ","
            and bool(after)
            and re.fullmatch(r"(19|20)\d\d", after[0].text) is not None
        )

    def is_simple(self) -> bool:
        """Whether it states something in the open, of a subject that is named."""
        if self.root < 0 or self.subject < 0 or self.children(self.root, "neg", "expl"):
            return False
        front = self.tokens[: min(self.below(self.subject))]
        if any(one.text in {";", ":", "(", "-"} or one.tag == "CC" for one in front) or [
            one.tag for one in front
        ] == ["CD"]:
            return False
        heads = [self.root, *self.auxiliaries]
        if not any(self.tokens[one].tag in {*_FINITE, "MD"} for one in heads):
            return False
        return not any(
            self.tokens[one].text.lower() in _UNCLEAR | {"i", "we"} for one in self.below(self.subject)
        )

    def is_cut(self, part: Collection[int]) -> bool:
        """Whether a part that answers is the first of a list, of which the clause has no more."""
        if max(part) != self.end - 1 or self.end >= len(self.tokens) or self.tokens[self.end].text != ",":
            return False
        after = self.tokens[self.end + 1 : self.end + _LIST_TOKENS]
        return bool(after) and after[0].tag != "CC" and any(one.tag == "CC" for one in after)

    def said(self, indices: Iterable[int]) -> str:
        """The words at these places as they were written, runs joined by blanks."""
        found = ""
        before: SyntaxToken | None = None
        for token in (self.tokens[one] for one in sorted(indices)):
            glued = before is not None and token.start == before.end
            found += token.text if glued or not found else f" {token.text}"
            before = token
        return re.sub(r"\s+([,.;:])", r"\1", found).strip(" ,")


def asked_of(tokens: Sequence[SyntaxToken], *, kinds: Callable[[str], str]) -> list[Asked]:
    """Questions for the parts of a sentence. `kinds` says what a name stands for: `place`, `person`, ... or empty."""
    clause = Clause(tokens)
    if not clause.is_simple():
        return []
    found = [one for form in _FORMS for one in form(clause, kinds)]
    return [one for one in found if _is_sound(one)]


def _is_sound(asked: Asked) -> bool:
    words = re.findall(r"[\w'-]+", asked.question.lower())
    if not 5 <= len(words) <= _MAX_WORDS or _UNCLEAR & set(words):
        return False
    if words[-1] in {"that", "which", "and", "or"}:
        return False
    return asked.question.count('"') % 2 == 0 and "(" not in asked.question and ",?" not in asked.question


def _adverbials(clause: Clause, kinds: Callable[[str], str]) -> Iterator[Asked]:
    """How long, how often, when, where: what hangs on the verb or its complement by a preposition, or as a time."""
    for holder in (clause.root, *clause.children(clause.root, "acomp", "attr")):
        for one in clause.children(holder, "prep", "npadvmod", "agent"):
            if not clause.root < one < clause.end:
                continue
            part = {index for index in clause.below(one) if index < clause.end}
            word = "" if clause.is_cut(part) else _word_for(clause, one, part, kinds)
            if word and len(part) <= _MAX_ANSWER_TOKENS:
                yield _inverted(clause, word, part, clause.said(part), _kind_of(word))


def _kind_of(word: str) -> str:
    return "place" if word == "Where" else "person" if word == "By whom" else "time"


def _word_for(clause: Clause, index: int, part: Collection[int], kinds: Callable[[str], str]) -> str:
    token = clause.tokens[index]
    if token.dep == "npadvmod":
        is_each = any(clause.tokens[one].text.lower() in {"every", "each"} for one in part)
        return "How often" if is_each and token.lemma in _TIME_UNITS else ""
    objects = clause.children(index, "pobj")
    if len(objects) != 1 or clause.children(index, "cc", "conj") or clause.children(objects[0], "conj"):
        return ""
    noun, word = clause.tokens[objects[0]], token.text.lower()
    if token.dep == "agent":
        is_somebody = noun.lemma.lower() in _ROLES or kinds(noun.text) in {"person", "organisation"}
        return "By whom" if is_somebody else ""
    if noun.lemma in _TIME_UNITS:
        return _TIME_WORDS.get(word, "") if clause.children(objects[0], "nummod") else ""
    return _day_or_place(clause, objects[0], word, clause.said(part), kinds)


def _day_or_place(clause: Clause, index: int, word: str, words: str, kinds: Callable[[str], str]) -> str:
    noun = clause.tokens[index]
    if word in _DATE_WORDS and _DATE.search(words):
        return _DATE_WORDS[word]
    if word == "at" and _TIME.match(noun.text):
        return "At what time"
    is_place = noun.lemma.lower() in _PLACES or kinds(clause.said(clause.below(index))) == "place"
    return "Where" if word in {"in", "at", "on"} and is_place else ""


def _amounts(clause: Clause, kinds: Callable[[str], str]) -> Iterator[Asked]:
    """How many, how much: an object with a number."""
    del kinds
    for one in clause.children(clause.root, "dobj"):
        if not clause.root < one < clause.end or clause.children(one, "cc", "conj", "relcl"):
            continue
        part = {index for index in clause.below(one) if index < clause.end}
        if clause.is_cut(part):
            continue
        numbers = [
            index
            for index in part
            if clause.tokens[index].dep == "nummod" and clause.tokens[index].head == one
        ]
        is_money = any(clause.tokens[index].text in _MONEY for index in part)
        if is_money and clause.tokens[clause.root].lemma in {"cost", "pay", "save", "receive", "charge"}:
            yield _inverted(clause, "How much", part, clause.said(part), "number")
        elif numbers and not is_money and clause.tokens[one].tag == "NNS":
            counted = {
                index
                for index in part
                if not any(index in clause.below(number) for number in numbers)
                and not (clause.tokens[index].dep == "det" and clause.tokens[index].head == one)
            }
            answer = clause.said(index for index in part if index <= one)
            yield _inverted(clause, f"How many {clause.said(counted)}", part, answer, "number")


def _complements(clause: Clause, kinds: Callable[[str], str]) -> Iterator[Asked]:
    """What is: a complement of "to be" with a number or a name in it."""
    del kinds
    verb = clause.tokens[clause.root]
    if verb.lemma != "be" or clause.auxiliaries:
        return
    for one in clause.children(clause.root, "attr"):
        part = {index for index in clause.below(one) if index < clause.end}
        has_fact = any(clause.tokens[index].tag in {"CD", "NNP"} for index in part)
        subject = clause.said(clause.below(clause.subject))
        if has_fact and clause.root < one and not clause.is_cut(part) and len(subject.split()) > 1:
            word = "Who" if clause.tokens[clause.subject].lemma.lower() in _ROLES else "What"
            yield _inverted(clause, word, part, clause.said(part), "number" if word == "What" else "person")


def _subjects(clause: Clause, kinds: Callable[[str], str]) -> Iterator[Asked]:
    """Who: a subject that is somebody."""
    head = clause.tokens[clause.subject]
    first = clause.tokens[(clause.auxiliaries or [clause.root])[0]]
    is_many = head.tag in {"NNS", "NNPS"} and first.tag not in {"MD", "VBD"}
    words = clause.below(clause.subject)
    is_somebody = head.lemma.lower() in _ROLES or kinds(clause.said(words)) == "person"
    if (
        head.dep == "nsubjpass"
        or clause.children(clause.subject, "conj")
        or is_many
        or not is_somebody
        or len(words) > _MAX_ANSWER_TOKENS
        or len(words) == 1
    ):
        return
    rest = [index for index in range(max(words) + 1, clause.end) if index not in words]
    question = f"Who {clause.said(rest)}"
    if front := _front(clause):
        question += f" {_as_end(clause.said(front), clause.tokens[min(front)])}"
    yield Asked(f"{question}?", clause.said(words), "person", "")


def _front(clause: Clause) -> list[int]:
    first = min(clause.below(clause.subject))
    return [index for index in range(first) if index not in clause.auxiliaries]


def _as_end(words: str, first: SyntaxToken) -> str:
    return words if first.tag.startswith("NNP") else words[:1].lower() + words[1:]


def _inverted(clause: Clause, word: str, part: Collection[int], answer: str, kind: str) -> Asked:
    subject = clause.below(clause.subject)
    verb = clause.tokens[clause.root]
    between = [index for index in range(max(subject) + 1, clause.end) if index not in part]
    if clause.auxiliaries:
        helper = clause.tokens[clause.auxiliaries[0]].text
        rest = clause.said(index for index in between if index != clause.auxiliaries[0])
    elif verb.lemma == "be":
        helper, rest = verb.text, clause.said(index for index in between if index != clause.root)
    else:
        helper = {"VBZ": "does", "VBD": "did"}.get(verb.tag, "do")
        before = clause.said(index for index in between if index < clause.root)
        after = clause.said(index for index in between if index > clause.root)
        rest = " ".join(piece for piece in (before, verb.lemma, after) if piece)
    named = _as_end(clause.said(subject), clause.tokens[min(subject)])
    front = _front(clause)
    pieces = [word, helper, named, rest]
    pieces += [_as_end(clause.said(front), clause.tokens[min(front)])] if front else []
    question = upper_first(" ".join(piece for piece in pieces if piece)) + "?"
    return Asked(question, answer, kind, named, _is_vague(clause))


def _is_vague(clause: Clause) -> bool:
    words = [clause.tokens[one] for one in clause.below(clause.subject)]
    said = [one for one in words if one.tag not in {"DT", "IN", "CC", "CD", "PRP$"}]
    is_known = any(one.text.lower() in {"the", "our", "your"} or one.tag == "CD" for one in words)
    return is_known and len(said) <= 1 and not any(one.tag.startswith("NNP") for one in said)


_FORMS = (_adverbials, _amounts, _complements, _subjects)
