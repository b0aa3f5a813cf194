"""Relations that stand around nouns: apposition, office, possession, "X of Y". Pure."""

from collections.abc import Iterator

from core.graph import EntityKind
from core.graph_ports import SyntaxToken
from graph.extract.found import Found, Link
from graph.extract.mentions import Named
from graph.extract.predicates import HAS_ORIGIN, HAS_ROLE, LOCATED_IN
from graph.extract.roles import is_role, may_be
from graph.extract.tree import End, Tree

# They change what a noun means, and stay with it: "former president of".
_TELLING = frozenset(
    [
        "former",
        "vice",
        "deputy",
        "assistant",
        "acting",
        "founding",
        "managing",
        "associate",
        "general",
        "executive",
        "chief",
        "honorary",
        "senior",
        "interim",
        "first",
        "last",
        "largest",
        "oldest",
        "official",
    ]
)
_PARTITIVES = frozenset(["one", "some", "many", "most", "part", "type", "kind", "form"])
_PREPOSITIONS = frozenset(
    [
        "of",
        "in",
        "at",
        "from",
        "by",
        "for",
        "with",
        "on",
        "to",
        "near",
        "under",
        "between",
        "against",
        "within",
    ]
)
# A phrase after a person's name belongs to the verb more often than to the name.
_BEHIND_PERSONS = frozenset({"of", "from"})
_BEHIND_NAMES = frozenset({"of", "in", "at", "from", "by", "near"})
_MAX_MODIFIERS = 3
_PLURALS = frozenset({"NNS", "NNPS"})
_PLACES = frozenset({EntityKind.PLACE})
_LYING = frozenset({EntityKind.PLACE, EntityKind.ORGANISATION})
# "A Boston Celtics player" is one of theirs; "a JSON file" is nobody's.
_OWNING = frozenset(
    {EntityKind.ORGANISATION, EntityKind.PLACE, EntityKind.EVENT, EntityKind.WORK, EntityKind.PRODUCT}
)


def noun_relations(tree: Tree) -> Iterator[Found]:
    """All that nouns of a sentence state, in order of their words."""
    for index, token in enumerate(tree.tokens):
        named = tree.named.get(index)
        if named is not None and named.kind is not EntityKind.VALUE:
            yield from _around_name(tree, index, End(named, named.weight))
        elif named is None and tree.is_common(index):
            yield from _around_noun(tree, index)
        if token.dep == "appos" and token.head in tree.named and named is not None:
            yield from _place_in_place(tree, token.head, index)


def attributes(tree: Tree, noun: int) -> Iterator[Link]:
    """What a common noun says of the thing that it describes: "capital of X", "X's subsidiary", "an X player"."""
    noun = _whole(tree, noun)
    words = noun_words(tree, noun)
    for prep in tree.having(noun, "prep"):
        preposition = tree.tokens[prep].text.lower()
        if preposition in _PREPOSITIONS:
            for end in _objects(tree, prep):
                yield Link((*words, preposition), end, 0.75, "noun_prep")
    for child in tree.having(noun, "poss"):
        for end in tree.ends(child):
            if end.named.kind is not EntityKind.VALUE:
                yield Link((*words, "of"), end, 0.7, "noun_poss")
    yield from _modifiers(tree, noun, words)


def _of_appositive(tree: Tree, noun: int) -> Iterator[Link]:
    """As `attributes`; names in front of the noun count only where it has an article, as in sentences but not in headings."""
    has_article = any(True for _ in tree.having(noun, "det"))
    return (link for link in attributes(tree, noun) if has_article or link.rule in ("noun_prep", "noun_poss"))


def noun_words(tree: Tree, noun: int) -> tuple[str, ...]:
    """The words of a noun that its predicate keeps: telling adjectives, nouns before it, and itself."""
    kept = [
        tree.tokens[child].text
        for child in tree.children[noun]
        if child < noun
        and child not in tree.name_of
        and (
            (tree.tokens[child].dep == "compound" and tree.tokens[child].pos in ("NOUN", "PROPN"))
            or (tree.tokens[child].dep == "amod" and tree.tokens[child].lemma.lower() in _TELLING)
        )
    ]
    return (*kept[-2:], lemma_of(tree.tokens[noun]))


def lemma_of(noun: SyntaxToken) -> str:
    """The singular. A model's lemma of what is singular already is often another word's ("feeder": "feed")."""
    return noun.text if noun.tag in ("NN", "NNP") else noun.lemma


def _whole(tree: Tree, noun: int) -> int:
    """As in "one of the members of X" is about members."""
    if tree.tokens[noun].lemma.lower() not in _PARTITIVES:
        return noun
    for prep in tree.having(noun, "prep"):
        if tree.tokens[prep].lemma == "of":
            for inner in tree.having(prep, "pobj"):
                if tree.is_common(inner):
                    return inner
    return noun


def _objects(tree: Tree, prep: int) -> list[End]:
    return [
        end
        for noun in tree.having(prep, "pobj")
        for end in tree.ends(noun)
        if end.named.kind is not EntityKind.VALUE
    ]


def _modifiers(tree: Tree, noun: int, words: tuple[str, ...]) -> Iterator[Link]:
    """Names in front of a noun: "a French painter", "a Boston Celtics player"."""
    for child in tree.having(noun, "compound", "amod", "nmod"):
        named = tree.named.get(child)
        if named is None or named.kind is EntityKind.VALUE or child > noun:
            continue
        end = End(named, named.weight)
        if named.kind is EntityKind.GROUP:
            yield Link((HAS_ORIGIN,), end, 0.9, "origin")
        elif named.kind in _OWNING and tree.tokens[child].dep != "amod" and tree.tokens[noun].pos == "NOUN":
            yield Link((*words, "of"), end, 0.65, "noun_compound")


def _around_name(tree: Tree, index: int, end: End) -> Iterator[Found]:
    for appositive in tree.having(index, "appos"):
        for noun in tree.conjuncts(appositive):
            if tree.is_common(noun):
                for link in _of_appositive(tree, noun):
                    yield Found.of(end, link, 0.95)
    yield from _titles(tree, index, end)
    yield from _owners(tree, index, end)
    for prep in tree.having(index, "prep"):
        yield from _behind_name(tree, prep, end)


def _titles(tree: Tree, index: int, end: End) -> Iterator[Found]:
    """Nouns and names in front of a name: "Apple CEO Tim Cook", "actor Tom Hanks", "French painter Claude Monet"."""
    before = [child for child in tree.having(index, "compound", "amod", "nmod") if child < index]
    nouns = [child for child in before if tree.is_common(child)]
    if not nouns:
        return
    noun = nouns[-1]
    words = noun_words(tree, noun)
    inner = [*tree.having(noun, "compound", "amod", "nmod", "poss"), *(c for c in before if c < noun)]
    for child in inner[:_MAX_MODIFIERS]:
        named = tree.named.get(child)
        # "vocalist A, bassist B" is often read as one name.
        is_list = named is not None and named.kind is EntityKind.PERSON and tree.tokens[child].dep != "poss"
        if named is None or is_list or named.kind is EntityKind.VALUE:
            continue
        other = End(named, named.weight)
        if named.kind is EntityKind.GROUP:
            yield Found(end, (HAS_ORIGIN,), other, 0.9, "title_origin")
        else:
            yield Found(end, (*words, "of"), other, 0.6, "title")
    if end.named.kind is EntityKind.PERSON and is_role(tree.tokens[noun].lemma):
        yield Found(end, (HAS_ROLE,), End(_role(tree, noun, end.named), 1.0), 0.8, "role")


def _role(tree: Tree, noun: int, person: Named) -> Named:
    """An office or profession, as a value beside the person's name."""
    name = " ".join(noun_words(tree, noun)).lower()
    return Named(name, name, EntityKind.VALUE, person.start, person.end)


def _owners(tree: Tree, index: int, end: End) -> Iterator[Found]:
    """As in "Apple's subsidiary Beats" and "Shakespeare's Hamlet"."""
    nouns = [
        child for child in tree.having(index, "compound", "nmod") if tree.is_common(child) and child < index
    ]
    for child in tree.having(index, "poss"):
        for owner in tree.ends(child):
            if owner.named.kind is EntityKind.VALUE:
                continue
            if nouns:
                yield Found(end, (*noun_words(tree, nouns[-1]), "of"), owner, 0.8, "possessive")
            else:
                yield Found(end, ("of",), owner, 0.5, "possessive_bare")


def _behind_name(tree: Tree, prep: int, end: End) -> Iterator[Found]:
    """As in "the University of Bonn in Germany", where the two are names of their own."""
    preposition = tree.tokens[prep].text.lower()
    is_person = end.named.kind is EntityKind.PERSON
    if prep in tree.name_of or preposition not in (_BEHIND_PERSONS if is_person else _BEHIND_NAMES):
        return
    for other in _objects(tree, prep):
        if other.named.kind is EntityKind.GROUP:
            continue
        is_located = preposition == "in" and other.named.kind in _PLACES and end.named.kind in _LYING
        words = (LOCATED_IN,) if is_located else (preposition,)
        yield Found(end, words, other, 0.7 if is_located else 0.55, "name_prep")


def _place_in_place(tree: Tree, outer: int, inner: int) -> Iterator[Found]:
    """As in "Paris, France"."""
    first, second = tree.named[outer], tree.named[inner]
    if first.kind in _PLACES and second.kind in _PLACES and not any(tree.having(inner, "conj", "cc")):
        yield Found(
            End(first, first.weight), (LOCATED_IN,), End(second, second.weight), 0.9, "place_in_place"
        )


def _around_noun(tree: Tree, noun: int) -> Iterator[Found]:
    """As in "the CEO of Apple, Tim Cook", "X's wife, Y", and "Apple's acquisition of Beats"."""
    named_after = [child for child in tree.having(noun, "appos") if child in tree.named]
    for child in named_after:
        # "Brothers A and B" are two; in "X's husband A, B and C" the list goes on with something else.
        ends = tree.ends(child) if tree.tokens[noun].tag in _PLURALS else tree.referents(child)
        for end in ends:
            if end.named.kind is not EntityKind.VALUE and may_be(tree.tokens[noun].lemma, end.named):
                for link in _of_appositive(tree, noun):
                    yield Found.of(end, link, 0.9)
    if named_after:
        return
    owners = [end for child in tree.having(noun, "poss") for end in tree.ends(child)]
    if owners:
        for link in attributes(tree, noun):
            if link.rule == "noun_prep":
                for owner in owners:
                    yield Found(owner, link.words, link.end, 0.4, "nominal")
