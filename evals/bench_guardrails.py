"""How long each validator of the guardrails takes: `python -m evals.bench_guardrails [--chars N] [--rounds N]`."""

import argparse
import asyncio
import math
import random
import time
from collections.abc import Awaitable, Callable

from core.answers import AnswerSentence, Citation
from core.config import load_settings
from generation.guardrails.policy import CitationRule, FormatRule, LengthRule, TopicRule
from generation.guardrails.validators.citing import is_borne
from generation.guardrails.validators.length import too_long
from generation.guardrails.validators.markup import foreign_markup
from generation.guardrails.validators.meaning import Meanings
from generation.guardrails.validators.secrets import secrets_in
from generation.guardrails.validators.topics import on_topic
from inference.embed.factory import create_embedder
from inference.screen.factory import create_screen

_TEXT = (
    "the annual leave of an employee is thirty days and must be asked for in writing before the first of May since managers plan "
    "their teams by quarter so that hotels travel and training can be booked at https://example.com/a with key 4711 or by mail"
)
_WORDS = _TEXT.split()
_PHRASE_COUNT = 1000
_LIMIT_MS = 50.0

Validate = Callable[[str], Awaitable[object]]


def main() -> None:
    """Print the 50th and 95th percentile for each validator, over texts that are never the same twice."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chars", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=200)
    options = parser.parse_args()
    rng = random.Random(7)  # noqa: S311 - made-up texts, no secrets
    texts = [made_up(rng, options.chars) for _ in range(options.rounds)]
    for name, took_ms in asyncio.run(_measured(texts)).items():
        p50, p95 = nearest_rank(took_ms, 0.5), nearest_rank(took_ms, 0.95)
        verdict = "" if p95 < _LIMIT_MS else f"  over {_LIMIT_MS:g} ms"
        print(f"{name:24} p50 {p50:8.3f} ms  p95 {p95:8.3f} ms{verdict}")  # noqa: T201 - what it is for


def made_up(rng: random.Random, chars: int) -> str:
    """A text of so many characters, with words, addresses and numbers."""
    words: list[str] = []
    while sum(map(len, words)) + len(words) < chars:
        words += [*rng.choices(_WORDS, k=12), f"x{rng.randrange(10**6)}."]
    return " ".join(words)[:chars]


def nearest_rank(values: list[float], share: float) -> float:
    """The value at the place ceil(share n) of the sorted ones."""
    return sorted(values)[max(0, math.ceil(len(values) * share) - 1)]


async def _measured(texts: list[str]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for name, validate in _validators().items():
        await validate(texts[0])
        found[name] = [await _timed(validate, text) for text in texts]
    return found


def _validators() -> dict[str, Validate]:
    screen = create_screen()
    meanings = Meanings(create_embedder(load_settings().embedding))
    phrases = tuple(f"the topic {number} of *" for number in range(_PHRASE_COUNT - 1))
    topic = TopicRule(name="t", phrases=(*phrases, "wild*"))
    close = TopicRule(name="m", examples=("How high is her salary?",))
    length, markup, citing = LengthRule(name="l"), FormatRule(name="f"), CitationRule(name="c")
    citation = Citation("d", None, "", "", 1, None, "", "a quote", 0, 7)

    def borne(text: str) -> object:
        return citing, is_borne(AnswerSentence(text, (1,)), {1: citation})

    return {
        "length": _plain(lambda text: too_long(length, text)),
        "secrets": _plain(secrets_in),
        f"topic, {_PHRASE_COUNT} phrases": _plain(lambda text: on_topic(topic, text)),
        "format": _plain(lambda text: (markup, foreign_markup(text, [text[:500]]))),
        "citations": _plain(borne),
        "injection, question": _plain(lambda text: screen.screen(text, source="question")),
        "injection, passage": _plain(lambda text: screen.screen(text, source="passage", about="Leave")),
        "topic, examples (async)": lambda text: meanings.close_to(close, text),
    }


def _plain(validate: Callable[[str], object]) -> Validate:
    async def run(text: str) -> object:
        return validate(text)

    return run


async def _timed(validate: Validate, text: str) -> float:
    begun_s = time.perf_counter()
    await validate(text)
    return (time.perf_counter() - begun_s) * 1000


if __name__ == "__main__":
    main()
