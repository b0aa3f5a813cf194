"""Whether a sentence states what a verb of it says: denials, conditions, plans and hearsay. Pure."""

from collections.abc import Sequence

from core.graph_ports import SyntaxToken
from graph.extract.tree import Tree

_MODALS = {
    "may": 0.5,
    "might": 0.4,
    "could": 0.4,
    "would": 0.4,
    "should": 0.5,
    "can": 0.6,
    "must": 0.7,
    "will": 0.8,
    "'ll": 0.8,
    "shall": 0.8,
}
_DOUBTS = frozenset(
    [
        "reportedly",
        "allegedly",
        "possibly",
        "perhaps",
        "probably",
        "maybe",
        "supposedly",
        "purportedly",
        "nearly",
        "almost",
        "apparently",
    ]
)
_DENIALS = frozenset(
    [
        "deny",
        "fail",
        "refuse",
        "reject",
        "avoid",
        "decline",
        "prevent",
        "cease",
        "stop",
        "abandon",
        "cancel",
        "dismiss",
        "disprove",
        "lack",
        "forbid",
    ]
)
_PLANS = frozenset(
    [
        "plan",
        "want",
        "hope",
        "expect",
        "try",
        "intend",
        "consider",
        "propose",
        "seek",
        "attempt",
        "wish",
        "aim",
        "threaten",
    ]
)
_HEARSAY = frozenset(
    [
        "say",
        "claim",
        "believe",
        "allege",
        "rumor",
        "rumour",
        "report",
        "suggest",
        "argue",
        "think",
        "state",
        "assume",
    ]
)
_CONDITIONS = frozenset({"if", "unless", "whether", "lest", "than", "as", "like"})
_UNDER = frozenset({"xcomp", "ccomp", "pcomp", "conj", "advcl", "prep", "relcl", "acl"})
_MAX_DEPTH = 8


def certainty(tree: Tree, verb: int) -> float:
    """How far the sentence stands behind a clause, 0 (it says the opposite, or asks) to 1."""
    sure = _own(tree, verb)
    at, child = tree.tokens[verb].head, verb
    for _ in range(_MAX_DEPTH):
        dep = tree.tokens[child].dep
        if sure == 0 or at == child or dep not in _UNDER:
            break
        sure *= _from_above(tree, at, dep)
        at, child = tree.tokens[at].head, at
    return sure


def is_question(tokens: Sequence[SyntaxToken]) -> bool:
    """Whether a sentence asks."""
    return any(token.text == "?" for token in tokens[-3:])


def _own(tree: Tree, verb: int) -> float:
    if tree.is_denied(verb):
        return 0.0
    sure = 1.0
    for child in tree.children[verb]:
        token = tree.tokens[child]
        if token.dep == "mark" and token.lemma in _CONDITIONS:
            return 0.0
        if token.dep == "advcl" and _is_condition(tree, child):
            sure *= 0.4
        if token.dep == "aux" and token.tag == "MD":
            sure *= _MODALS.get(token.text.lower(), 0.6)
        elif token.dep == "advmod" and token.text.lower() in _DOUBTS:
            sure *= 0.5
        elif token.dep in ("nsubj", "nsubjpass") and _is_none(tree, child):
            return 0.0
    return sure


def _is_condition(tree: Tree, clause: int) -> bool:
    return any(tree.tokens[mark].lemma.lower() in ("if", "unless") for mark in tree.having(clause, "mark"))


def _is_none(tree: Tree, noun: int) -> bool:
    """As in "no company", "none of", "nobody"."""
    lemma = tree.tokens[noun].lemma.lower()
    return lemma in ("none", "nobody", "nothing", "neither") or any(
        tree.tokens[child].text.lower() in ("no", "neither") for child in tree.having(noun, "det")
    )


def _from_above(tree: Tree, verb: int, dep: str) -> float:
    """What the verb above makes of a clause that depends on it."""
    lemma = tree.tokens[verb].lemma.lower()
    if dep in ("xcomp", "ccomp", "pcomp", "prep") and (lemma in _DENIALS or tree.is_denied(verb)):
        return 0.0
    if dep in ("xcomp", "ccomp"):
        modal = min(
            (_MODALS.get(tree.tokens[c].text.lower(), 1.0) for c in tree.having(verb, "aux")), default=1.0
        )
        return modal * (0.5 if lemma in _PLANS else 0.7 if lemma in _HEARSAY else 1.0)
    return 1.0
