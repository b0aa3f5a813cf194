"""Values to try a prompt with: `<name>/example.json`, the same for all versions of a prompt.

Its key `_constants` names the values that are the same for every call of a deployment, such as the tools that an agent has.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import SettingsError

FILE = "example.json"
_CONSTANTS = "_constants"


@dataclass(frozen=True, slots=True)
class Example:
    """Values of a prompt, and the names of those that are the same for every call."""

    values: dict[str, object] = field(repr=False)
    constants: frozenset[str] = frozenset()

    def changed(self) -> dict[str, object]:
        """Values of another call."""
        return {
            name: value if name in self.constants else others(value) for name, value in self.values.items()
        }


def example_of(folder: Path, name: str) -> Example:
    """The values, as they lie beside the prompt.

    Raises:
        SettingsError: There are none, or they are no JSON object.
    """
    file = folder / name / FILE
    try:
        found = json.loads(file.read_bytes())
    except FileNotFoundError:
        raise SettingsError(f"the prompt '{name}' has no example values: write {file}") from None
    except (OSError, ValueError) as error:
        raise SettingsError(f"{file} cannot be read as JSON: {type(error).__name__}") from None
    if not isinstance(found, dict):
        raise SettingsError(f"{file} is no JSON object: it names the values of the prompt")
    constants = found.pop(_CONSTANTS, [])
    return Example(found, frozenset(map(str, constants)))


def others(value: object) -> object:
    """Values of the same kind that say something else: every text is another one, every list is longer. Numbers stay."""
    if isinstance(value, str):
        return f"{value} and more" if value else value
    if isinstance(value, list):
        changed = [others(one) for one in value]
        return changed + changed[:1]
    if isinstance(value, dict):
        return {key: others(one) for key, one in value.items()}
    return value
