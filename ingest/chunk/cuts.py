"""Cuts that tear no pseudonym: half of one is found by nobody, and cannot be turned back. Pure."""

from core.pseudonyms import token_around


def before_token(text: str, position: int) -> int:
    """The position, or the start of the pseudonym around it."""
    token = token_around(text, position)
    return token[0] if token else position


def after_token(text: str, position: int) -> int:
    """The position, or the end of the pseudonym around it."""
    token = token_around(text, position)
    return token[1] if token else position


def beginning(text: str, length: int) -> str:
    """At most the first `length` characters."""
    return text[: before_token(text, length)] if length < len(text) else text


def ending(text: str, length: int) -> str:
    """At most the last `length` characters."""
    return text[after_token(text, len(text) - length) :] if length < len(text) else text
