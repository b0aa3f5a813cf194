"""The small parts of the gateway."""

import json
from pathlib import Path

import pytest
from pydantic import BaseModel, Field

from core.errors import SettingsError
from core.language_models import Message, Prompt, Role, TokenUsage, Tool
from core.llm_settings import ModelSettings
from inference.llm.breaker import Breaker, Circuit
from inference.llm.json_schema import strict_schema
from inference.llm.prices import Price, price_of, price_table
from inference.llm.rates import Bucket
from inference.llm.routes import is_easy
from inference.llm.structured import read
from inference.llm.token_counts import counter_for, estimate
from tests.fakes.clock import FakeClock


class Inner(BaseModel):
    """Within another."""

    names: list[str] = Field(default_factory=list, max_length=3)


class Outer(BaseModel):
    """A schema with references, bounds and defaults."""

    inner: Inner
    more: list[Inner] = []
    note: str | None = None
    title: str = Field(max_length=5)


def test_a_strict_schema_demands_everything_and_nothing_else() -> None:
    strict = strict_schema(Outer.model_json_schema())
    assert strict["required"] == ["inner", "more", "note", "title"]
    assert strict["$defs"]["Inner"]["additionalProperties"] is False
    assert "title" in strict["properties"], "a property of that name is no annotation"
    assert not {"default", "maxLength", "maxItems"} & set(json.dumps(strict).replace('"', " ").split())


def test_a_breaker_opens_tries_and_closes() -> None:
    clock = FakeClock()
    breaker = Breaker(clock, failure_count=2, cooldown_s=10)
    breaker.failed()
    assert breaker.admits()
    breaker.failed()
    assert (breaker.circuit, breaker.admits()) == (Circuit.OPEN, False)
    clock.advance(10)
    assert breaker.circuit is Circuit.HALF_OPEN
    assert (breaker.admits(), breaker.admits()) == (True, False)
    breaker.abandoned()
    assert breaker.admits(), "a call that was cancelled says nothing: the next one tries"
    breaker.succeeded()
    assert (breaker.circuit, breaker.admits()) == (Circuit.CLOSED, True)


def test_a_bucket_refills_and_lends_no_more_than_it_holds() -> None:
    clock = FakeClock()
    bucket = Bucket(clock, 60)
    bucket.take(60)
    assert bucket.wait_s(30) == pytest.approx(30)
    clock.advance(30)
    assert bucket.wait_s(30) == pytest.approx(0)
    clock.advance(1000)
    assert bucket.wait_s(1_000_000) == 0, "more than it ever holds waits for a full one"
    assert Bucket(clock, 0).wait_s(10**9) == 0


def test_prices_by_settings_then_by_the_longest_name() -> None:
    table = {"gpt-x": Price(1, 2, 0.5), "gpt-x-mini": Price(0.1, 0.2, 0.05)}
    assert price_of(ModelSettings(model="gpt-x-mini-2026-01-01"), table) == table["gpt-x-mini"]
    assert price_of(ModelSettings(model="GPT-X"), table) == table["gpt-x"]
    assert price_of(ModelSettings(model="gpt-xl"), table) is None
    own = ModelSettings(model="gpt-x", input_price=3, output_price=4)
    assert price_of(own, table) == Price(3, 4, 3)
    assert Price(1, 2, 0.5).of(TokenUsage(1_000_000, 500_000, 400_000)) == pytest.approx(0.6 + 0.2 + 1.0)
    assert price_table()["gpt-4o-mini"].input == 0.15


@pytest.mark.parametrize("text", ["[models", "[models.a]\ninput = 1", "models = 3"])
def test_a_price_table_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "prices.toml"
    file.write_text(text)
    with pytest.raises(SettingsError, match=r"llm\.prices_file"):
        price_table(file)


def test_what_is_easy() -> None:
    short = Prompt((Message(Role.USER, "hello"),))
    assert is_easy(short, token_count=10, easy_tokens=10)
    assert not is_easy(short, token_count=11, easy_tokens=10)
    tool = Tool("t", "", {})
    assert not is_easy(Prompt(short.messages, tools=(tool,)), token_count=1, easy_tokens=10)


@pytest.mark.parametrize(
    "text", ['{"names": ["a"]}', '```json\n{"names": ["a"]}\n```', 'Sure! {"names": ["a"]} Anything else?']
)
def test_json_is_found_in_what_models_write_around_it(text: str) -> None:
    assert read(text, Inner).names == ["a"]


def test_tokens_are_rather_overestimated(tmp_path: Path) -> None:
    prose = "The quick brown fox jumps over the lazy dog. " * 20
    assert len(prose.split()) < estimate(prose) < len(prose)
    assert estimate("\u6f22\u5b57") == 2
    assert counter_for(None, section="llm")("abc") == 1
    wrong = tmp_path / "tokenizer.json"
    wrong.write_text("{}")
    with pytest.raises(SettingsError, match="tokenizer_file"):
        counter_for(wrong, section="llm")("abc")
