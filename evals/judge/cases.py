"""What a judge looks at: a question, the answer to it, and what is known to be right. Its words stay in memory."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class JudgedCase:
    """A case that was asked.

    Attributes:
        case_id: As in its set.
        question: As it was asked.
        answer: What was said; empty where nothing was.
        passages: What the answer was made of, the best first.
        gold: The answer that is right; empty where none is known.
        gold_passages: Words of documents that answer.
        found_ids: Documents of the passages, in their order, each once.
        gold_ids: Documents that are relevant.
        tags: Slices that it belongs to.
        answered_by: Provider and model that wrote the answer, as `openai/x`; empty: no model did.
    """

    case_id: str
    question: str = field(repr=False)
    answer: str = field(default="", repr=False)
    passages: tuple[str, ...] = field(default=(), repr=False)
    gold: str = field(default="", repr=False)
    gold_passages: tuple[str, ...] = field(default=(), repr=False)
    found_ids: tuple[str, ...] = ()
    gold_ids: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    answered_by: str = ""
