"""Summaries by a language model: it writes, and every sentence must be borne out by the statement that it cites."""

import re
from collections.abc import Sequence
from dataclasses import replace

from pydantic import BaseModel, ConfigDict, Field

from core import ids
from core.errors import FolioError
from core.graph import CitedSentence, Community
from core.graph_ports import Statement, Summary
from core.language_model_ports import LanguageModel
from core.language_models import CallPurpose, Prompt
from core.prompts import PinnedPrompt
from graph.statements import centralities
from graph.summaries import ExtractiveSummariser, chosen

PROMPT = "community_summary"
MODEL = "model"
_STATEMENTS_PER_SENTENCE = 3
_MAX_CHARS = 400
_MAX_TITLE_CHARS = 80
# So many of a sentence's words have to stand in what it cites.
_LEAST_SHARE = 0.6
_WORD = re.compile(r"\w+")


class Written(BaseModel):
    """A sentence, and the number of the statement that it restates."""

    model_config = ConfigDict(extra="ignore")

    text: str
    statement: int


class WrittenSummary(BaseModel):
    """What the model writes."""

    model_config = ConfigDict(extra="ignore")

    title: str = ""
    sentences: list[Written] = Field(default_factory=list)


class ModelSummariser:
    """Implements Summariser. Where the model does not answer, or nothing that it writes is borne out, sentences are picked."""

    def __init__(
        self, model: LanguageModel, *, prompt: PinnedPrompt, model_name: str, sentence_count: int
    ) -> None:
        """Of at most so many sentences. `prompt` is `community_summary`, `model_name` is for the fingerprint."""
        self._model, self._model_name, self._sentence_count = model, model_name, sentence_count
        self._prompt = prompt
        self._picking = ExtractiveSummariser(sentence_count=sentence_count)

    @property
    def name(self) -> str:
        """What it is."""
        return MODEL

    @property
    def fingerprint(self) -> str:
        """Prompt, model and length."""
        return ids.fingerprint(
            {
                "prompt": self._prompt.fingerprint,
                "model": self._model_name,
                "picked": self._picking.fingerprint,
            }
        )

    async def summary(self, community: Community, *, statements: Sequence[Statement]) -> Summary:
        """A title and sentences that cite statements of the community."""
        count = self._sentence_count * _STATEMENTS_PER_SENTENCE
        offered = chosen(statements, centralities(community), count=count)
        purpose = CallPurpose(community.tenant, "community_summary", prompt_version=self._prompt.version)
        try:
            found = await self._model.structured(self._asked(offered), WrittenSummary, purpose=purpose)
        except FolioError:
            found = None
        sentences = (
            borne_out(found, offered)[: self._sentence_count] if isinstance(found, WrittenSummary) else ()
        )
        if not isinstance(found, WrittenSummary) or not sentences:
            return await self._picking.summary(community, statements=statements)
        title = " ".join(found.title.split())[:_MAX_TITLE_CHARS]
        said = " ".join(sentence.text for sentence in offered)
        return Summary(sentences, title if _is_said(title, said) else "")

    def _asked(self, offered: Sequence[CitedSentence]) -> Prompt:
        numbered = [{"statement": at, "text": one.text} for at, one in enumerate(offered, start=1)]
        return Prompt(self._prompt.render({"statements": numbered}).messages, max_tokens=800, seed=0)


def borne_out(found: WrittenSummary, offered: Sequence[CitedSentence]) -> tuple[CitedSentence, ...]:
    """The sentences that stand on the statement they cite, with its place; each statement once. Pure."""
    kept: dict[int, CitedSentence] = {}
    for one in found.sentences:
        text = " ".join(one.text.split())[:_MAX_CHARS]
        at = one.statement - 1
        if text and 0 <= at < len(offered) and at not in kept and _is_said(text, offered[at].text):
            kept[at] = replace(offered[at], text=text)
    return tuple(kept.values())


def _is_said(text: str, source: str) -> bool:
    """Whether most words stand in the source, and of names, numbers and codes all but a first word."""
    words, known = _WORD.findall(text), {word.casefold() for word in _WORD.findall(source)}
    if not words:
        return False
    special = [
        word for at, word in enumerate(words) if any(map(str.isdigit, word)) or (at and not word.islower())
    ]
    share = sum(word.casefold() in known for word in words) / len(words)
    return share >= _LEAST_SHARE and all(word.casefold() in known for word in special)
