"""Cuts a long text into pages. Pure."""

PAGE_CHARS = 20_000


def page_count(char_count: int) -> int:
    """How many pages a text of so many characters has: at least one."""
    return max(1, -(-char_count // PAGE_CHARS))


def page_bounds(page: int) -> tuple[int, int]:
    """First character of a page, counted from 1, and the first one after it."""
    return (page - 1) * PAGE_CHARS, page * PAGE_CHARS


def page_at(char: int) -> int:
    """The number of the page that a character stands on."""
    return char // PAGE_CHARS + 1
