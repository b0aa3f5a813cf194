"""The report of an evaluation as one HTML file, with the set's questions beside the cases that changed."""

import os
from pathlib import Path

from core.errors import InvalidInputError
from evals.datasets.model import EvalSet
from evals.gates.report.html import html
from evals.running.evaluating import Evaluated


def write_report(file: Path, found: Evaluated, eval_set: EvalSet) -> None:
    """Write the report; a file that was there is replaced whole.

    Raises:
        InvalidInputError: The file cannot be written.
        MissingExtraError: matplotlib is not installed.
    """
    questions = {case.case_id: case.question for case in eval_set.cases}
    text = html(found.comparison, found.result, questions=questions)
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(text, encoding="utf-8")
        part.replace(file)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise InvalidInputError(f"the report {file} cannot be written: {error.strerror}") from None
