"""Words that are common in lower case, and so are seldom names when they begin with a capital.

16,663 of them, one a line: words that four English corpora (encyclopaedia, medicine, science, product documentation) have in
lower case at least 12 times, or 3 times if they are names too, and in at least 8 of 100 of their places. Counts of ours.
"""

from functools import cache
from importlib import resources


@cache
def ordinary_words() -> frozenset[str]:
    """All of them, in lower case."""
    text = resources.files("core").joinpath("data", "ordinary_words.txt").read_text(encoding="utf-8")
    return frozenset(text.split())
