"""What calls cost. The packaged table is a TOML file of prices per million tokens; settings of a model go before it."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from core.errors import SettingsError
from core.language_models import TokenUsage
from core.llm_settings import ModelSettings

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Price:
    """Of a million tokens."""

    input: float
    output: float
    cached: float

    def of(self, usage: TokenUsage) -> float:
        """What a call cost. Cached tokens are part of the input."""
        fresh_count = max(usage.input_count - usage.cached_count, 0)
        paid = fresh_count * self.input + usage.cached_count * self.cached + usage.output_count * self.output
        return paid / _MILLION


def price_of(model: ModelSettings, table: Mapping[str, Price]) -> Price | None:
    """The price of a model: by its settings, else by the longest name of the table that its own begins with; None: unknown."""
    if model.input_price is not None and model.output_price is not None:
        cached = model.input_price if model.cached_price is None else model.cached_price
        return Price(model.input_price, model.output_price, cached)
    name = (model.model or "").casefold()
    known = [row for row in table if name == row or name.startswith(f"{row}-")]
    return table[max(known, key=len)] if known else None


def price_table(file: Path | None = None) -> dict[str, Price]:
    """The table of a file, or the packaged one, by names in lower case.

    Raises:
        SettingsError: The file cannot be read, or is not such a table.
    """
    try:
        text = (
            file.read_text()
            if file
            else resources.files(__package__).joinpath("data/prices.toml").read_text()
        )
        rows = tomllib.loads(text).get("models", {})
        return {name.casefold(): _price(row) for name, row in rows.items()}
    except (
        OSError,
        UnicodeDecodeError,
        tomllib.TOMLDecodeError,
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
    ):
        raise SettingsError(
            f"llm.prices_file is not a price table: {file}. Write tables such as "
            '[models."name"] with input, output and, if wanted, cached: prices of a million tokens'
        ) from None


def _price(row: Mapping[str, Any]) -> Price:
    given = float(row["input"])
    return Price(given, float(row["output"]), float(row.get("cached", given)))
