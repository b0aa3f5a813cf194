"""The syntax tree of a sentence, with what is named in it at its nodes. Pure; linear in the words of the sentence."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from core.graph import EntityKind
from core.graph_ports import SyntaxToken
from graph.extract.mentions import Named

NOUNS = frozenset({"NOUN", "PROPN"})
RELATIVE_TAGS = frozenset({"WDT", "WP", "WP$"})
# How far a noun is followed to what it stands for ("X is a company, the largest in Y, that ...").
_MAX_STEPS = 4
# How many members of an enumeration are taken.
_MAX_CONJUNCTS = 12
# What is said by "X is a firm that does Y" is said of the firm; that it is X is a little less sure.
_PER_STEP = 0.95
# "The film" may be another one.
_CALLED_AGAIN = 0.8
_NAMED_BY_OF = frozenset(
    {"city", "town", "village", "state", "county", "province", "island", "kingdom", "republic", "district"}
)
_PARTITIVES = frozenset(
    {"one", "some", "many", "most", "part", "type", "kind", "form", "member", "series", "number"}
)


@dataclass(frozen=True, slots=True)
class End:
    """What a word stands for, and how sure that is (0 to 1)."""

    named: Named
    weight: float


class Tree:
    """Words by index, their children in order, and at the head of each name what is named."""

    def __init__(
        self,
        tokens: Sequence[SyntaxToken],
        mentions: Sequence[Named],
        *,
        start: int,
        described: Mapping[str, Named] | None = None,
    ) -> None:
        """`mentions` are those of the sentence, which begins at `start` of the document's text.

        `described`: what earlier sentences called "a film" or "a company", by that noun; with "this" in front, what only a noun
        with "this" can mean.
        """
        self.tokens = list(tokens)
        self._described = described or {}
        self.children: list[list[int]] = [[] for _ in tokens]
        for index, token in enumerate(tokens):
            if token.head != index:
                self.children[token.head].append(index)
        self.named: dict[int, Named] = {}
        self.name_of: dict[int, int] = {}
        self._place(mentions, start)
        self._mend()

    def _place(self, mentions: Sequence[Named], start: int) -> None:
        starts = [token.start for token in self.tokens]
        ends = [token.end for token in self.tokens]
        for mention in sorted(mentions, key=lambda m: (m.start - m.end, m.start)):
            first = bisect_right(ends, mention.start - start)
            last = bisect_left(starts, mention.end - start)
            span = [index for index in range(first, last) if index not in self.name_of]
            if len(span) != last - first or not span or self._is_gloss(mention, last):
                continue
            head = self._head_of(span)
            self.named[head] = mention
            self.name_of.update(dict.fromkeys(span, head))

    def _mend(self) -> None:
        """Set right what the parser often gets wrong about names in apposition.

        "The head of Acme, Jane Doe," is read as if Acme were Jane Doe, "the mayor of Bonn, Germany," as if he were Germany.
        """
        for index, named in self.named.items():
            head = self.tokens[index].head
            if self.tokens[index].dep != "appos":
                continue
            outer = self.named.get(head)
            if named.kind is EntityKind.PERSON and outer is not None and outer.kind is not EntityKind.PERSON:
                noun = self.tokens[self.tokens[head].head].head
                if self.tokens[head].dep == "pobj" and self.is_common(noun):
                    self._hang(index, noun)
            elif named.kind is EntityKind.PLACE and outer is None:
                inner = self._last_object(head, before=index)
                if inner is not None and self.named[inner].kind is EntityKind.PLACE:
                    self._hang(index, inner)

    def _hang(self, index: int, head: int) -> None:
        self.children[self.tokens[index].head].remove(index)
        self.children[head].append(index)
        self.tokens[index] = replace(self.tokens[index], head=head)

    def _last_object(self, noun: int, *, before: int) -> int | None:
        """The last name that hangs on a noun by a preposition."""
        preps = [prep for prep in self.having(noun, "prep") if prep < before]
        return (
            next((name for name in self.having(preps[-1], "pobj") if name in self.named), None)
            if preps
            else None
        )

    def _is_gloss(self, mention: Named, after: int) -> bool:
        """A language that announces a translation: "(German: ...)"."""
        is_language = mention.kind in (EntityKind.GROUP, EntityKind.TOPIC)
        return is_language and after < len(self.tokens) and self.tokens[after].text == ":"

    def _head_of(self, span: Sequence[int]) -> int:
        """The word of a name that hangs on a word outside it; the last one where several do."""
        tokens = self.tokens
        outside = [
            index
            for index in span
            if not span[0] <= tokens[index].head <= span[-1] or tokens[index].head == index
        ]
        worded = [index for index in outside if tokens[index].dep not in ("punct", "case", "det", "prep")]
        return (worded or outside or list(span))[-1]

    def having(self, index: int, *deps: str) -> Iterator[int]:
        """Children by label, in order."""
        return (child for child in self.children[index] if self.tokens[child].dep in deps)

    def is_common(self, index: int) -> bool:
        """Whether a word is a noun and no part of a name."""
        return index not in self.name_of and self.tokens[index].pos in NOUNS

    def conjuncts(self, index: int) -> list[int]:
        """A word and those that are joined to it by "and" or a comma; bounded."""
        found = [index]
        for member in found:
            found.extend(self.having(member, "conj"))
            if len(found) >= _MAX_CONJUNCTS:
                break
        return found[:_MAX_CONJUNCTS]

    def ends(self, index: int) -> list[End]:
        """What a word and its conjuncts stand for; those that stand for nothing known are left out."""
        return [end for member in self.conjuncts(index) for end in self.referents(member)]

    def referents(self, index: int, steps: int = _MAX_STEPS) -> list[End]:
        """What a word stands for: a name, what a relative pronoun or a predicate noun points back to."""
        if (named := self.named.get(index)) is not None:
            return [End(named, named.weight)]
        if steps == 0 or index in self.name_of:
            return []
        behind = self._behind(index)
        if behind is None:
            again = self._described.get(self._called(index))
            return [End(again, again.weight * _CALLED_AGAIN)] if again is not None else []
        return [replace(end, weight=end.weight * _PER_STEP) for end in self.referents(behind, steps - 1)]

    def _called(self, index: int) -> str:
        """A noun that points back, with nothing more to it: "film" for "the film", "this policy". Else empty."""
        token = self.tokens[index]
        if token.tag != "NN" or token.dep in ("attr", "appos", "compound"):
            return ""
        below = [self.tokens[child] for child in self.children[index]]
        if any(one.dep not in ("det", "punct", "cc", "conj", "case") for one in below):
            return ""
        articles = {one.text.lower() for one in below if one.dep == "det"}
        both = f"this {token.lemma}"
        if "this" in articles and both in self._described:
            return both
        return token.lemma if articles & {"the", "this"} else ""

    def descriptions(self) -> Iterator[tuple[str, Named]]:
        """Nouns that the sentence describes what it names by: "X is a film", "X, a company that"."""
        for index, token in enumerate(self.tokens):
            if token.tag == "NN" and token.dep in ("attr", "appos") and self.is_common(index):
                for end in self.referents(index)[:1]:
                    if end.named.kind is not EntityKind.VALUE:
                        yield token.lemma, end.named

    def _behind(self, index: int) -> int | None:
        """The word that says what this one stands for."""
        token = self.tokens[index]
        if token.tag in RELATIVE_TAGS:
            return self._antecedent(index)
        if token.pos not in NOUNS and token.lemma not in _PARTITIVES:
            return None
        if token.dep == "appos":
            # "The founder of X, a firm" and "the founder of X, a chemist": who can tell?
            return None if self._last_object(token.head, before=index) is not None else token.head
        if token.dep == "attr" and self.tokens[token.head].lemma == "be" and not self.is_denied(token.head):
            return next((s for s in self.having(token.head, "nsubj") if s != index), None)
        if token.lemma in _NAMED_BY_OF:
            return self._named_place(index)
        return self._named_after(index)

    def _antecedent(self, index: int) -> int | None:
        """The noun that a relative clause belongs to."""
        at = self.tokens[index].head
        for _ in range(_MAX_STEPS):
            token = self.tokens[at]
            if token.dep == "relcl":
                return (
                    self._person_before(token.head)
                    if self.tokens[index].text.lower() == "who"
                    else token.head
                )
            if token.head == at or token.dep not in ("prep", "conj", "pobj", "xcomp", "auxpass", "aux"):
                return None
            at = token.head
        return None

    def _person_before(self, noun: int) -> int:
        """Of "a runner from Bonn, who won" the runner, though the parser takes Bonn."""
        named, prep = self.named.get(noun), self.tokens[noun].head
        is_object = (
            named is not None and named.kind is not EntityKind.PERSON and self.tokens[noun].dep == "pobj"
        )
        above = self.tokens[prep].head
        is_nominal = self.tokens[prep].dep == "prep" and self.tokens[above].pos in NOUNS
        return above if is_object and is_nominal else noun

    def _named_place(self, index: int) -> int | None:
        """As in "the city of Paris": Paris."""
        for prep in self.having(index, "prep"):
            if self.tokens[prep].lemma == "of":
                for noun in self.having(prep, "pobj"):
                    if noun in self.named and self.named[noun].kind is EntityKind.PLACE:
                        return noun
        return self._named_after(index)

    def _named_after(self, index: int) -> int | None:
        """As in "the company, Acme Corp,": Acme Corp."""
        return next((child for child in self.having(index, "appos") if child in self.named), None)

    def is_denied(self, index: int) -> bool:
        """Whether a verb has its own "not" or "never"."""
        return any(
            self.tokens[child].dep == "neg"
            or self.tokens[child].lemma in ("never", "neither", "nor", "hardly")
            for child in self.children[index]
        )
