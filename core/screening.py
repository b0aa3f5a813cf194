"""What a text was screened for: instructions that are not its reader's business, and text that nobody sees."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Protocol

TextSource = Literal["question", "passage"]
"""Who wrote a text: whoever asks, or the author of a document."""


class FindingKind(StrEnum):
    """What a piece of text tries.

    `INSTRUCTION_OVERRIDE`: the reader is to forget what it was told. `ROLE_PLAY`: it is to be somebody else. `PROMPT_LEAK`: it is
    to show its instructions. `EXFILTRATION`: it is to send something somewhere. `TOOL_ABUSE`: it is to run something.
    `TASK_HIJACK`: it is to do something other than answer from the documents. `DELIMITER`: the text plays another part of the
    prompt. `ENCODED`: the same in a disguise. `HIDDEN_TEXT`: characters or elements that no reader sees.
    """

    INSTRUCTION_OVERRIDE = "instruction_override"
    ROLE_PLAY = "role_play"
    PROMPT_LEAK = "prompt_leak"
    EXFILTRATION = "exfiltration"
    TOOL_ABUSE = "tool_abuse"
    TASK_HIJACK = "task_hijack"
    DELIMITER = "delimiter"
    ENCODED = "encoded"
    HIDDEN_TEXT = "hidden_text"


@dataclass(frozen=True, slots=True)
class Finding:
    """`text[start:end]` tries this; `score` from 0 to 1 says how sure that is."""

    kind: FindingKind
    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class Screening:
    """All that was found in a text, by place. `score` is that of the text as a whole, 0 where nothing was found."""

    findings: tuple[Finding, ...] = ()
    score: float = 0.0

    @property
    def kinds(self) -> tuple[FindingKind, ...]:
        """What was found, each once, in the order of `FindingKind`."""
        found = {one.kind for one in self.findings}
        return tuple(kind for kind in FindingKind if kind in found)


class TextScreen(Protocol):
    """Looks for instructions in a text that is only to be read."""

    def screen(self, text: str, *, source: TextSource, about: str = "") -> Screening:
        """What is found. `about` says what a passage is about (title, headings). Pure, and safe to call from several threads.

        Of a question, findings are the phrases themselves; of a passage they are whole sentences.
        """
