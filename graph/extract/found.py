"""What the rules of syntax find, before it is a relation of the graph."""

from dataclasses import dataclass

from graph.extract.tree import End


@dataclass(frozen=True, slots=True)
class Link:
    """What is said of something yet to be named: words of the predicate, and the other end."""

    words: tuple[str, ...]
    end: End
    weight: float
    rule: str
    is_backward: bool = False
    """The other end is the one that acts: "founded by X"."""


@dataclass(frozen=True, slots=True)
class Found:
    """A relation between two ends, in the words of the sentence."""

    subject: End
    words: tuple[str, ...]
    object: End
    weight: float
    rule: str

    @staticmethod
    def of(end: End, link: Link, weight: float = 1.0) -> "Found":
        """The relation that a link says of `end`."""
        subject, other = (link.end, end) if link.is_backward else (end, link.end)
        return Found(subject, link.words, other, weight * link.weight, link.rule)
