"""Commands that pages show: of `folio`, of make, of `python -m`."""

import importlib.util
import re
import shlex
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import typer.main

from tests.docs.pages import REPO, Fault, Page

_SHELLS = ("bash", "console", "sh", "shell")
_MAKE = re.compile(r"^([a-z][a-z-]*):", re.MULTILINE)
_VARIABLE = re.compile(r"^[A-Za-z_][A-Za-z_0-9]*=")
_OPTION = re.compile(r"(?<![\w-])--?[a-z][a-z-]*")
# Options of Docker and pip that pages speak of.
_OF_OTHERS = {"--build-arg", "--no-deps"}
# Words of usage lines that stand for something else.
_PLACEHOLDER = re.compile(r"^[A-Z][A-Z_|.]*$|^\.\.\.$|^<.*>$")
_MODULE = re.compile(r"python3? -m ([\w.]+)([^`|;&]*)")


def commands(page: Page) -> Iterator[tuple[int, str]]:
    """What is typed into a shell: lines of blocks (after `$ ` where there are prompts), and inline code."""
    for block in page.blocks:
        if block.language in _SHELLS:
            prompted = any(line.startswith("$ ") for line in block.lines)
            yield from _typed(list(enumerate(block.lines, start=block.line)), prompted=prompted)
    yield from page.spans()


def _typed(lines: list[tuple[int, str]], *, prompted: bool) -> Iterator[tuple[int, str]]:
    goes_on = False
    for number, line in lines:
        if prompted and not line.startswith("$ ") and not goes_on:
            continue
        yield number, line.removeprefix("$ ").rstrip("\\")
        goes_on = line.endswith("\\")


def folio_faults(page: Page) -> Iterator[Fault]:
    """Commands and options of `folio` that are not there."""
    for line, text in commands(page):
        for words in _calls(text, program="folio"):
            for problem in _checked(words):
                yield page.fault(line, f"`{text.strip()[:90]}`: {problem}")


def option_faults(page: Page) -> Iterator[Fault]:
    """Options that are named alone, as `--json`, and that no command has."""
    for line, text in page.spans():
        if re.fullmatch(r"--[a-z][a-z-]*( .*)?", text):
            name = text.split()[0].split("=")[0]
            if name not in known_options():
                yield page.fault(line, f"`{name}` is an option of no command")


def make_faults(page: Page) -> Iterator[Fault]:
    """Targets of make that are not there, and variables that it does not read."""
    makefile = (REPO / "Makefile").read_text(encoding="utf-8")
    targets = set(_MAKE.findall(makefile))
    for line, text in commands(page):
        for words in _calls(text, program="make"):
            for word in words:
                name = word.strip("[]").split("=")[0]
                if "=" in word and f"$({name})" not in makefile and f"{name} ?=" not in makefile:
                    yield page.fault(line, f"make reads no variable {name}")
                elif re.fullmatch(r"[a-z][a-z-]*", word) and word not in targets:
                    yield page.fault(line, f"make has no target {word}")


def module_faults(page: Page) -> Iterator[Fault]:
    """Modules that `python -m` cannot run, and options that ours do not take."""
    for line, text in commands(page):
        for module, rest in _MODULE.findall(text):
            source = source_of(module)
            if source is None:
                yield page.fault(line, f"there is no module {module}")
                continue
            if is_ours(module):
                for option in _OPTION.findall(rest):
                    if f'"{option}"' not in source:
                        yield page.fault(line, f"{module} has no option {option}")


@cache
def known_options() -> frozenset[str]:
    """All options of `folio`, and those that the measurements and pytest take."""
    found = {option for command in _all_commands(_app()) for one in command.params for option in one.opts}
    found |= {
        option for command in _all_commands(_app()) for one in command.params for option in one.secondary_opts
    }
    sources = [path.read_text(encoding="utf-8") for path in (REPO / "evals").rglob("*.py")]
    return frozenset(
        found.union(*(re.findall(r'"(--[a-z-]+)"', text) for text in sources), {"--help"}, _OF_OTHERS)
    )


@cache
def _app() -> Any:
    from folio.cli.main import app

    return typer.main.get_command(app)


def _all_commands(command: Any) -> Iterator[Any]:
    yield command
    for one in _children(command).values():
        yield from _all_commands(one)


def _calls(text: str, *, program: str) -> Iterator[list[str]]:
    """The words after a program's name, for each time that it is called in a line."""
    for part in re.split(r"&&|\|\||;|\||\$\(", _without_choices(text)):
        try:
            words = shlex.split(part, comments=True)
        except ValueError:
            words = part.split()
        while words and _VARIABLE.match(words[0]):
            words = words[1:]
        if words[:2] == ["docker", "compose"] and f"api {program}" in part:
            words = words[words.index("api") + 1 :]
        if words and words[0].rsplit("/", 1)[-1] == program:
            yield words[1:]


def _without_choices(text: str) -> str:
    """Bars of usage lines (`list|show`) are no pipes: only one with a space before it is."""
    return re.sub(r"(?<=\S)\|(?=\S)", "\x00", text).replace("\x00", "/")


def _checked(words: Sequence[str]) -> Iterator[str]:
    command, rest = _app(), list(words)
    while rest:
        word = rest.pop(0).strip("[],.")
        if word.startswith("-") and len(word) > 1:
            for option in _options_in(word):
                if option not in _options(command):
                    yield f"`{command.name}` has no option {option}"
            # What follows may be the option's value: of a group's options, all have one.
            if _children(command) and rest:
                rest.pop(0)
        elif _children(command) and word and not _PLACEHOLDER.match(word):
            missing = [one for one in word.split("/") if one not in _children(command)]
            if missing:
                yield from (f"there is no command {one}" for one in missing)
                return
            command = _children(command)[word.split("/")[0]]
        elif _children(command):
            # Any of its commands: what follows may belong to each.
            return


def _children(command: Any) -> dict[str, Any]:
    """The commands of a group. Typer may bring a copy of click of its own, so its classes are not asked for."""
    return dict(getattr(command, "commands", {}))


def _options_in(word: str) -> list[str]:
    return [
        one.split("=")[0] for one in word.replace("[", "").replace("]", "").split("/") if one.startswith("-")
    ]


def _options(command: Any) -> set[str]:
    return {"--help", *(option for one in command.params for option in (*one.opts, *one.secondary_opts))}


@cache
def source_of(module: str) -> str | None:
    try:
        spec = importlib.util.find_spec(module)
    except ModuleNotFoundError:
        return None
    if spec is None or spec.origin is None:
        return None
    path = REPO.joinpath(*module.split("."), "__main__.py")
    if path.is_file():
        return path.read_text(encoding="utf-8")
    with open(spec.origin, encoding="utf-8") as file:  # noqa: PTH123 - of an installed package
        return file.read()


def is_ours(module: str) -> bool:
    """Whether a module is in one of our rooms."""
    return (REPO / module.split(".", maxsplit=1)[0] / "__init__.py").is_file()
