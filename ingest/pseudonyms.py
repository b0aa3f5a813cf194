"""Which pseudonyms a chunk is found by: those it shows, and those it stands for. Pure."""

from collections.abc import Iterable, Sequence

from core.documents import Chunk
from core.pseudonyms import Mention, MentionField, tokens_in


def chunk_pseudonyms(chunks: Sequence[Chunk], mentions: Sequence[Mention]) -> list[tuple[str, ...]]:
    """Of each chunk, sorted: the tokens in its text and context and in the title, whom they belong to, and their aliases.

    Only tokens that are of a mention: what merely looks like one in a text is a word.
    """
    by_token: dict[str, set[str]] = {}
    for mention in mentions:
        by_token.setdefault(mention.token, {mention.token}).update(_found_by(mention))
    of_title = {mention.token for mention in mentions if mention.where is MentionField.TITLE}
    return [
        tuple(sorted(_all(by_token, of_title.union(tokens_in(chunk.embedding_text))))) for chunk in chunks
    ]


def _found_by(mention: Mention) -> tuple[str, ...]:
    return mention.aliases if mention.identity is None else (*mention.aliases, mention.identity)


def _all(by_token: dict[str, set[str]], tokens: Iterable[str]) -> set[str]:
    found = {pseudonym for token in tokens for pseudonym in by_token.get(token, ())}
    # An e-mail address stands for the person whose name it is made of: for the parts of the name too.
    return found.union(*(by_token.get(pseudonym, ()) for pseudonym in found))
