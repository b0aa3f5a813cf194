"""How much labelled personal data is taken out, and what is taken out that is none: the redactor of the settings, on texts of our own."""

import asyncio
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from core import ids
from core.documents import ParsedDocument, RedactedDocument
from core.errors import InvalidInputError
from core.ports import Redactor
from core.pseudonyms import MentionField
from evals.pii_bench.labelled import Label, LabelledText
from evals.runs import CaseScores, Part, Stage
from evals.scorecard.world import World
from folio.assembly import create_redactor

NAME = "personal-data"
FILE = Path(__file__).parents[2] / "golden" / "redaction" / "cases.jsonl"
_MARK = re.compile(r"\[\[([A-Z_]+):([^\[\]]+)\]\]")


@dataclass(frozen=True, slots=True)
class RedactionCase:
    """A labelled text; `language` is its ISO 639-1 code."""

    case_id: str
    language: str
    labelled: LabelledText

    @property
    def tags(self) -> tuple[str, ...]:
        """The language and the types in it."""
        types = dict.fromkeys(label.entity for label in self.labelled.labels)
        return (f"language:{self.language}", *(f"type:{name}" for name in types or ("none",)))


async def measure(world: World) -> list[Part]:
    """One part."""
    data = FILE.read_bytes()
    cases = read_cases(data)
    if world.options.is_quick:
        cases = cases[:: max(len(cases) // world.options.case_count, 1)]
    redactor = create_redactor(world.settings("redaction"))
    rows = await asyncio.to_thread(lambda: [scored(case, redactor) for case in cases])
    return [Part(Stage.REDACTION, NAME, version_of(data), tuple(rows))]


def version_of(data: bytes) -> str:
    """Names what is in a file of cases."""
    return ids.content_hash(data)[:16]


def read_cases(data: bytes) -> list[RedactionCase]:
    """The cases in a file: on each line `id`, `language` and `text`, in which `[[TYPE:value]]` marks a value.

    Raises:
        InvalidInputError: A line is none of these; the message names it.
    """
    found = []
    for number, line in enumerate(data.splitlines(), start=1):
        try:
            row = orjson.loads(line)
            found.append(RedactionCase(row["id"], row["language"], unmarked(row["text"])))
        except (orjson.JSONDecodeError, KeyError, TypeError):
            raise InvalidInputError(
                f"line {number} of the labelled texts is no object with id, language and text"
            ) from None
    return found


def unmarked(text: str) -> LabelledText:
    """A text without its marks, and where the marked values are in it."""
    plain, labels, end = "", list[Label](), 0
    for mark in _MARK.finditer(text):
        plain += text[end : mark.start()]
        labels.append(Label(mark[1], len(plain), len(plain) + len(mark[2])))
        plain += mark[2]
        end = mark.end()
    return LabelledText(plain + text[end:], tuple(labels))


def scored(case: RedactionCase, redactor: Redactor) -> CaseScores:
    """`pii_found` of a text that has labels, and `pii_false` of every text."""
    text, labels = case.labelled.text, case.labelled.labels
    redacted = redactor.redact(ParsedDocument(text, "", "text/plain", language=case.language))
    scores = {"pii_false": false_share(redacted, labels)}
    if labels:
        left = redacted.document.text
        scores["pii_found"] = sum(text[one.start : one.end] not in left for one in labels) / len(labels)
    return CaseScores(case.case_id, scores, case.tags)


def false_share(redacted: RedactedDocument, labels: Sequence[Label]) -> float:
    """Share of the values that were replaced which touch no label. What has no pseudonym is counted by its type alone."""
    spans = [
        (one.original_start, one.original_end) for one in redacted.mentions if one.where is MentionField.TEXT
    ]
    wrong = sum(not any(start < one.end and one.start < end for one in labels) for start, end in spans)
    mentioned = Counter(one.entity for one in redacted.mentions)
    labelled = Counter(one.entity for one in labels)
    for entity, count in redacted.redaction_counts.items():
        wrong += max(count - mentioned[entity] - labelled[entity], 0)
    total = sum(redacted.redaction_counts.values())
    return min(wrong / total, 1.0) if total else 0.0
