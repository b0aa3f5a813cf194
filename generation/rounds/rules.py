"""Other queries for a question without a language model: its parts, its names one by one, what leads on from what was found."""

from collections.abc import Iterator, Sequence

from core.answer_ports import Asked
from core.search import Hit
from core.sentences import split_sentences
from generation.rounds.rewriting import Rewritten, untried
from generation.rounds.words import content_words, missing, names, parts

# Passages whose names may lead on.
_READ_COUNT = 3
_LEADS = 2


class RuleRewriter:
    """Implements Rewriter: deterministic, free, in microseconds.

    In this order, the first that gives something new: the parts of a question that asks several things; for what leads on, the
    names that stand in the best passages beside words of the question; each of several names alone with what is asked of it; the
    words that nothing found has; the content words alone.
    """

    async def rewrite(
        self, asked: Asked, hits: Sequence[Hit], *, tried: Sequence[str], token_budget: int
    ) -> Rewritten:
        """Queries that were not tried yet; no tokens are taken."""
        del token_budget
        for queries in _ways(asked.question, hits):
            found = untried(queries, tried)
            if found:
                return Rewritten(found)
        return Rewritten((), note="there is no other way to ask")


def _ways(question: str, hits: Sequence[Hit]) -> Iterator[list[str]]:
    yield list(parts(question))
    yield _leading_on(question, hits)
    yield _one_by_one(question)
    absent = missing(question, hits)
    if absent:
        yield [" ".join(absent)]
    yield [" ".join(content_words(question))]


def _leading_on(question: str, hits: Sequence[Hit]) -> list[str]:
    """Names that the question does not have, from sentences of the best passages that have words of it, with what is asked."""
    wanted = {word.casefold() for word in content_words(question)}
    known = question.casefold()
    scores: dict[str, float] = {}
    for rank, hit in enumerate(hits[:_READ_COUNT], start=1):
        for sentence in split_sentences(hit.text):
            text = hit.text[sentence.start : sentence.end]
            shared = len(wanted & {word.casefold() for word in content_words(text)})
            for name in names(text) if shared else ():
                if name.casefold() not in known and not set(name.casefold().split()) & wanted:
                    scores[name] = scores.get(name, 0.0) + shared / rank
    best = sorted(scores, key=lambda name: (-scores[name], name))[:_LEADS]
    asked = _without_names(question)
    return [" ".join([name, *asked]) for name in best]


def _one_by_one(question: str) -> list[str]:
    found = names(question)
    if len(found) < 2:
        return []
    asked = _without_names(question)
    return [" ".join([name, *asked]) for name in found]


def _without_names(question: str) -> list[str]:
    named = {word for name in names(question) for word in name.casefold().split()}
    return [word for word in content_words(question) if word.casefold() not in named]
