"""Relations that verbs state: subject, verb, object, with passives, particles, prepositions and predicate nouns. Pure."""

from collections.abc import Iterator

from core.graph import EntityKind
from graph.extract.found import Found, Link
from graph.extract.modality import certainty
from graph.extract.nouns import attributes, lemma_of
from graph.extract.predicates import BORN_ON, DIED_ON, LOCATED_IN
from graph.extract.subjects import Subject, subject_of
from graph.extract.tree import RELATIVE_TAGS, End, Tree

_HELPING = frozenset({"aux", "auxpass"})
_OFFICE_VERBS = frozenset({"serve", "work", "act", "function", "continue", "remain"})
_DATE_PREPOSITIONS = frozenset({"in", "on", "since", "until", "from", "at"})
# "The firm has offices, beginning with Bonn": a participle in form only.
_LIKE_PREPOSITIONS = frozenset(
    {
        "according",
        "beginning",
        "compared",
        "concerning",
        "considering",
        "depending",
        "excluding",
        "following",
        "given",
        "including",
        "regarding",
        "respecting",
        "starting",
    }
)
_TELLING_PREPOSITIONS = frozenset({"as", "for", "in", "to", "of", "with", "from", "at", "on"})
# "For the remainder of the war", "in the case of X".
_FRAMES = frozenset(
    {
        "age", "basis", "beginning", "behalf", "case", "context", "course", "day", "end", "event", "favor", "favour",
        "front", "light", "middle", "month", "number", "part", "period", "place", "rest", "remainder", "start", "term",
        "time", "variety", "view", "way", "week", "year",
    }
)  # fmt: skip
# Alone they say nothing: "came into force in 1952".
_LIGHT_VERBS = frozenset({"come", "go", "take", "make", "get", "have", "do"})
_VALUE = EntityKind.VALUE


def verb_relations(tree: Tree) -> Iterator[Found]:
    """All that verbs of a sentence state, in order of their words."""
    for index, token in enumerate(tree.tokens):
        if token.pos not in ("VERB", "AUX") or token.dep in _HELPING or index in tree.name_of:
            continue
        if token.text.lower() in _LIKE_PREPOSITIONS or not token.text.isascii():
            continue
        subject = subject_of(tree, index)
        if subject is None or (sure := certainty(tree, index)) == 0:
            continue
        yield from _clause(tree, index, subject, sure)


def _clause(tree: Tree, verb: int, subject: Subject, sure: float) -> Iterator[Found]:
    ends = [end for end in subject.ends(tree) if end.named.kind is not _VALUE]
    if ends:
        for link in _links(tree, verb, subject):
            for end in ends:
                yield Found.of(end, link, sure)
    elif tree.tokens[verb].lemma == "be" and tree.is_common(subject.word):
        yield from _turned(tree, verb, subject.word, sure)


def _turned(tree: Tree, verb: int, noun: int, sure: float) -> Iterator[Found]:
    """As in "The capital of France is Paris"."""
    for attribute in tree.having(verb, "attr"):
        if attribute in tree.named:
            for end in tree.ends(attribute):
                if end.named.kind is not _VALUE:
                    for link in attributes(tree, noun):
                        yield Found.of(end, link, 0.9 * sure)


def _links(tree: Tree, verb: int, subject: Subject) -> Iterator[Link]:
    if tree.tokens[verb].lemma == "be":
        yield from _being(tree, verb)
    elif subject.is_passive:
        yield from _suffering(tree, verb)
    else:
        yield from _acting(tree, verb)
    yield from _gap(tree, verb, subject)


def _being(tree: Tree, verb: int) -> Iterator[Link]:
    """As in "X is Y", "X is the capital of Y", "X is responsible for Y", "X is in Y"."""
    for attribute in tree.having(verb, "attr"):
        if attribute in tree.named and not _is_indefinite(tree, attribute):
            yield from _named(tree.ends(attribute), ("is",), 0.6, "copula_name")
        for member in tree.conjuncts(attribute):
            if tree.is_common(member) or tree.tokens[member].pos in ("NUM", "PRON", "DET", "ADJ"):
                yield from attributes(tree, member)
    for adjective in tree.having(verb, "acomp"):
        for member in tree.conjuncts(adjective):
            yield from _prepositional(tree, member, (tree.tokens[member].text,), 0.8, "adjective")
    for prep in tree.having(verb, "prep"):
        yield from _being_at(tree, prep)


def _being_at(tree: Tree, prep: int) -> Iterator[Link]:
    preposition = tree.tokens[prep].text.lower()
    for end in _plain_objects(tree, prep):
        if preposition in ("in", "at", "on") and end.named.kind is EntityKind.PLACE:
            yield Link((LOCATED_IN,), end, 0.6, "copula_prep")
        elif preposition == "from":
            yield Link((preposition,), end, 0.6, "copula_prep")


def _is_indefinite(tree: Tree, name: int) -> bool:
    """As in "is a Renaissance play", where the name is one of several words before a noun, and not what something is."""
    return any(tree.tokens[child].lemma.lower() in ("a", "an") for child in tree.having(name, "det"))


def _acting(tree: Tree, verb: int) -> Iterator[Link]:
    words = _verb_words(tree, verb, tree.tokens[verb].lemma)
    nouns: list[int] = []
    for thing in tree.having(verb, "dobj"):
        if tree.tokens[thing].tag not in RELATIVE_TAGS:
            nouns.append(thing)
        yield from _named(tree.ends(thing), words, 0.75, "active")
        for member in tree.conjuncts(thing):
            yield from _of_object(tree, member, words)
    for noun in tree.having(verb, "dative"):
        yield from _named(tree.ends(noun), (*words, "to"), 0.75, "dative")
    for noun in tree.having(verb, "attr", "oprd"):
        nouns.append(noun)
        yield from _predicate_noun(tree, noun, words)
    for noun in nouns[:1]:
        if tree.is_common(noun):
            words = (*words, lemma_of(tree.tokens[noun]))
    yield from _prepositional(tree, verb, words, 0.55 if nouns else 0.7, "verb_prep", has_object=bool(nouns))


def _suffering(tree: Tree, verb: int) -> Iterator[Link]:
    """Passives: who acts comes first; with other prepositions the participle stays ("born in", "sold to")."""
    active = _verb_words(tree, verb, tree.tokens[verb].lemma)
    participle = _verb_words(tree, verb, tree.tokens[verb].text)
    for agent in tree.having(verb, "agent"):
        # "Known by the name of X": X knows nobody.
        for end in _plain_objects(tree, agent) if tree.tokens[verb].lemma != "know" else ():
            yield Link(active, end, 0.85, "passive_agent", is_backward=True)
    for noun in tree.having(verb, "oprd", "attr"):
        yield from _predicate_noun(tree, noun, participle)
    for noun in tree.having(verb, "dobj"):
        yield from _named(tree.ends(noun), participle, 0.6, "passive_object")
    yield from _prepositional(tree, verb, participle, 0.9, "passive_prep")


def _gap(tree: Tree, verb: int, subject: Subject) -> Iterator[Link]:
    """A relative clause without a pronoun: "the firm that" left out, "the firm Jobs founded", "the town he lived in"."""
    token = tree.tokens[verb]
    if token.dep != "relcl" or subject.is_passive or tree.tokens[subject.word].tag in RELATIVE_TAGS:
        return
    if any(
        tree.tokens[child].tag in RELATIVE_TAGS or tree.tokens[child].tag == "WRB"
        for child in tree.children[verb]
    ):
        return
    words = _verb_words(tree, verb, token.lemma)
    hanging = [prep for prep in tree.having(verb, "prep") if not tree.children[prep]]
    if hanging:
        words = (*words, tree.tokens[hanging[0]].text)
    elif any(True for _ in tree.having(verb, "dobj", "ccomp", "xcomp", "prep", "acomp", "attr")):
        return
    yield from _named(tree.referents(token.head), words, 0.7, "gap")


def _predicate_noun(tree: Tree, noun: int, words: tuple[str, ...]) -> Iterator[Link]:
    """As in "became Y", "was named director of Y"."""
    if noun in tree.named:
        yield from _named(tree.ends(noun), words, 0.75, "predicate_name")
    else:
        for link in attributes(tree, noun):
            if link.rule in ("noun_prep", "noun_poss"):
                yield Link((*words, *link.words), link.end, 0.8 * link.weight, "predicate_noun")


def _of_object(tree: Tree, noun: int, words: tuple[str, ...]) -> Iterator[Link]:
    """As in "signed a contract with Y", "joined the board of Y"."""
    if tree.is_common(noun):
        for link in attributes(tree, noun):
            if link.rule in ("noun_prep", "noun_poss"):
                yield Link((*words, *link.words), link.end, 0.8 * link.weight, "object_prep")


def _prepositional(
    tree: Tree, word: int, words: tuple[str, ...], weight: float, rule: str, has_object: bool = False
) -> Iterator[Link]:
    """What hangs on a verb or adjective by a preposition, or two ("out of")."""
    for prep in tree.having(word, "prep", "dative"):
        preposition = tree.tokens[prep].text.lower()
        for noun in tree.having(prep, "pobj"):
            for end in tree.ends(noun):
                link = _with_preposition(words, preposition, end, weight, rule, has_object)
                if link is not None:
                    yield link
            if tree.is_common(noun) and not has_object and preposition in _TELLING_PREPOSITIONS:
                yield from _of_prepositional_noun(tree, noun, words, preposition, weight)
        for inner in tree.having(prep, "prep"):
            for end in _plain_objects(tree, inner):
                pair = (*words, preposition, tree.tokens[inner].text.lower())
                yield Link(pair, end, 0.9 * weight, rule)


def _with_preposition(
    words: tuple[str, ...], preposition: str, end: End, weight: float, rule: str, has_object: bool
) -> Link | None:
    if end.named.kind is not _VALUE:
        return Link((*words, preposition), end, weight, rule)
    if preposition not in _DATE_PREPOSITIONS or has_object or words[-1] in _LIGHT_VERBS:
        return None
    special = {"born": BORN_ON, "die": DIED_ON}.get(words[0].lower()) if preposition in ("in", "on") else None
    return Link((special,) if special else (*words, preposition), end, 0.75, "date")


def _of_prepositional_noun(
    tree: Tree, noun: int, words: tuple[str, ...], preposition: str, weight: float
) -> Iterator[Link]:
    """As in "served as director of Y", "known for his role in Y"."""
    is_office = preposition == "as" and words[0].lower() in _OFFICE_VERBS
    if tree.tokens[noun].lemma.lower() in _FRAMES:
        return
    front = () if is_office else (*words, preposition)
    for link in attributes(tree, noun):
        if link.rule == "noun_prep" or (is_office and link.rule == "noun_poss"):
            sure = 0.8 if is_office else 0.6 * weight
            yield Link((*front, *link.words), link.end, sure, "office" if is_office else "prep_noun_prep")


def _plain_objects(tree: Tree, prep: int) -> list[End]:
    return [
        end for noun in tree.having(prep, "pobj") for end in tree.ends(noun) if end.named.kind is not _VALUE
    ]


def _named(ends: list[End], words: tuple[str, ...], weight: float, rule: str) -> Iterator[Link]:
    return (Link(words, end, weight, rule) for end in ends if end.named.kind is not _VALUE)


def _verb_words(tree: Tree, verb: int, form: str) -> tuple[str, ...]:
    """The verb with its particle."""
    return (form, *(tree.tokens[child].text for child in tree.having(verb, "prt")))
