"""From a template file to the messages of a prompt.

A template extends `_parts/base.j2` and fills its blocks `system` and `user`; each block is a message. What is the same for every call
stands first, so that providers can keep it. Values are data: `| data` writes one as JSON that cannot close the mark around it.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import (
    FileSystemLoader,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateNotFound,
    Undefined,
    UndefinedError,
)
from jinja2.exceptions import SecurityError
from jinja2.meta import find_undeclared_variables
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from core.errors import SettingsError
from core.language_models import Message, Role

PACKAGED = Path(__file__).parents[2] / "prompts"

# What ends a mark, what steers how text is shown or split, what nobody sees, and what UTF-8 cannot hold.
_ESCAPED = re.compile(
    "[<\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)
_ROLES = (Role.SYSTEM, Role.USER)


class PromptEnvironment(ImmutableSandboxedEnvironment):
    """Templates that run no code, change no value, and cannot write without bound: a text is not multiplied."""

    intercepted_binops = frozenset({"*", "**"})

    def source(self, path: str) -> str:
        """The text of a template.

        Raises:
            TemplateNotFound: There is none.
        """
        if self.loader is None:
            raise TemplateNotFound(path)
        return self.loader.get_source(self, path)[0]

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """The operation, on small numbers only.

        Raises:
            SecurityError: It is on something else.
        """
        if operator == "*" and all(isinstance(side, int | float) for side in (left, right)):
            return super().call_binop(context, operator, left, right)
        raise SecurityError("only numbers are multiplied")


def environment(*folders: Path) -> PromptEnvironment:
    """Templates of these folders, the first that has one wins. Nothing in them can run code or change a value."""
    made = PromptEnvironment(
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
    """A value as JSON on one line: it ends no mark, hides nothing and turns no line around, whatever it says."""
    return _ESCAPED.sub(_escape, json.dumps(value, ensure_ascii=False, default=_refuse))


def messages(templates: PromptEnvironment, path: str, values: Mapping[str, object]) -> tuple[Message, ...]:
    """The blocks of a template as messages, empty ones left out.

    Raises:
        SettingsError: There is no such template, it cannot be read, or it needs a value that is missing.
    """
    try:
        found = _blocks(templates.get_template(path), dict(values))
    except TemplateNotFound as error:
        missing = str(error.name or path)
        raise SettingsError(f"there is no prompt {path}" + _because(path, missing)) from None
    except UndefinedError:
        raise SettingsError(f"the prompt {path} needs {_missing(templates, path, values)}") from None
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, RecursionError) as error:
        # What a template error says may quote a value.
        raise SettingsError(f"the prompt {path} cannot be used: {type(error).__name__}") from None
    except OSError as error:
        raise SettingsError(f"the prompt {path} cannot be read: {error.strerror}") from None
    return tuple(Message(role, text) for role, text in found if text)


def _blocks(template: Template, values: dict[str, object]) -> list[tuple[Role, str]]:
    context = template.new_context(values)
    # By its first piece of text a template has met all those that it extends, and the context knows their blocks.
    next(iter(template.root_render_func(context)), None)
    return [
        (role, "".join(context.blocks[role.value][0](context)).strip())
        for role in _ROLES
        if role.value in context.blocks
    ]


def _missing(templates: PromptEnvironment, path: str, values: Mapping[str, object]) -> str:
    """Names of values, from the template alone: what Jinja says may quote one."""
    missing = sorted(find_undeclared_variables(templates.parse(templates.source(path))) - set(values))
    return f"values that are not given: {', '.join(missing)}" if missing else "what its values do not have"


def _refuse(value: object) -> str:
    if isinstance(value, Undefined):
        # Strict: it is an error to write it.
        return str(value)
    raise TypeError("no text, number, list or mapping")


def _because(path: str, missing: str) -> str:
    return "" if missing == path else f" without its part {missing}"


def _escape(found: re.Match[str]) -> str:
    point = ord(found.group())
    if point <= 0xFFFF:
        return f"\\u{point:04x}"
    # As JSON writes it: two halves.
    high, low = divmod(point - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"
