"""Transcripts: what was done with a client and what came back, as a page of the documentation.

A test writes one and compares it with the page. Ids, times and scores are other in every run: only their form is compared.
With FOLIO_TEST_WRITE_TRANSCRIPTS=1 the page is written.
"""

import json
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "transcripts"
_WRITE = "FOLIO_TEST_WRITE_TRANSCRIPTS"
_FORMS = (
    (re.compile(r"\b[0-9a-f]{64}\b"), "<64 hex digits>"),
    (re.compile(r"\b(chatcmpl-)?[0-9a-f]{32}\b"), r"\1<32 hex digits>"),
    (re.compile(r'"created": \d+'), '"created": <seconds>'),
    (re.compile(r'"(took_ms|probability|confidence|score)": [\d.e-]+'), r'"\1": <number>'),
    (re.compile(r"127\.0\.0\.1:\d+"), "127.0.0.1:8700"),
)


@dataclass
class Transcript:
    """A page in the making."""

    title: str
    parts: list[str] = field(default_factory=list)

    def step(self, what: str, code: str, result: Any) -> None:
        """Something that was done, and what came of it."""
        shown = result if isinstance(result, str) else json.dumps(result, indent=2, ensure_ascii=False)
        self.parts.append(f"## {what}\n\n```python\n{code.strip()}\n```\n\n```text\n{shown.strip()}\n```\n")

    def written(self) -> str:
        """The page, with forms in place of what is other in every run."""
        text = "\n".join([f"# {self.title}\n", *self.parts])
        for form, instead in _FORMS:
            text = form.sub(instead, text)
        return text

    def check(self, name: str) -> None:
        """Compare with the page of this name, or write it."""
        path = FOLDER / name
        if os.environ.get(_WRITE):
            path.parent.mkdir(exist_ok=True)
            path.write_text(self.written(), encoding="utf-8")
        kept = path.read_text(encoding="utf-8")
        assert self.written() == kept, f"if this is intended: {_WRITE}=1 pytest {Path(__file__).parent}"
