"""`folio investigate`: a question of several steps."""

import asyncio
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from core.config import Settings, load_settings
from core.telemetry import configure_logging
from folio.cli.output import JsonFlag, print_json, print_text
from folio.cli.querying import answer_as_json, answer_text

if TYPE_CHECKING:
    from core.agents import AgentResult, AgentStep


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("investigate")(investigate)


def investigate(
    question: Annotated[str | None, typer.Argument(help="A question in plain words.")] = None,
    resume: Annotated[
        str | None, typer.Option(metavar="ID", help="Go on with a question that was broken off.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Let the language model look things up step by step, then answer with citations, or refuse."""
    if (question is None) == (resume is None):
        raise typer.BadParameter("give a QUESTION, or --resume ID of one that was broken off")
    settings = load_settings()
    configure_logging(settings.log)
    result = asyncio.run(_investigated(settings, question, resume))
    if as_json:
        print_json(result_as_json(result))
    else:
        print_text(result_text(result))


def result_as_json(result: "AgentResult") -> dict[str, object]:
    """An answer as `folio ask --json` writes it, and the steps that led to its passages."""
    return {
        **answer_as_json(result.answer),
        "run_id": result.run_id,
        "ended": result.ended.value,
        "steps": [asdict(step) for step in result.steps],
        "tokens": result.token_count,
        "sources": result.source_count,
    }


def result_text(result: "AgentResult") -> str:
    """For people: the answer, then a line for each step."""
    return "\n".join([answer_text(result.answer), "", *map(_step_text, result.steps)])


def _step_text(step: "AgentStep") -> str:
    words = [step.tool, step.outcome.value.replace("_", " ")]
    if step.result_count:
        words.append(f"{step.result_count} results")
    return f"  step {step.number}: {', '.join(filter(None, words))}, {step.took_ms:.0f} ms"


async def _investigated(settings: Settings, question: str | None, resume: str | None) -> "AgentResult":
    from folio.agent import new_run_id
    from folio.knowledge_base import KnowledgeBase

    run_id = resume or new_run_id()
    async with KnowledgeBase(settings) as kb:
        if question is None:
            return await kb.resume_investigation(run_id)
        # Now, while it can still be said: a process that is killed says nothing any more.
        sys.stderr.write(f"folio: if it is broken off: folio investigate --resume {run_id}\n")
        return await kb.investigate(question, run_id=run_id)
