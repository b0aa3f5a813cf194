"""Answerers over a model that answers from a list, and what such a model writes."""

import json
from collections.abc import Sequence
from typing import Any

from core.answer_ports import AnswerPiece, Asked
from core.answer_settings import AnswerSettings
from core.answers import Answer, AnswerMode
from core.search import Hit
from generation.answer import ModelAnswerer
from generation.prompts.book import PromptBook
from tests.fakes.checks import exact
from tests.fakes.hits import hit
from tests.fakes.language_model import FakeLanguageModel

ASKED = Asked("How long is leave?", "acme", "ann", language="en")
LEAVE = hit("Annual leave is 30 days. It is paid.", doc="leave", title="Leave", modified_s=1_700_000_000)
BOILER = hit("The boiler is drained before frost.", doc="boiler", title="Boiler")


def said(text: str, *quotes: tuple[int, str]) -> dict[str, Any]:
    """A sentence as a model writes it."""
    return {"quotes": [{"source": source, "quote": quote} for source, quote in quotes], "text": text}


def combined(text: str, *statements: int) -> dict[str, Any]:
    """A sentence over statements."""
    return {"statements": list(statements), "text": text}


def written(*sentences: dict[str, Any]) -> str:
    """An answer as a model writes it."""
    return json.dumps({"sentences": sentences}, ensure_ascii=False)


DAYS = said("Leave is 30 days.", (1, "Annual leave is 30 days."))


def answerer(
    model: FakeLanguageModel, mode: AnswerMode = AnswerMode.COMPACT, *, window: int = 8192, **settings: Any
) -> ModelAnswerer:
    return ModelAnswerer(
        model,
        PromptBook(),
        check=exact,
        settings=AnswerSettings.model_validate(settings),
        mode=mode,
        context_tokens=window,
        model_name="m",
    )


async def streamed(
    made: ModelAnswerer, hits: Sequence[Hit], asked: Asked = ASKED
) -> tuple[list[AnswerPiece], Answer]:
    """The pieces and the whole."""
    *pieces, whole = [piece async for piece in made.stream(asked, hits)]
    assert isinstance(whole, Answer)
    assert all(isinstance(piece, AnswerPiece) for piece in pieces)
    return [piece for piece in pieces if isinstance(piece, AnswerPiece)], whole
