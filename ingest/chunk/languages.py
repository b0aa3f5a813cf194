"""Programming languages: which MIME types and code fences name them, and which grammar reads them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from core.errors import MissingExtraError

if TYPE_CHECKING:
    from tree_sitter import Language


@dataclass(frozen=True, slots=True)
class Grammar:
    """A tree-sitter grammar: the function of a package that gives it."""

    package: str
    function: str = "language"


_GRAMMARS = {
    "bash": Grammar("tree_sitter_bash"),
    "c": Grammar("tree_sitter_c"),
    "c#": Grammar("tree_sitter_c_sharp"),
    "c++": Grammar("tree_sitter_cpp"),
    "go": Grammar("tree_sitter_go"),
    "java": Grammar("tree_sitter_java"),
    "javascript": Grammar("tree_sitter_javascript"),
    "php": Grammar("tree_sitter_php", "language_php"),
    "python": Grammar("tree_sitter_python"),
    "ruby": Grammar("tree_sitter_ruby"),
    "rust": Grammar("tree_sitter_rust"),
    "tsx": Grammar("tree_sitter_typescript", "language_tsx"),
    "typescript": Grammar("tree_sitter_typescript", "language_typescript"),
}
_BY_MIME_TYPE = {
    "application/x-sh": "bash",
    "text/javascript": "javascript",
    "text/x-c": "c",
    "text/x-c++": "c++",
    "text/x-csharp": "c#",
    "text/x-go": "go",
    "text/x-java": "java",
    "text/x-php": "php",
    "text/x-python": "python",
    "text/x-ruby": "ruby",
    "text/x-rust": "rust",
    "text/x-tsx": "tsx",
    "text/x-typescript": "typescript",
    # Without a grammar: cut at blank lines.
    "text/css": "css",
    "text/x-kotlin": "kotlin",
    "text/x-lua": "lua",
    "text/x-perl": "perl",
    "text/x-r": "r",
    "text/x-scala": "scala",
    "text/x-sql": "sql",
    "text/x-swift": "swift",
}
_BY_FENCE = {
    "console": "bash",
    "cpp": "c++",
    "cs": "c#",
    "csharp": "c#",
    "golang": "go",
    "js": "javascript",
    "jsx": "javascript",
    "py": "python",
    "python3": "python",
    "rb": "ruby",
    "rs": "rust",
    "sh": "bash",
    "shell": "bash",
    "ts": "typescript",
    "zsh": "bash",
}


def language_of_type(mime_type: str) -> str | None:
    """The programming language of a MIME type; None if files of the type are no source code."""
    return _BY_MIME_TYPE.get(mime_type)


def language_of_fence(line: str) -> str:
    """The language that the first line of a code fence names (the word behind the marks); "" if it names none."""
    words = line.strip().strip("`~").replace("{", " ").replace("}", " ").replace(".", " ").split()
    name = words[0].lower() if words else ""
    return _BY_FENCE.get(name, name)


def grammar_packages() -> tuple[str, ...]:
    """Distributions whose versions decide how source code is read."""
    packages = {grammar.package for grammar in _GRAMMARS.values()}
    return ("tree-sitter", *sorted(package.replace("_", "-") for package in packages))


def require_grammars(find: Callable[[str], object | None] = find_spec) -> None:
    """Fails early where the grammars are not installed, that is, where `find` gives None for one of their packages.

    Raises:
        MissingExtraError: The extra `code` is not installed.
    """
    packages = {"tree_sitter", *(grammar.package for grammar in _GRAMMARS.values())}
    if any(find(package) is None for package in packages):
        raise MissingExtraError("the chunking strategy 'code'", extra="code")


@cache
def syntax_of(language: str) -> "Language | None":
    """The syntax of a language, loaded once; None if there is no grammar for it."""
    grammar = _GRAMMARS.get(language)
    if grammar is None:
        return None
    from tree_sitter import Language

    load: Callable[[], object] = getattr(import_module(grammar.package), grammar.function)
    return Language(load())
