"""What of a bad model's answers is shown: each sentence has to lead to the words that bear it.

python -m evals.eval_answers [--data FOLDER] [--sets qed_nq] [--count 500] [--mode compact ...] [--cache FOLDER]

A model that writes true sentences and all kinds of false ones answers questions over real HTTP; passages are found, sentences
checked by the parts that serve. Every other answer is streamed. Without a set the handbook's text files are asked about.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from core.access import Principal
from core.answer_ports import Asked
from core.answer_settings import AnswerSettings
from core.answers import Answer, AnswerMode
from core.clock import SystemClock
from core.errors import FolioError, SettingsError, UnusableAnswerError
from core.language_models import CallRecord
from core.llm_settings import LlmSettings
from core.search import Hit
from core.sentences import split_sentences
from evals.answer_eval.counting import Counts, table
from evals.answer_eval.server import BadModel, serving
from evals.datasets.retrieval_sets import Passage, Question, read_set
from evals.retrieval_eval.indexing import Indexed, indexed
from generation.answer import ModelAnswerer
from generation.checking.check import check_sentence
from generation.prompts.book import PromptBook
from inference.llm.factory import create_gateway

HANDBOOK = Path(__file__).parents[1] / "examples" / "handbook"
MODES = (AnswerMode.COMPACT, AnswerMode.REFINE, AnswerMode.TREE_SUMMARIZE)
_SEED = 7
_HIT_COUNT = 8
_PRINCIPAL = Principal()
# Small, so that refining and summing up take several calls.
_SOURCE_TOKENS = {
    AnswerMode.COMPACT: 4000,
    AnswerMode.REFINE: 900,
    AnswerMode.TREE_SUMMARIZE: 900,
}


@dataclass(frozen=True, slots=True)
class Asking:
    """What is asked about: documents by their id, and questions, so many as are wanted."""

    name: str
    passages: tuple[Passage, ...]
    questions: tuple[str, ...]


class _NoLog:
    """Implements CallLog: nothing is written down."""

    async def record(self, calls: Sequence[CallRecord]) -> None:
        """Forget them."""

    async def spent(self, *, tenant: str, subject: str | None, since: datetime) -> float:  # noqa: ARG002 - of the port
        """Nothing."""
        return 0.0


def from_set(folder: Path, count: int) -> Asking:
    """The first questions of a retrieval set, and the documents that answer them.

    Raises:
        SettingsError: The set cannot be read.
    """
    data = read_set(folder)
    questions: tuple[Question, ...] = data.questions[:count]
    wanted = {doc_id for one in questions for doc_id in data.grades[one.query_id]}
    passages = tuple(one for one in data.passages if one.doc_id in wanted)
    return Asking(data.name, passages, tuple(one.text for one in questions))


def from_handbook(folder: Path, count: int) -> Asking:
    """The text files of the handbook; each of their sentences is a question."""
    files = sorted(path for path in folder.rglob("*") if path.suffix in {".md", ".txt"})
    passages = tuple(Passage(path.name, path.stem, path.read_text(encoding="utf-8")) for path in files)
    questions = [one.text[span.start : span.end] for one in passages for span in split_sentences(one.text)]
    return Asking("handbook", passages, tuple(questions[:count]))


async def measure(asking: Asking, store: Indexed, *, mode: AnswerMode) -> Counts:
    """Ask all questions in a mode, and count what is shown."""
    model, counts = BadModel(_SEED), Counts()
    stored = {one.doc_id: one.text for one in asking.passages}
    with serving(model) as url:
        async with _answerer(url, mode) as answerer:
            for number, question in enumerate(asking.questions):
                found = await store.parts.search.search(question, principal=_PRINCIPAL, limit=_HIT_COUNT)
                asked = Asked(found.query, "default", "evaluation")
                last = await _answered(answerer, asked, found.hits, is_streamed=bool(number % 2))
                counts.add(last, model.lies.get(asked.question, {}), stored)
    for lies in model.lies.values():
        counts.add_written(lies)
    return counts


@asynccontextmanager
async def _answerer(url: str, mode: AnswerMode) -> AsyncIterator[ModelAnswerer]:
    settings = LlmSettings(model="adversary", base_url=url, context_tokens=16_000)
    gateway = create_gateway(settings, log=_NoLog(), clock=SystemClock())
    if gateway is None:
        raise SettingsError("no model is set")
    try:
        yield ModelAnswerer(
            gateway,
            PromptBook(),
            check=check_sentence,
            settings=AnswerSettings(context_tokens=_SOURCE_TOKENS[mode]),
            mode=mode,
            context_tokens=settings.context_tokens,
        )
    finally:
        await gateway.aclose()


async def _answered(
    answerer: ModelAnswerer, asked: Asked, hits: Sequence[Hit], *, is_streamed: bool
) -> Answer:
    if not is_streamed:
        return await answerer.answer(asked, hits)
    *_, last = [piece async for piece in answerer.stream(asked, hits)]
    if not isinstance(last, Answer):
        raise UnusableAnswerError("a stream did not end with its answer")
    return last


async def report(askings: Sequence[Asking], modes: Sequence[AnswerMode], *, cache: Path | None) -> str:
    """All tables as Markdown."""
    parts = []
    for asking in askings:
        async with indexed(asking.passages, cache=cache) as store:
            for mode in modes:
                started_s = time.monotonic()
                counts = await measure(asking, store, mode=mode)
                took_s = time.monotonic() - started_s
                title = f"{asking.name}, {mode}: {len(asking.questions)} questions in {took_s:.0f} s"
                parts.append(table(title, counts))
    return "\n\n".join(parts)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.eval_answers", description=(__doc__ or "").split("\n", 1)[0]
    )
    parser.add_argument("--data", type=Path, help="folder that holds retrieval sets")
    parser.add_argument("--sets", nargs="+", default=["qed_nq"], help="which of them")
    parser.add_argument("--count", type=int, default=500, help="questions of each set")
    parser.add_argument("--mode", nargs="+", type=AnswerMode, choices=MODES, default=[AnswerMode.COMPACT])
    parser.add_argument("--cache", type=Path, help="folder that keeps vectors for the next run")
    options = parser.parse_args(arguments)
    try:
        askings = (
            [from_set(options.data / name, options.count) for name in options.sets]
            if options.data
            else [from_handbook(HANDBOOK, options.count)]
        )
        text = asyncio.run(report(askings, options.mode, cache=options.cache))
    except FolioError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(text + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
