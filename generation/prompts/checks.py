"""What may be wrong with a version of a prompt. Every problem is a sentence for whoever wrote it."""

from collections.abc import Iterator

from core.errors import SettingsError
from core.language_models import Message, Role
from generation.prompts.examples import example_of
from generation.prompts.shelf import ShelvedPrompt
from generation.prompts.sources import sources, unescaped_lines


def problems(prompt: ShelvedPrompt) -> list[str]:
    """All that is wrong with a version as it lies there; nothing, where it can be taken into use."""
    return [*template_problems(prompt), *_seal_problems(prompt)]


def template_problems(prompt: ShelvedPrompt) -> list[str]:
    """What is wrong with its text: it does not render, writes values as they are, or begins otherwise for every call."""
    try:
        return [
            *_unescaped(prompt),
            *(problem for path in _variants(prompt) for problem in _unstable(prompt, path)),
        ]
    except SettingsError as error:
        return [error.detail]


def _seal_problems(prompt: ShelvedPrompt) -> Iterator[str]:
    try:
        meta, found = prompt.meta, prompt.hash
    except SettingsError as error:
        yield error.detail
        return
    seal = f"`folio prompts seal {prompt.name} {prompt.version}`"
    if meta is None:
        yield f"{prompt.label} is not sealed: {seal} writes its description"
        return
    if meta.hash != found:
        yield f"{prompt.label} was changed after it was sealed: make it a new version, or {seal} where nobody uses it"
    if meta.languages != prompt.languages:
        yield f"{prompt.label} has variants in ({', '.join(prompt.languages)}), and its description names others: {seal}"


def _unescaped(prompt: ShelvedPrompt) -> Iterator[str]:
    for path, text in sorted(sources(prompt.templates, prompt.paths).items()):
        for line in unescaped_lines(prompt.templates, text):
            yield f"{path}, line {line}: a value is written without `| data`"


def _variants(prompt: ShelvedPrompt) -> tuple[str, ...]:
    return ("", *prompt.languages)


def _unstable(prompt: ShelvedPrompt, language: str) -> Iterator[str]:
    example = example_of(prompt.folder, prompt.name)
    path = prompt.path(language)
    rendered = prompt.render(example.values, language=language).messages
    if not rendered or rendered[-1].role is not Role.USER:
        yield f"{path} has no block `user`: what differs from call to call stands there"
    if _system(rendered) != _system(prompt.render(example.changed(), language=language).messages):
        yield f"{path} writes values in its block `system`: providers can keep only what is the same for every call"


def _system(messages: tuple[Message, ...]) -> str:
    return "".join(message.text for message in messages if message.role is Role.SYSTEM)
