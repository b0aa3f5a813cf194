"""The catalog tells what was tried from what was live by a mark in the body, which is JSON that others write."""

import pytest

from core.eval_runs import CANDIDATE_MARK
from evals.running.evaluating import ABOUT, CANDIDATE, LIVE
from evals.runs import EvalResult, to_json
from tests.fakes.clock import FakeClock


@pytest.mark.parametrize(("about", "is_marked"), [(LIVE, False), (CANDIDATE, True)])
def test_only_what_was_tried_has_the_mark(about: str, is_marked: bool) -> None:
    subject = {ABOUT: about, "index.chunker": CANDIDATE_MARK, CANDIDATE: "evaluated"}
    body = to_json(EvalResult("r1", FakeClock().now(), subject, ())).decode()
    assert (CANDIDATE_MARK in body) is is_marked
