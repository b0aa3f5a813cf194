"""A case on a terminal, and the keys for it. Reads a key at a time from a terminal, a line at a time from anything else."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TextIO

from evals.datasets.model import EvalCase
from evals.making.verdicts import Checking, Verdict, decided, undone
from evals.making.words import plain

KEYS: Mapping[str, Verdict] = {
    "a": Verdict.ACCEPT,
    "r": Verdict.REJECT,
    "e": Verdict.QUESTION,
    "w": Verdict.ANSWER,
    "n": Verdict.UNANSWERABLE,
    "s": Verdict.SKIP,
}
UNDO, QUIT = "u", "q"
HELP = "a accept  r reject  e edit question  w edit answer  n nothing answers it  s skip  u undo  q quit"
_AROUND_CHARS = 300
_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"


@dataclass(frozen=True, slots=True)
class Shown:
    """What is known of the documents of a set: by id, where each is and its stored text."""

    paths: Mapping[str, str]
    texts: Mapping[str, str]


def described(case: EvalCase, shown: Shown, *, place: str = "", bold: bool = False) -> str:
    """The case for a person: question, gold passage with the span marked, answer, hard negatives."""
    lines = [f"--- {place}{case.case_id}  ({case.origin}{'' if case.answerable else ', nothing answers it'})"]
    lines.append(f"Question:  {case.question}")
    lines += (
        [f"Reader:    {case.reader.clearance}, {', '.join(case.reader.groups) or 'no group'}"]
        if case.reader
        else []
    )
    lines += [f"Answer:    {answer}" for answer in case.answers]
    for span in case.spans:
        lines.append(f"Gold:      {_path(span.doc_id, shown)}")
        lines.append(marked(shown.texts.get(span.doc_id, ""), span.quote, span.start, bold=bold))
    others = [doc_id for doc_id in case.grades if doc_id not in {span.doc_id for span in case.spans}]
    lines += [f"Also right: {_path(doc_id, shown)}" for doc_id in others]
    lines += [f"Wrong:     {_path(doc_id, shown)}" for doc_id in case.wrong]
    lines += [f"Tags:      {', '.join(case.tags)}"]
    return _printable("\n".join(lines))


def marked(text: str, quote: str, start: int, *, bold: bool = False) -> str:
    """The passage around a quote, which stands in marks."""
    left, right = (_BOLD, _PLAIN) if bold else (">>", "<<")
    at = start if start >= 0 and text.startswith(quote, start) else text.find(quote)
    if at < 0:
        return f"  {left}{quote}{right}  (no longer in the document)"
    before, after = text[max(0, at - _AROUND_CHARS) : at], text[at + len(quote) :][:_AROUND_CHARS]
    passage = f"{before}{left}{quote}{right}{after}"
    return "\n".join(f"  {line}" for line in passage.splitlines() if line.strip())


def checked(
    state: Checking,
    shown: Shown,
    *,
    save: Callable[[Checking], None],
    keys: TextIO | None = None,
    out: TextIO | None = None,
) -> Checking:
    """Asks about one case after the other until all are done or somebody quits. `save` is called after every verdict."""
    source, target = keys or sys.stdin, out or sys.stdout
    is_live = source.isatty()
    total = len(state.waiting)
    while (case := state.current) is not None:
        place = f"{total - len(state.waiting) + 1} of {total}  "
        target.write(f"\n{described(case, shown, place=place, bold=is_live)}\n[{HELP}] ")
        target.flush()
        key = _key(source, is_live=is_live)
        target.write("\n")
        if key in {QUIT, ""}:
            break
        if key == UNDO:
            state = undone(state)
        elif key in KEYS:
            words = _words(KEYS[key], case, source, target)
            state = decided(state, KEYS[key], words)
        else:
            target.write(f"'{_printable(key)}' is no key here.\n")
            continue
        save(state)
    return state


def _words(verdict: Verdict, case: EvalCase, source: TextIO, target: TextIO) -> str:
    if verdict not in {Verdict.QUESTION, Verdict.ANSWER}:
        return ""
    now = case.question if verdict is Verdict.QUESTION else (case.answers or ("none",))[0]
    target.write(f"now: {_printable(now)}\nnew (empty: leave it): ")
    target.flush()
    return source.readline().strip()


def _key(source: TextIO, *, is_live: bool) -> str:
    """The key that was pressed, or the first letter of the next line; empty at the end of input."""
    if is_live:
        import click

        return click.getchar().lower()
    for line in iter(source.readline, ""):
        if line.strip():
            return line.strip()[0].lower()
    return ""


def _path(doc_id: str, shown: Shown) -> str:
    path = shown.paths.get(doc_id)
    return f"{path}  [{doc_id}]" if path else f"[{doc_id}]  (no longer there)"


def _printable(text: str) -> str:
    """The text without what would steer a terminal; the marks of this module stay."""
    kept = text.replace(_BOLD, "\x00").replace(_PLAIN, "\x01")
    safe = "".join(one if one in "\n\x00\x01" or one.isprintable() else " " for one in kept)
    return safe.replace("\x00", _BOLD).replace("\x01", _PLAIN)


def outline(case: EvalCase) -> str:
    """The case in one line."""
    answer = (
        plain(case.answers[0])[:60] if case.answers else "" if case.answerable else "(nothing answers it)"
    )
    return _printable(f"{case.case_id}  {' '.join(case.question.split())}  {answer}".rstrip())
