"""People's verdicts, by piped keys."""

from io import StringIO

from evals.datasets.model import EvalCase, GoldSpan
from evals.making.terminal import Shown, checked, described, marked, outline
from evals.making.updating import is_checked
from evals.making.verdicts import Checking, Verdict, begun, decided, undone
from tests.unit.evals.making.made_documents import case

SHOWN = Shown({"d1": "leave.md"}, {"d1": "It takes twelve days.\nAt most."})
CASES = [case("c1", answers=("twelve days",)), case("c2", "How much is it?"), case("c3", "Who is it?")]


def typed(keys: str, cases: list[EvalCase] | None = None) -> tuple[Checking, list[Checking], str]:
    saved: list[Checking] = []
    out = StringIO()
    end = checked(begun(cases or CASES), SHOWN, save=saved.append, keys=StringIO(keys), out=out)
    return end, saved, out.getvalue()


def test_every_verdict_is_saved_at_once() -> None:
    end, saved, _ = typed("a\nr\nq\n")

    assert [is_checked(one) for one in end.cases] == [True, False]
    assert [one.case_id for one in end.rejected] == ["c2"]
    assert len(saved) == 2


def test_the_next_call_goes_on_where_the_last_one_ended() -> None:
    end, _, _ = typed("a\nq\n")

    again = begun(end.cases, end.rejected)

    assert again.current is not None
    assert again.current.case_id == "c2"
    assert len(begun(end.cases, again=True).waiting) == 3


def test_edited_words_are_kept_and_the_case_waits_for_a_verdict() -> None:
    end, _, _ = typed("e\nHow many days?\nw\n12 days\na\nq\n")

    first = end.cases[0]
    assert (first.question, first.answers, is_checked(first)) == ("How many days?", ("12 days",), True)


def test_an_empty_line_leaves_the_words() -> None:
    end, _, _ = typed("e\n\na\nq\n")

    assert end.cases[0].question == "How long is it?"


def test_a_case_that_nothing_answers_has_no_gold() -> None:
    end, _, _ = typed("n\nq\n")

    first = end.cases[0]
    assert (first.answerable, first.grades, first.answers, first.spans) == (False, {}, (), ())


def test_undo_takes_the_last_verdict_back() -> None:
    end, saved, _ = typed("r\nu\nq\n")

    assert (end.cases, end.rejected) == (tuple(CASES), ())
    assert saved[-1].rejected == ()


def test_undo_of_nothing_does_nothing() -> None:
    start = begun(CASES)

    assert undone(start) == start
    assert undone(decided(start, Verdict.SKIP)) == start


def test_the_end_of_input_ends_it_and_other_keys_are_told() -> None:
    end, saved, out = typed("x\n")

    assert (end.cases, saved) == (tuple(CASES), [])
    assert "'x' is no key here" in out


def test_the_gold_stands_in_marks() -> None:
    assert marked("It takes twelve days.", "twelve days", 9) == "  It takes >>twelve days<<."
    assert "no longer in the document" in marked("Other words.", "twelve days", 9)


def test_what_a_person_needs_is_shown_and_steers_no_terminal() -> None:
    shown = described(case(answers=("twelve\x1b[2Jdays",), wrong=("d9",)), SHOWN)

    assert "leave.md" in shown
    assert ">>twelve days<<" in shown
    assert "[d9]  (no longer there)" in shown
    assert "\x1b" not in shown


def test_spans_of_other_documents_name_them() -> None:
    several = case(grades={"d1": 1, "d2": 1}, spans=(GoldSpan("d1", "twelve days"),))

    assert "Also right: [d2]" in described(several, SHOWN)


def test_the_line_of_a_case_steers_no_terminal_either() -> None:
    line = outline(case(question="How\x1b[2J many\nor\tfew?"))

    assert "How" in line
    assert line.isprintable()
