"""A few documents whose answers stand at the end of long sentences, and questions about them: chunks that cut them are worse."""

from pathlib import Path

from core import ids
from evals.datasets.model import CorpusKind, EvalCase, EvalSet, GoldSpan

_NAMES = ("Aurora", "Borealis", "Cascade", "Dolomite", "Ember", "Fjord")
_GREASE = ("lithium", "graphite", "silicone", "calcium")


def write_corpus(folder: Path) -> Path:
    """The documents as Markdown files."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, name in enumerate(_NAMES):
        (folder / f"note-{number:02}.md").write_text(_text(number, name), encoding="utf-8")
    return folder


def golden_set(source_id: str, name: str = "pumps") -> EvalSet:
    """A question about each document of the source, and one that none of them answers."""
    cases = [_case(source_id, number, pump) for number, pump in enumerate(_NAMES)]
    cases.append(EvalCase("none", "Who painted the ceiling of the Sistine Chapel?", answerable=False))
    return EvalSet(name, "v1", CorpusKind.KNOWLEDGE_BASE, tuple(cases))


def _case(source_id: str, number: int, name: str) -> EvalCase:
    doc_id, answer = ids.doc_id(source_id, f"note-{number:02}.md"), _answer(number)
    return EvalCase(
        f"q{number:02}",
        f"How often must the {name} pump be oiled?",
        grades={doc_id: 1},
        answers=(answer,),
        spans=(GoldSpan(doc_id, _sentence(number, name)),),
    )


def _answer(number: int) -> str:
    return f"every {number + 11} days"


def _text(number: int, name: str) -> str:
    return f"# Machine notes, part {number}\n\n{_sentence(number, name)}\n"


def _sentence(number: int, name: str) -> str:
    grease = _GREASE[number % len(_GREASE)]
    return (
        f"The {name} pump, which stands in the long hall behind the old printing press and beside the two boilers that nobody "
        f"has dared to move since the flood of the basement, and which the people of the night shift look after together with "
        f"the ventilation, must be oiled {_answer(number)} with the {grease} grease."
    )
