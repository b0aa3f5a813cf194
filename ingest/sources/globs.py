"""Glob patterns over relative paths, the way ignore files read them."""

import re
from functools import lru_cache


def matches_any(path: str, patterns: tuple[str, ...]) -> bool:
    """Whether one of the patterns matches the path."""
    return any(matches(path, pattern) for pattern in patterns)


def matches(path: str, pattern: str) -> bool:
    """Whether the pattern matches the path (forward slashes) or a folder above it. Case makes no difference.

    `*` and `?` stay within a name, `**/` crosses folders; a pattern without a slash is looked for at any depth.
    """
    return _compiled(pattern).fullmatch(path) is not None


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    folder_only = pattern.endswith("/")
    body = pattern.strip("/")
    start = "" if "/" in body else "(?:.*/)?"
    end = "/.*" if folder_only else "(?:/.*)?"
    return re.compile(start + _translated(body) + end, re.IGNORECASE | re.DOTALL)


def _translated(body: str) -> str:
    tokens = re.findall(r"\*\*/|\*+|\?|[^*?]+", body)
    meaning = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return "".join(meaning.get(token) or re.escape(token) for token in tokens)
