"""What a rule reads from a sentence, a table or a line: a relation between two things that stand there."""

from dataclasses import dataclass

from graph.extract.mentions import Named


@dataclass(frozen=True, slots=True)
class Stated:
    """`subject` and `object` are what stands there; an object of kind VALUE, or one that was no mention, is new to the caller.

    Their own places are where they are named, which may be in another sentence ("the film"), or nowhere (a title: 0, 0).
    `[start, end)` of the document's text is the sentence, row or line. `weight` is how sure the rule is (0 to 1), near the share
    of its relations that were right where a person read them; `rule` names it, for measurements.
    """

    subject: Named
    predicate: str
    object: Named
    start: int
    end: int
    weight: float
    rule: str
