"""Where source code may be cut: before definitions and statements, by its syntax tree. Offsets are characters."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from ingest.chunk.cuts import beginning

if TYPE_CHECKING:
    from tree_sitter import Language, Node

_DEFINITION = re.compile(
    r"(?:abstract_class|class|constructor|decorated|destructor|enum|export|function|generator_function|impl|interface"
    r"|method|mod|module|namespace|record|struct|template|trait|type|type_alias|union)"
    r"_(?:declaration|definition|item|specifier|statement)|class|internal_module|method|module|singleton_method"
)
_WRAPPED = ("definition", "declaration", "declarator", "type")
_FUNCTIONS = ("arrow_function", "function_expression", "generator_function")
# What stands right above a definition and belongs to it.
_ANNOTATION = re.compile(r".*comment|attribute_item|attribute_list|decorator")
_MAX_NAME_CHARS = 60
# A tree this deep is an expression, not code that somebody reads.
_MAX_DEPTH = 60


@dataclass(frozen=True, slots=True)
class Mark:
    """A place to cut before, and the names of the definitions that enclose what follows, the outermost first."""

    offset: int
    path: tuple[str, ...]


def marks(
    source: str, syntax: "Language", *, count: Callable[[str], int], whole_tokens: int, small_tokens: int
) -> list[Mark]:
    """Places to cut before, in order: definitions and statements, and those inside of what is not small.

    Args:
        source: The code; what is not valid in the language is passed over.
        syntax: Its grammar.
        count: Tokens of a text.
        whole_tokens: Definitions within one that is longer than this have names of their own.
        small_tokens: What is not longer is not opened.
    """
    from tree_sitter import Parser

    root = Parser(syntax).parse(source.encode("utf-8", "replace")).root_node
    walk = _Walk(source, _characters(source), count, whole_tokens, small_tokens)
    found = {mark.offset: mark for mark in walk.below(root, (), depth=0, names=True)}
    return [found[offset] for offset in sorted(found)]


@dataclass(frozen=True, slots=True)
class _Walk:
    source: str
    offset_of: Callable[[int], int]
    count: Callable[[str], int]
    whole_tokens: int
    small_tokens: int

    def below(self, node: "Node", path: tuple[str, ...], *, depth: int, names: bool) -> Iterator[Mark]:
        """Marks before the children of a node; of two at one place the inner comes last."""
        notes: list[Node] = []
        for child in node.named_children:
            if notes and child.start_point[0] > notes[-1].end_point[0] + 1:
                notes = []
            if _ANNOTATION.fullmatch(child.type):
                yield from () if notes else self._mark(child, path)
                notes.append(child)
                continue
            name = _name(child) if names else ""
            inner = (*path, name) if name else path
            yield from self._mark(notes[0] if notes else child, inner)
            token_count = self._token_count(child)
            if depth < _MAX_DEPTH and token_count > self.small_tokens:
                below = names and token_count > self.whole_tokens
                yield from self.below(_unwrapped(child), inner, depth=depth + 1, names=below)
            notes = []

    def _token_count(self, node: "Node") -> int:
        return self.count(self.source[self.offset_of(node.start_byte) : self.offset_of(node.end_byte)])

    def _mark(self, node: "Node", path: tuple[str, ...]) -> Iterator[Mark]:
        """Only what begins a line can be cut off."""
        offset = self.offset_of(node.start_byte)
        line_start = self.source.rfind("\n", 0, offset) + 1
        if not self.source[line_start:offset].strip():
            yield Mark(offset, path)


def _name(node: "Node") -> str:
    """The name that a node defines; "" if it defines nothing."""
    if _DEFINITION.fullmatch(node.type):
        return _named(node, 5)
    if node.type == "lexical_declaration" and node.named_children:
        value = node.named_children[0].child_by_field_name("value")
        return _named(node.named_children[0], 2) if value and value.type in _FUNCTIONS else ""
    return ""


def _named(node: "Node", depth: int) -> str:
    """The text of the name, which may be some wrappers deep (a decorator, an export, a pointer that C declares)."""
    if node.type == "lexical_declaration":
        node = node.named_children[0]
    name = node if node.type == "qualified_identifier" else node.child_by_field_name("name")
    if name is not None or node.named_child_count == 0:
        text = (name or node).text or b""
        return beginning(text.decode("utf-8", "replace"), _MAX_NAME_CHARS)
    for field in _WRAPPED:
        inner = node.child_by_field_name(field)
        # The type of a C function is what it returns; that of a Rust impl is its name.
        if inner is not None and depth and (field != "type" or node.type == "impl_item"):
            return _named(inner, depth - 1)
    inner = next((child for child in node.named_children if _DEFINITION.fullmatch(child.type)), None)
    return _named(inner, depth - 1) if inner is not None and depth else ""


def _unwrapped(node: "Node") -> "Node":
    """The definition inside of a decorator, an export or a template, so that its name does not come twice."""
    inner = [child for child in node.named_children if _name(child)]
    is_wrapper = node.type in {"decorated_definition", "export_statement", "template_declaration"}
    return inner[0] if is_wrapper and inner else node


def _characters(source: str) -> Callable[[int], int]:
    """Byte offsets in UTF-8 to character offsets."""
    if source.isascii():
        return lambda offset: offset
    ends = list(accumulate(len(letter.encode("utf-8", "replace")) for letter in source))
    return lambda offset: bisect_left(ends, offset) + 1 if offset else 0
