"""Whom a clause is about: its own subject, or the one that it takes over from the clause around it. Pure."""

from dataclasses import dataclass

from core.graph import EntityKind
from graph.extract.tree import NOUNS, End, Tree

_MAX_STEPS = 4
_MAKING = frozenset(
    {"direct", "write", "produce", "release", "publish", "star", "found", "form", "record", "compose"}
)
_ACTING = frozenset({"play", "portray", "voice", "perform", "sing"})
# "Was born in X and raised in Y": of these the parser often misses that they are passive.
_SUFFERED = frozenset({"raise", "educate", "bury", "baptise", "baptize"})
# A subject that was taken over is less sure than a written one.
_CONJUNCT, _PARTICIPLE, _CONTROL, _ADVERBIAL = 0.95, 0.9, 0.85, 0.8


@dataclass(frozen=True, slots=True)
class Subject:
    """The word that a clause is about. `is_passive`: it suffers what the verb says. `weight`: how sure it is."""

    word: int
    is_passive: bool
    weight: float

    def ends(self, tree: Tree) -> list[End]:
        """What the word and its conjuncts stand for, weighted."""
        return [End(end.named, end.weight * self.weight) for end in tree.ends(self.word)]


def subject_of(tree: Tree, verb: int, steps: int = _MAX_STEPS) -> Subject | None:
    """The subject of a verb; None if it has none that is known."""
    own = next(tree.having(verb, "nsubj", "nsubjpass"), None)
    if own is not None:
        return Subject(own, is_passive(tree, verb), 1.0)
    if steps == 0:
        return None
    token = tree.tokens[verb]
    if token.head == verb:
        return None
    if token.dep == "acl" or (token.dep == "relcl" and token.tag in ("VBN", "VBG")):
        return _of_participle(tree, verb, steps)
    return _taken_over(tree, verb, steps)


def _of_participle(tree: Tree, verb: int, steps: int) -> Subject | None:
    """As in "a company founded by X", "a song featuring X"; an infinitive ("a plan to buy X") says nothing of its noun."""
    token = tree.tokens[verb]
    if token.tag not in ("VBN", "VBD", "VBG"):
        return None
    return Subject(_made_thing(tree, verb, steps), token.tag != "VBG", _PARTICIPLE)


def _made_thing(tree: Tree, verb: int, steps: int) -> int:
    """The noun before a participle; of "a novel by X published in 1938" the novel, though the parser takes X."""
    head = tree.tokens[verb].head
    named, token = tree.named.get(head), tree.tokens[head]
    prep = tree.tokens[token.head]
    if named is not None and named.kind is EntityKind.PERSON and prep.dep == "agent":
        # "The film is directed by X, written by Y".
        above = subject_of(tree, prep.head, steps - 1)
        return head if above is None else above.word
    if named is None or token.dep != "pobj" or prep.dep != "prep" or not tree.is_common(prep.head):
        return head
    by_person = named.kind is EntityKind.PERSON and prep.lemma == "by"
    from_place = named.kind is EntityKind.PLACE and tree.tokens[verb].lemma in _MAKING
    in_work = named.kind is EntityKind.WORK and tree.tokens[verb].lemma in _ACTING
    return prep.head if by_person or from_place or in_work else head


def _taken_over(tree: Tree, verb: int, steps: int) -> Subject | None:
    token = tree.tokens[verb]
    above = token.head
    if token.dep == "pcomp":
        above = tree.tokens[above].head
    if token.dep == "xcomp":
        controller = next(tree.having(above, "dobj"), None)
        if controller is not None and tree.tokens[controller].pos in NOUNS and token.tag == "VB":
            return Subject(controller, is_passive(tree, verb), _ADVERBIAL)
    weights = {"conj": _CONJUNCT, "xcomp": _CONTROL, "advcl": _ADVERBIAL, "pcomp": _ADVERBIAL, "dep": 0.6}
    if token.dep not in weights:
        return None
    if tree.tokens[above].pos in NOUNS:
        return Subject(above, token.tag == "VBN", _ADVERBIAL) if token.dep != "conj" else None
    over = subject_of(tree, above, steps - 1)
    if over is None:
        return None
    passive = is_passive(tree, verb) or (
        (token.tag == "VBN" or token.lemma in _SUFFERED)
        and not any(True for _ in tree.having(verb, "aux", "auxpass", "dobj"))
        and (over.is_passive or (token.dep == "advcl" and token.tag == "VBN"))
    )
    return Subject(over.word, passive, over.weight * weights[token.dep])


def is_passive(tree: Tree, verb: int) -> bool:
    """Whether a verb has a passive form of its own."""
    return any(True for _ in tree.having(verb, "auxpass", "nsubjpass"))
