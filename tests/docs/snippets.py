"""Blocks of code in pages: that they can be read, and that the Python in them is there."""

import ast
import importlib
import importlib.util
import inspect
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import yaml

from core.config import Settings
from core.errors import FolioError
from evals.gates.policy import read_policy as read_gates
from generation.guardrails.policy import read_policy as read_guardrails
from tests.docs.pages import Block, Fault, Page
from tests.docs.shell import is_ours, source_of

_ELLIPSIS = re.compile(r",?\s*\.\.\.(?=\s*[\]}])|(?<=[\[{])\s*\.\.\.")
_GATES = {"alpha", "metrics", "trial"}
# Adapters whose libraries take seconds to load: they are read, not imported.
_HEAVY = {"folio.llama_index"}
_INLINE = re.compile(r"^(?:kb|KnowledgeBase|Client|AsyncClient)\.(\w+)")


def syntax_faults(page: Page) -> Iterator[Fault]:
    """Blocks of Python, JSON, TOML and YAML that cannot be read; Folio must also take what is in TOML."""
    readers = {"python": _read_python, "json": _read_json, "toml": _read_toml, "yaml": yaml.safe_load}
    for block in page.blocks:
        if block.language in readers:
            try:
                readers[block.language](block.text)
            except (ValueError, SyntaxError, yaml.YAMLError, FolioError) as error:
                yield page.fault(block.line, f"{block.language}: {str(error).splitlines()[0][:200]}")


def python_faults(page: Page) -> Iterator[Fault]:
    """Imports, methods and keyword arguments of ours that Python blocks use and that are not there."""
    for block in page.blocks:
        if block.language == "python":
            try:
                tree = ast.parse(block.text)
            except SyntaxError:
                continue
            yield from _python_faults(page, block, tree)


def method_faults(page: Page) -> Iterator[Fault]:
    """Methods of the knowledge base and the clients that prose names and that are not there."""
    kinds = {name: _imported("folio", name) for name in ("KnowledgeBase", "Client", "AsyncClient")}
    for line, text in page.spans():
        if found := _INLINE.match(text):
            made = kinds.get(text.split(".")[0], kinds["KnowledgeBase"])
            if not hasattr(made, found[1]):
                yield page.fault(line, f"{made.__name__} has no {found[1]}")


def _python_faults(page: Page, block: Block, tree: ast.Module) -> Iterator[Fault]:
    names: dict[str, Any] = {"KnowledgeBase": _imported("folio", "KnowledgeBase")}
    for node in ast.walk(tree):
        line = block.line + getattr(node, "lineno", 1) - 1
        if isinstance(node, ast.ImportFrom):
            yield from (page.fault(line, problem) for problem in _import_problems(node, names))
        elif isinstance(node, ast.Import):
            missing = [one.name for one in node.names if not _is_installed(one.name)]
            yield from (page.fault(line, f"there is no module {name}") for name in missing)
    objects = dict(_objects(tree, names))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            made = objects.get(node.value.id)
            if made is not None and not hasattr(made, node.attr):
                yield page.fault(block.line + node.lineno - 1, f"{made.__name__} has no {node.attr}")
        if isinstance(node, ast.Call):
            yield from _call_faults(page, block, node, objects=objects, names=names)


def _import_problems(node: ast.ImportFrom, names: dict[str, Any]) -> Iterator[str]:
    """What is wrong with an import; what it imports is added to `names`. Packages of others are not loaded."""
    module = node.module or ""
    if not is_ours(module) or module in _HEAVY:
        source = source_of(module) if is_ours(module) else ""
        if source is None or not _is_installed(module):
            yield f"there is no module {module}"
        elif source:
            yield from (f"{module} has no {one.name}" for one in node.names if f" {one.name}" not in source)
        return
    if not _is_installed(module):
        yield f"there is no module {module}"
        return
    for one in node.names:
        found = names[one.asname or one.name] = _imported(module, one.name)
        if found is None:
            yield f"{module} has no {one.name}"


def _call_faults(
    page: Page, block: Block, call: ast.Call, *, objects: dict[str, Any], names: dict[str, Any]
) -> Iterator[Fault]:
    function = _called(call.func, objects=objects, names=names)
    # What a client's method was made from has the arguments.
    function = getattr(function, "__wrapped__", function)
    if not callable(function) or not getattr(function, "__module__", "").startswith("folio"):
        return
    parameters = inspect.signature(function).parameters
    if any(one.kind is one.VAR_KEYWORD for one in parameters.values()):
        return
    for keyword in call.keywords:
        if keyword.arg and keyword.arg not in parameters:
            name = getattr(function, "__qualname__", "?")
            yield page.fault(block.line + call.lineno - 1, f"{name} takes no {keyword.arg}")


def _called(node: ast.expr, *, objects: dict[str, Any], names: dict[str, Any]) -> Any:
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return getattr(objects.get(node.value.id), node.attr, None)
    return None


def _objects(tree: ast.Module, names: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Variables that hold an instance of an imported class of ours."""
    for node in ast.walk(tree):
        pairs: list[tuple[ast.expr | None, ast.expr]] = []
        if isinstance(node, ast.With | ast.AsyncWith):
            pairs = [(item.optional_vars, item.context_expr) for item in node.items]
        elif isinstance(node, ast.Assign):
            pairs = [(node.targets[0], node.value)]
        for target, value in pairs:
            if (
                isinstance(target, ast.Name)
                and isinstance(value, ast.Call)
                and isinstance(value.func, ast.Name)
            ):
                made = names.get(value.func.id)
                if inspect.isclass(made) and made.__module__.startswith("folio"):
                    yield target.id, made


def _is_installed(module: str) -> bool:
    """Whether there is such a package; of ours, such a module."""
    return (
        importlib.util.find_spec(module if is_ours(module) else module.split(".", maxsplit=1)[0]) is not None
    )


def _imported(module: str, name: str) -> Any:
    found = _module(module)
    if found is None:
        return None
    return getattr(found, name, None) or _module(f"{module}.{name}")


def _module(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        return None


def _read_python(text: str) -> None:
    compile(text, "block", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT | ast.PyCF_ONLY_AST)


def _read_json(text: str) -> None:
    """One value, or one on every line. Three dots stand for what is left out."""
    shortened = _ELLIPSIS.sub("", text)
    try:
        json.loads(shortened)
    except ValueError:
        for line in filter(str.strip, shortened.splitlines()):
            json.loads(line)


def _read_toml(text: str) -> None:
    """Settings, or one of the two other files that Folio reads: rules of guardrails, the policy of gates."""
    values = tomllib.loads(text)
    if "rules" in values:
        read_guardrails(text.encode())
    elif set(values) & _GATES:
        with NamedTemporaryFile(suffix=".toml") as file:
            Path(file.name).write_text(text, encoding="utf-8")
            read_gates(Path(file.name))
    else:
        Settings(**values)
