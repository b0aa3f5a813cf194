"""`folio prompts`: which versions of prompts there are, which are in use, and what is tried."""

import asyncio
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from core.clock import SystemClock
from core.config import Settings, load_settings
from core.errors import InvalidInputError
from core.telemetry import configure_logging
from folio.cli.output import JsonFlag, print_json, print_table, print_text

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from core.prompt_releases import PromptRelease
    from folio.prompt_releasing import PromptDesk, PromptInUse
    from generation.prompts.shelf import ShelvedPrompt

_Found = TypeVar("_Found")
_PROBLEMS = 1

Name = Annotated[str, typer.Argument(help="Of the prompt, as `answer`.")]
Version = Annotated[int, typer.Argument(min=1, help="Of the prompt, as 2.")]
AnyVersion = Annotated[
    int | None, typer.Argument(min=1, help="Default: the version that Folio takes by itself.")
]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    group = typer.Typer(
        help="Prompts in versions: which are in use, and which are tried.", no_args_is_help=True
    )
    for command in (show, render, candidate, promote, rollback, check, seal):
        group.command(command.__name__)(command)
    group.command("list")(list_prompts)
    app.add_typer(group, name="prompts")


def list_prompts(as_json: JsonFlag = False) -> None:
    """List all prompts with the version that is in use."""
    found = _decided(lambda desk: desk.prompts())
    if as_json:
        print_json({"prompts": [_as_json(one) for one in found]})
        return
    columns = ["prompt", "in use", "tried", "before", "versions", "decided (UTC)"]
    print_table("", columns=columns, rows=[_cells(one) for one in found])


def show(name: Name, version: AnyVersion = None, as_json: JsonFlag = False) -> None:
    """Show a version's description and its text."""
    prompt = _prompt(_settings(), name, version)
    texts = {path: prompt.templates.source(path) for path in prompt.paths}
    if as_json:
        meta = prompt.meta.model_dump(mode="json") if prompt.meta else None
        print_json({"name": name, "version": prompt.version, "meta": meta, "texts": texts})
        return
    print_text(f"{prompt.label} in {prompt.folder}")
    print_text(prompt.meta.model_dump_json(indent=2) if prompt.meta else "not sealed")
    for path, text in texts.items():
        print_text(f"\n--- {path}\n{text.rstrip()}")


def render(
    name: Name,
    version: AnyVersion = None,
    language: Annotated[str, typer.Option(help="Take the variant in this language, if there is one.")] = "",
    as_json: JsonFlag = False,
) -> None:
    """Show a version with its example values, and its tokens for every model that is configured."""
    from folio.prompt_preview import preview

    settings = _settings()
    shown = preview(settings, _prompt(settings, name, version), language=language)
    messages = [{"role": str(one.role), "text": one.text} for one in shown.rendered.messages]
    if as_json:
        print_json({"version": shown.rendered.version, "messages": messages, "tokens": shown.token_counts})
        return
    for message in messages:
        print_text(f"--- {message['role']}\n{message['text']}\n")
    for model, count in shown.token_counts.items():
        print_text(f"{model}: {count:,} tokens")


def candidate(
    name: Name,
    version: Annotated[int | None, typer.Argument(min=1, help="The version to try.")] = None,
    share: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Share of users or sessions that get it.")
    ] = 0.1,
    stop: Annotated[bool, typer.Option("--stop", help="Try nothing any more.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Try a version on a share of the traffic. A larger share later keeps those that have it already."""
    if stop == (version is not None):
        raise InvalidInputError("say which version is to be tried, or --stop")
    if version is None:
        _tell(_decided(lambda desk: desk.withdraw(name)), as_json=as_json)
    else:
        _tell(_decided(lambda desk: desk.candidate(name, version, share=share)), as_json=as_json)


def promote(
    name: Name,
    version: Annotated[int | None, typer.Argument(min=1, help="Default: the version that is tried.")] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Although no evaluation of it has passed; the audit log says so.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Make a version current for everybody."""
    _tell(_decided(lambda desk: desk.promote(name, version, force=force)), as_json=as_json)


def rollback(name: Name, as_json: JsonFlag = False) -> None:
    """Make the version before current again."""
    _tell(_decided(lambda desk: desk.rollback(name)), as_json=as_json)


def check(
    name: Annotated[str | None, typer.Argument(help="Default: all prompts.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Look for what is wrong with versions: changed after they were sealed, values written as they are, and more."""
    from folio.prompting import create_shelf
    from generation.prompts.checks import problems

    shelf = create_shelf(_settings())
    prompts = [one for wanted in ([name] if name else shelf.names) for one in shelf.versions(wanted)]
    found = [problem for prompt in prompts for problem in problems(prompt)]
    if as_json:
        print_json({"checked": [one.label for one in prompts], "problems": found})
    else:
        for problem in found:
            print_text(problem)
        print_text(f"{len(prompts)} versions checked, {len(found)} problems")
    if found:
        raise typer.Exit(_PROBLEMS)


def seal(
    name: Name,
    version: Version,
    description: Annotated[str, typer.Option(help="What it is for; needed the first time.")] = "",
    release: Annotated[
        bool, typer.Option("--release", help="Take it by itself from now on, where nothing else is decided.")
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Though it is released, with another text: nobody has used it.")
    ] = False,
) -> None:
    """Write down a version's hash, so that nobody changes it unseen."""
    from generation.prompts.sealing import seal as sealed

    settings = _settings()
    if release and settings.evals.gate.mode != "off":
        _decided(lambda desk: desk.check(name, version))
    meta = sealed(
        _prompt(settings, name, version),
        today=SystemClock().now().date(),
        status="released" if release else None,
        description=description,
        again=again,
    )
    print_text(f"{name}/{version} is sealed, {meta.status}")


def _prompt(settings: Settings, name: str, version: int | None) -> "ShelvedPrompt":
    from folio.prompt_releasing import found
    from folio.prompting import create_shelf

    shelf = create_shelf(settings)
    return shelf.usual(name) if version is None else found(shelf, name, version)


def _decided(decide: "Callable[[PromptDesk], Awaitable[_Found]]") -> _Found:
    return asyncio.run(_at_desk(_settings(), decide))


async def _at_desk(settings: Settings, decide: "Callable[[PromptDesk], Awaitable[_Found]]") -> _Found:
    from folio.prompt_releasing import open_prompt_desk

    async with open_prompt_desk(settings) as desk:
        return await decide(desk)


def _tell(release: "PromptRelease", *, as_json: bool) -> None:
    if as_json:
        print_json(asdict(release))
        return
    tried = f", version {release.candidate} on {release.share:.0%}" if release.candidate else ""
    current = f"version {release.current}" if release.current else "the version that Folio takes by itself"
    print_text(f"{release.name}: {current}{tried}")


def _as_json(prompt: "PromptInUse") -> dict[str, object]:
    versions = [
        {
            "version": one.version,
            "status": _status(one),
            "languages": one.languages,
            "folder": str(one.folder),
        }
        for one in prompt.versions
    ]
    release = asdict(prompt.release) if prompt.release else None
    return {"name": prompt.name, "in_use": prompt.version, "versions": versions, "decided": release}


def _cells(prompt: "PromptInUse") -> list[str]:
    versions = ", ".join(f"{one.version} {_status(one)}" for one in prompt.versions)
    release = prompt.release
    if release is None:
        return [prompt.name, str(prompt.version), "", "", versions, ""]
    return [
        prompt.name,
        str(prompt.version),
        "" if release.candidate is None else f"{release.candidate} on {release.share:.0%}",
        "" if release.previous is None else str(release.previous),
        versions,
        f"{release.changed_at:%Y-%m-%d %H:%M} {release.changed_by}",
    ]


def _status(prompt: "ShelvedPrompt") -> str:
    return prompt.meta.status if prompt.meta else "not sealed"


def _settings() -> Settings:
    settings = load_settings()
    configure_logging(settings.log)
    return settings
