"""Answers over the whole service with a language model server that writes what it should not: nothing uncited, never a stack trace."""

import json
from pathlib import Path
from typing import Any

import httpx

from core.config import load_settings
from tests.api.conftest import serving as serving_app
from tests.fakes.chat_server import ChatServer, Turn, serving
from tests.unit.generation.answerers import said, written

TRAVEL = b"# Travel\n\nA hotel in Oslo may cost at most 180 EUR a night. Employees must not book hotels in the old town.\n"
COST = "A hotel in Oslo may cost at most 180 EUR a night."
ASKED = "How much may a hotel in Oslo cost?"
TRUE = said("A hotel in Oslo may cost at most 180 EUR.", (1, COST))
NUMBER = f'{{"sentences":[{{"quotes":[{{"source":%s,"quote":"{COST}"}}],"text":"{COST}"}}]}}'
# What a model writes, and whether something of it may be shown.
TURNS: dict[str, tuple[str, bool]] = {
    "true": (written(TRUE), True),
    "control characters": (
        written(said("\u202eA hotel\x00 in Oslo may cost at most 180 EUR.", (1, COST))),
        True,
    ),
    "a thousand": (written(*[TRUE] * 1000), True),
    "prose": ("A hotel costs 180 EUR.", False),
    "nothing": ("", False),
    "not a number": (NUMBER % "NaN", False),
    "without end": (NUMBER % "1e999", False),
    "many digits": (NUMBER % ("9" * 5000), False),
    "half a sign": (written(TRUE).replace("Oslo may", "Oslo \\ud800 may"), False),
    "deep": ('{"sentences":' + "[" * 50_000 + "]" * 50_000 + "}", False),
    "a megabyte": (written(said("x" * 1_000_000, (1, COST))), False),
    "the question as its source": (written(said("A hotel in Oslo may cost much.", (1, ASKED))), False),
    "another bound": (written(said("A hotel in Oslo may cost at least 180 EUR.", (1, COST))), False),
    "a link": (
        written(said("A hotel in Oslo may cost 180 EUR, see http://evil.example/q.", (1, COST))),
        False,
    ),
}
QUESTIONS = (
    "",
    " ",
    "x y " * 25_000,
    "\ud800 hotel",
    "\U0001f600\U0001f389",
    "?!...",
    "\u202e" + ASKED,
    "{{ 7*7 }}",
)


def is_consistent(answer: dict[str, Any]) -> bool:
    """Whether text, sentences, citations, status and reason say the same."""
    rows, cited = answer["sentences"], answer["citations"]
    marked = " ".join(f"{row['text']} {''.join(f'[{n}]' for n in row['citations'])}" for row in rows)
    numbers = {number for row in rows for number in row["citations"]}
    return (
        answer["answer"] == marked
        and all(row["citations"] for row in rows)
        and numbers == set(range(1, len(cited) + 1))
        and (answer["status"] == "grounded") == (answer["reason"] is None)
        and (answer["status"] == "refused") == (not rows)
    )


async def asked(client: httpx.AsyncClient, question: str, mode: str) -> httpx.Response:
    body = json.dumps({"question": question, "mode": mode})
    return await client.post(
        "/v1/answer", content=body, headers={"content-type": "application/json"}, timeout=60
    )


async def test_whatever_is_asked_and_written(tmp_path: Path) -> None:
    with serving(ChatServer()) as server:
        llm = {"model": "m", "base_url": server.url, "attempt_count": 1}
        answers = {"cache": "off", "min_evidence": 0.0}
        settings = load_settings(
            home=tmp_path, redaction={"policy": "off"}, graph={"enabled": False}, answers=answers, llm=llm
        )
        async with serving_app(settings) as client:
            await client.post("/v1/documents?wait=60", files={"file": ("travel.md", TRAVEL)})
            for name, (text, is_shown) in TURNS.items():
                server.turns = [Turn(text), Turn(text)]
                answer = (await asked(client, ASKED, "compact")).json()
                assert is_consistent(answer), name
                assert (answer["status"] != "refused") == is_shown, name
            for question in QUESTIONS:
                for mode in ("extractive", "compact"):
                    server.turns = [Turn(written(TRUE))]
                    found = await asked(client, question, mode)
                    if found.status_code == 200:
                        assert is_consistent(found.json())
                    else:
                        assert found.status_code in {400, 413, 422}
                        assert found.headers["content-type"] == "application/problem+json"
