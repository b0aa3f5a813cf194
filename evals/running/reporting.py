"""The report of an evaluation as one HTML file, with the set's questions beside the cases that changed."""

from pathlib import Path

from core.errors import InvalidInputError
from evals.datasets.model import EvalSet
from evals.files import make_folder
from evals.gates.report.html import write_html
from evals.running.evaluating import Evaluated


def write_report(file: Path, found: Evaluated, eval_set: EvalSet) -> None:
    """Write the report; a file that was there is replaced whole, and only its owner may read it.

    Raises:
        InvalidInputError: The file cannot be written.
        MissingExtraError: matplotlib is not installed.
    """
    questions = {case.case_id: case.question for case in eval_set.cases}
    try:
        make_folder(file.parent)
    except OSError as error:
        raise InvalidInputError(f"the report {file} cannot be written: {error.strerror}") from None
    write_html(found.comparison, file, found.result, questions=questions)
