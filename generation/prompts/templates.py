"""From a template file to the messages of a prompt.

A template extends `_parts/base.j2` and fills its blocks `system` and `user`; each block is a message. What is the same for every call
stands first, so that providers can keep it. Values are data: `| data` writes one as JSON that cannot close the mark around it.
"""

import json
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, TemplateNotFound
from jinja2.sandbox import ImmutableSandboxedEnvironment

from core.errors import SettingsError
from core.language_models import Message, Role

PACKAGED = Path(__file__).parents[2] / "prompts"


def environment(*folders: Path) -> ImmutableSandboxedEnvironment:
    """Templates of these folders, the first that has one wins. Nothing in them can run code or change a value."""
    made = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader([str(folder) for folder in folders]),
        undefined=StrictUndefined,
        # Prompts are no HTML; `data` escapes values.
        autoescape=False,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["data"] = as_data
    return made


def as_data(value: Any) -> str:
    """A value as JSON on one line, without `<`: it ends no mark, whatever it says."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")


def messages(
    templates: ImmutableSandboxedEnvironment, path: str, values: dict[str, object]
) -> tuple[Message, ...]:
    """The blocks of a template as messages, empty ones left out.

    Raises:
        SettingsError: There is no such template, it cannot be read, or it needs a value that is missing.
    """
    try:
        template = templates.get_template(path)
        context = template.new_context(dict(values))
        found = [
            (role, "".join(template.blocks[role.value](context)).strip())
            for role in (Role.SYSTEM, Role.USER)
            if role.value in template.blocks
        ]
    except TemplateNotFound:
        raise SettingsError(f"there is no prompt {path}") from None
    except TemplateError as error:
        raise SettingsError(f"the prompt {path} cannot be used: {type(error).__name__}") from None
    return tuple(Message(role, text) for role, text in found if text)
