"""What rewriters of questions are asked and what they give back."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from core.answer_ports import Asked
from core.search import Hit

MAX_QUERIES = 2
MAX_QUERY_CHARS = 500


@dataclass(frozen=True, slots=True)
class Rewritten:
    """Queries to search for besides the question: at most two, none where there is nothing new to try.

    `token_count` is the most that writing them has taken; `note` is empty, or says in words what went wrong.
    """

    queries: tuple[str, ...] = field(repr=False)
    token_count: int = 0
    note: str = ""


class Rewriter(Protocol):
    """Says in other words what a search did not find."""

    async def rewrite(
        self, asked: Asked, hits: Sequence[Hit], *, tried: Sequence[str], token_budget: int
    ) -> Rewritten:
        """Queries that were not tried yet, for what these passages leave open.

        Args:
            asked: The question; names in it are pseudonyms.
            hits: What was found so far, the best first.
            tried: Queries that were searched for, the question first.
            token_budget: Most tokens that a language model may take for it.
        """


def untried(queries: Sequence[str], tried: Sequence[str]) -> tuple[str, ...]:
    """The queries on one line each, bounded, each once, without those that were tried; at most `MAX_QUERIES`."""
    known = {_plain(query).casefold() for query in tried}
    found: list[str] = []
    for query in map(_plain, queries):
        if query and query.casefold() not in known:
            known.add(query.casefold())
            found.append(query)
    return tuple(found[:MAX_QUERIES])


def _plain(query: str) -> str:
    return re.sub(r"\s+", " ", query).strip()[:MAX_QUERY_CHARS].strip()
