"""What a version of a prompt is made of: its template, the variants of it, and the parts that they take in."""

import hashlib
import json
from collections.abc import Iterable

from jinja2 import TemplateError, TemplateNotFound, nodes
from jinja2.meta import find_referenced_templates

from core.errors import SettingsError
from generation.prompts.templates import PromptEnvironment


def source_hash(templates: PromptEnvironment, paths: Iterable[str]) -> str:
    """SHA-256 over the names and texts of these templates and of all that they take in, in hex. Line ends do not count.

    Raises:
        SettingsError: One of them is not there, cannot be read, or takes in what only a value names.
    """
    canonical = json.dumps(sorted(sources(templates, paths).items()), ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


def sources(templates: PromptEnvironment, paths: Iterable[str]) -> dict[str, str]:
    """The texts of these templates and of all that they take in, by path.

    Raises:
        SettingsError: As for `source_hash`.
    """
    found: dict[str, str] = {}
    waiting = list(paths)
    while waiting:
        path = waiting.pop()
        if path not in found:
            found[path] = _text(templates, path)
            waiting += _taken_in(templates, path, found[path])
    return found


def unescaped_lines(templates: PromptEnvironment, text: str) -> list[int]:
    """Lines of a template that write a value without `| data`. `super()` and other blocks are no values."""
    return sorted(
        {
            piece.lineno
            for output in templates.parse(text).find_all(nodes.Output)
            for piece in output.nodes
            if not _is_safe(piece)
        }
    )


def _is_safe(piece: nodes.Expr) -> bool:
    if isinstance(piece, nodes.TemplateData):
        return True
    if isinstance(piece, nodes.Call):
        return isinstance(piece.node, nodes.Name) and piece.node.name == "super"
    return isinstance(piece, nodes.Filter) and piece.name == "data"


def _text(templates: PromptEnvironment, path: str) -> str:
    try:
        return templates.source(path).replace("\r\n", "\n")
    except TemplateNotFound:
        raise SettingsError(f"there is no prompt file {path}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"the prompt file {path} cannot be read: {type(error).__name__}") from None


def _taken_in(templates: PromptEnvironment, path: str, text: str) -> list[str]:
    try:
        named = list(find_referenced_templates(templates.parse(text)))
    except TemplateError as error:
        raise SettingsError(
            f"the prompt file {path} is no template: line {getattr(error, 'lineno', '?')}"
        ) from None
    if None in named:
        raise SettingsError(f"the prompt file {path} takes in a part that only a value names: write its name")
    return [one for one in named if one is not None]
