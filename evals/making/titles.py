"""How a document is named inside a question. Pure."""

from evals.making.words import is_private, lower_first

_KINDS = frozenset(
    {
        "agreement", "charter", "checklist", "contract", "directory", "guide", "guidelines", "handbook", "manual",
        "overview", "plan", "policy", "procedure", "process", "protocol", "reference", "regulations", "report",
        "rules", "specification", "standard",
    }
)  # fmt: skip


def named(title: str) -> str:
    """The document in a sentence: "the travel policy 2024", or its title in quotes. Empty where it cannot be named.

    A title with a pseudonym in it is nothing that anybody asks by, and a bare file name hardly.
    """
    if not title.strip() or is_private(title) or ("_" in title and " " not in title):
        return ""
    words = title.casefold().replace("-", " ").split()
    last = [word for word in words if not word.isdigit()][-1:]
    if last and last[0] in _KINDS and ":" not in title:
        return f"the {lower_first(title)}"
    return f'"{title}"'


def within(question: str, title: str) -> str:
    """The question with the document that it is about; empty where the document cannot be named."""
    name = named(title)
    if not name or not question.endswith("?"):
        return ""
    word = "in" if name.startswith('"') else "according to"
    return f"{question[:-1]} {word} {name}?"
