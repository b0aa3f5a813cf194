"""When a comparison fails, and when it does not."""

from dataclasses import replace

import numpy as np
import pytest

from core.errors import InvalidInputError
from evals.gates.comparing import compare
from evals.gates.comparison import Comparison, MetricChange, PartState, Verdict
from evals.gates.policy import GatePolicy, MetricPolicy
from evals.runs import CaseScores, Part, Stage
from tests.unit.evals.gates.results import COUNT, lowered, part, result

SAME = [0.8] * COUNT


def compared(
    before: list[float], after: list[float], policy: GatePolicy | None = None, **kind: str
) -> Comparison:
    return compare(result(part(values=before, **kind)), result(part(values=after, **kind)), policy)


def only(comparison: Comparison) -> MetricChange:
    (one,) = comparison.parts[0].metrics
    return one


def test_the_same_evaluation_passes_without_causes() -> None:
    found = compared(SAME, SAME)
    assert found.passed
    assert (only(found).verdict, only(found).p, only(found).difference) == (Verdict.SAME, 1, 0)
    assert found.causes == found.failures == found.changed == ()


def test_a_loss_that_is_more_than_chance_and_tolerance_fails() -> None:
    found = compared(SAME, lowered(0.3, every=2))
    assert only(found).verdict is Verdict.FAILED
    assert not found.passed
    assert found.failures[0].startswith("search/set: nDCG@10 fell from 0.8 to 0.65")
    assert only(found).low <= only(found).difference <= only(found).high < 0


def test_a_win_is_better_and_passes() -> None:
    found = compared(lowered(0.3, every=2), SAME)
    assert (only(found).verdict, found.passed) == (Verdict.BETTER, True)


def test_a_sure_loss_within_the_tolerance_is_told_and_passes() -> None:
    found = compared(SAME, lowered(0.005))
    assert (only(found).verdict, found.passed) == (Verdict.WORSE, True)


def test_a_loss_that_may_be_chance_passes_with_a_note() -> None:
    found = compared(SAME, lowered(0.5, every=20))
    assert (only(found).verdict, found.passed) == (Verdict.SAME, True)
    assert "may be chance" in only(found).note


def test_where_less_is_better_a_rise_fails() -> None:
    found = compared([0.1] * COUNT, [0.4] * COUNT, metric="benign_flagged")
    assert only(found).verdict is Verdict.FAILED
    assert "rose from 0.1 to 0.4" in found.failures[0]


def test_a_metric_that_does_not_gate_never_fails() -> None:
    found = compared([100.0] * COUNT, [900.0] * COUNT, metric="ms")
    assert (only(found).verdict, found.passed) == (Verdict.WORSE, True)


def test_a_bound_may_never_be_passed_whatever_it_was_before() -> None:
    leaking = [1.0, *[0.0] * (COUNT - 1)]
    found = compared(leaking, leaking, metric="leaks")
    assert (only(found).verdict, found.passed) == (Verdict.BOUND, False)
    alone = compare(None, result(part(values=leaking, metric="leaks")))
    assert (only(alone).verdict, alone.passed) == (Verdict.BOUND, False)


def test_without_anything_to_compare_what_is_within_its_bounds_passes() -> None:
    found = compare(None, result(part(values=SAME), part(Stage.ACCESS, [0.0] * COUNT, metric="leaks")))
    assert found.passed
    assert {one.state for one in found.parts} == {PartState.NEW}


def test_a_case_that_only_the_later_one_has_counts_for_bounds() -> None:
    before, after = part(values=[0.0] * COUNT, metric="leaks"), part(values=[0.0] * COUNT, metric="leaks")
    after = replace(after, cases=(*after.cases, CaseScores("new", {"leaks": 2.0})))
    assert not compare(result(before), result(after)).passed


@pytest.mark.parametrize(("by", "verdict"), [(0.06, Verdict.FAILED), (0.04, Verdict.SAME)])
def test_few_cases_fail_only_where_they_are_far_worse(by: float, verdict: Verdict) -> None:
    found = compared([0.8] * 5, [0.8 - by] * 5)
    assert (only(found).verdict, only(found).p) == (verdict, None)
    assert "only 5 cases" in only(found).note


def test_what_is_not_measured_any_more_fails_unless_the_policy_only_reports() -> None:
    before = result(part(values=SAME), part(Stage.DENSE, SAME))
    found = compare(before, result(part(values=SAME)))
    assert (found.passed, found.parts[0].state) == (False, PartState.MISSING)
    assert "dense/set: was measured before and is not now" in found.causes
    assert compare(before, result(part(values=SAME)), GatePolicy(missing="report")).passed


def test_leaving_out_the_bad_cases_is_no_way_to_pass() -> None:
    found = compared(SAME, SAME[:-3])
    assert not found.passed
    assert "3 cases (c037, c038, c039) measured no more" in found.failures[0]


def test_a_score_or_figure_that_is_gone_fails_if_it_gates() -> None:
    both = Part(
        Stage.SEARCH, "set", "v1", (CaseScores("a", {"mrr": 1.0, "ms": 3.0}),), {"hit_1": 0.5, "ms": 9.0}
    )
    less = Part(Stage.SEARCH, "set", "v1", (CaseScores("a", {}),), {})
    problems = compare(result(both), result(less)).parts[0].problems
    assert len(problems) == 2
    assert "MRR: 1 case (a) without a score now" in problems
    assert "Hit@1 is measured no more" in problems


def test_another_version_of_the_set_is_not_compared() -> None:
    before, after = result(part(values=SAME)), result(part(values=lowered(0.5), version="v2"))
    found = compare(before, after)
    assert (found.passed, found.parts[0].state) == (True, PartState.CHANGED_SET)
    assert found.parts[0].metrics[0].before is None
    assert "not comparable" in found.parts[0].notes[0]
    assert not compare(before, after, GatePolicy(changed_sets="fail")).passed


@pytest.mark.parametrize(
    ("name", "before", "after", "verdict"),
    [
        ("slowdown", 1.0, 1.4, Verdict.SAME),
        ("slowdown", 1.0, 1.6, Verdict.FAILED),
        ("slowdown", 2.0, 1.0, Verdict.BETTER),
        ("verbatim", 1.0, 0.99, Verdict.BOUND),
        ("ms", 10.0, 99.0, Verdict.WORSE),
        ("unheard_of", 1.0, 0.0, Verdict.WORSE),
    ],
)
def test_figures_are_compared_by_their_tolerance(
    name: str, before: float, after: float, verdict: Verdict
) -> None:
    found = compare(result(part(figures={name: before})), result(part(figures={name: after})))
    assert (only(found).verdict, only(found).is_figure) == (verdict, True)


def test_a_slice_that_is_worse_fails_only_where_the_policy_says_so() -> None:
    # Every eighth of 160 cases, all of the slice that every fourth is in, too few to sink the whole.
    before = [0.8] * 160
    after = [0.5 if at % 4 == 0 and at < 44 else 0.9 if at % 4 else 0.8 for at in range(160)]
    found = compared(before, after)
    assert found.passed
    slices = {one.tag: one.verdict for one in found.parts[0].slices}
    assert slices == {"kind:table": Verdict.FAILED, "language:de": Verdict.FAILED}
    assert "slice kind:table" in found.parts[0].notes[0]
    assert not compared(before, after, GatePolicy(slices="fail")).passed


def test_a_tag_that_all_cases_have_is_no_slice() -> None:
    cases = tuple(CaseScores(f"c{at}", {"mrr": 0.5}, ("all",)) for at in range(COUNT))
    whole = Part(Stage.SEARCH, "set", "v1", cases)
    assert compare(result(whole), result(whole)).parts[0].slices == ()


def test_the_cases_that_changed_are_told_with_the_metric_that_moved_most() -> None:
    before = Part(
        Stage.SEARCH,
        "set",
        "v1",
        (
            CaseScores("a", {"mrr": 1.0, "ndcg_10": 1.0}),
            CaseScores("b", {"mrr": 0.5}),
            CaseScores("c", {"mrr": 0.5}),
        ),
    )
    after = Part(
        Stage.SEARCH,
        "set",
        "v1",
        (
            CaseScores("a", {"mrr": 0.2, "ndcg_10": 0.6}, ("t",), "refused"),
            CaseScores("b", {"mrr": 0.9}),
            CaseScores("c", {"mrr": 0.5}),
        ),
    )
    worst, best = compare(result(before), result(after)).changed
    assert (worst.case_id, worst.metric, worst.before, worst.after) == ("a", "mrr", 1.0, 0.2)
    assert (worst.note_after, worst.tags, worst.scores["ndcg_10"]) == ("refused", ("t",), (1.0, 0.6))
    assert (best.case_id, best.gain) == ("b", pytest.approx(0.4))


def test_settings_that_differ_are_named() -> None:
    before, after = (
        result(part(values=SAME), model="a", gone="x"),
        result(part(values=SAME), model="b", new="y"),
    )
    found = {one.name: (one.before, one.after) for one in compare(before, after).subject}
    assert found == {"model": ("a", "b"), "gone": ("x", None), "new": (None, "y")}


def test_a_policy_may_let_a_metric_become_worse() -> None:
    lenient = GatePolicy(metrics={"ndcg_10": MetricPolicy(tolerance=0.5)})
    assert compared(SAME, lowered(0.3), lenient).passed


def test_chances_are_corrected_over_the_metrics_that_could_be_significant() -> None:
    lost, swung = lowered(0.3, every=5), [0.8 + (-1) ** at * 0.01 for at in range(COUNT)]
    alone = only(compared(SAME, lost)).p or 0
    assert alone == pytest.approx(2 / 2**8)

    def adjusted(other: list[float]) -> float | None:
        stages = [part(Stage.DENSE, SAME, dataset=f"s{at}") for at in range(4)]
        others = [part(Stage.DENSE, other, dataset=f"s{at}") for at in range(4)]
        found = compare(result(part(values=SAME), *stages), result(part(values=lost), *others))
        return found.parts[-1].metrics[0].p_adjusted

    assert adjusted(swung) == pytest.approx(5 * alone)
    # Stages that have not changed, or in too few cases to tell, take nothing away.
    assert adjusted(SAME) == adjusted(lowered(0.1, every=9)) == pytest.approx(alone)


def test_an_unchanged_system_with_noise_fails_about_as_rarely_as_the_policy_says() -> None:
    draw = np.random.default_rng(4)
    quick = GatePolicy(resamples=500, interval_resamples=100, min_slice_cases=1000)
    failed = 0
    for _ in range(60):
        before, after = (
            [part(values=draw.random(30).tolist(), dataset=f"s{at}") for at in range(3)] for _ in range(2)
        )
        failed += not compare(result(*before), result(*after), quick).passed
    # At most 3 expected, and half of them are wins; 7 is four standard deviations more.
    assert failed <= 7


def test_what_is_twice_or_no_number_is_refused() -> None:
    good = part(values=SAME)
    with pytest.raises(InvalidInputError, match="twice"):
        compare(result(good, good), result(good))
    with pytest.raises(InvalidInputError, match="c000 twice"):
        compare(result(good), result(replace(good, cases=(*good.cases, good.cases[0]))))
    with pytest.raises(InvalidInputError, match="no finite number"):
        compare(result(good), result(part(values=[float("nan")] * 3)))
    with pytest.raises(InvalidInputError, match="no finite number"):
        compare(result(good), result(replace(good, figures={"ms": float("inf")})))
