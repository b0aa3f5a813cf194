"""One evaluation against another: pairs parts by key and cases by id, and says what got worse by more than chance. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite

from core.errors import InvalidInputError
from evals.gates.causes import causes
from evals.gates.comparison import (
    CaseChange,
    Comparison,
    MetricChange,
    PartChange,
    PartState,
    SubjectChange,
    Verdict,
)
from evals.gates.policy import GatePolicy, default_policy
from evals.gates.statistics import holm, mean_interval, sign_flip_p
from evals.gates.verdicts import figure_verdict, judged
from evals.metrics.catalogue import METRICS, Metric
from evals.runs import CaseScores, EvalResult, Part, Stage

_CHANGED_COUNT = 50
_LEAST_STEP = 1e-9


def compare(before: EvalResult | None, after: EvalResult, policy: GatePolicy | None = None) -> Comparison:
    """What `after` has lost and won against `before`. Without one, only bounds are looked at.

    Parts are paired by their key, cases by their id, and only where the versions of the set are equal. Differences are tested
    over the metrics of the whole comparison together (Holm), apart for those that gate, those that do not, and slices.

    Raises:
        InvalidInputError: A part is in an evaluation twice, a case is in a part twice, or a score is no number.
        MissingExtraError: scipy is not installed.
    """
    policy = policy or default_policy()
    earlier, later = _by_key(before.parts if before else ()), _by_key(after.parts)
    keys = sorted({*earlier, *later}, key=lambda key: _place(earlier.get(key) or later[key]))
    parts = _adjusted([_part(earlier.get(key), later.get(key), policy) for key in keys], policy)
    parts = [_with_problems(part, policy) for part in parts]
    subject = _subject(before.subject if before else after.subject, after.subject)
    found = Comparison(
        before.run_id if before else "", after.run_id, tuple(parts), subject, alpha=policy.alpha
    )
    return replace(found, causes=causes(found))


def _by_key(parts: Iterable[Part]) -> dict[str, Part]:
    found: dict[str, Part] = {}
    for part in parts:
        if part.key in found:
            raise InvalidInputError(f"an evaluation has the part {part.key} twice")
        found[part.key] = part
    return found


def _place(part: Part) -> tuple[int, str]:
    return list(type(part.stage)).index(part.stage), part.dataset


def _subject(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[SubjectChange, ...]:
    return tuple(
        SubjectChange(name, before.get(name), after.get(name))
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    )


def _part(before: Part | None, after: Part | None, policy: GatePolicy) -> PartChange:
    if after is None:
        gone = before
        if gone is None:
            raise InvalidInputError("a part is in neither evaluation")
        return PartChange(gone.key, gone.stage, gone.dataset, PartState.MISSING, gone.dataset_version)
    bare = PartChange(
        after.key, after.stage, after.dataset, PartState.NEW, version_after=after.dataset_version
    )
    if before is None:
        return replace(bare, metrics=_alone(after, policy))
    bare = replace(bare, version_before=before.dataset_version)
    if before.dataset_version != after.dataset_version:
        return replace(bare, state=PartState.CHANGED_SET, metrics=_alone(after, policy))
    return _Paired.of(before, after, policy).compared(bare, _alone(after, policy))


def _alone(part: Part, policy: GatePolicy) -> tuple[MetricChange, ...]:
    """The metrics of a part that has nothing to be compared with: only their bounds count."""
    scores: dict[str, list[float]] = defaultdict(list)
    for case in _cases(part).values():
        for name, score in case.scores.items():
            scores[name].append(score)
    means = [(name, _mean(values), len(values)) for name, values in scores.items()]
    found = [MetricChange(policy.metric(name), mean, case_count=count) for name, mean, count in means]
    found += [
        MetricChange(policy.metric(name), _number(value, name, part), is_figure=True)
        for name, value in part.figures.items()
    ]
    return tuple(judged(one, policy) for one in sorted(found, key=lambda one: _order(one.metric.name)))


@dataclass(frozen=True, slots=True)
class _Paired:
    """A part in both evaluations, of the same version of the set."""

    key: str
    before: dict[str, CaseScores]
    after: dict[str, CaseScores]
    figures_before: Mapping[str, float]
    figures_after: Mapping[str, float]
    policy: GatePolicy

    @classmethod
    def of(cls, before: Part, after: Part, policy: GatePolicy) -> "_Paired":
        """Both, looked through once."""
        for part in (before, after):
            for name, value in part.figures.items():
                _number(value, name, part)
        return cls(after.key, _cases(before), _cases(after), before.figures, after.figures, policy)

    def compared(self, bare: PartChange, alone: Iterable[MetricChange]) -> PartChange:
        """The part with all that can be said of it; `alone` are the later evaluation's metrics by themselves."""
        pairs = self._pairs()
        metrics = [
            self._change(self.policy.metric(name), ids, fewest=self.policy.min_cases)
            for name, ids in pairs.items()
        ]
        compared = (*metrics, *self._figures())
        return replace(
            bare,
            state=PartState.COMPARED,
            metrics=(*compared, *self._new(alone, compared)),
            slices=tuple(self._slices(pairs)),
            changed=tuple(self._changed()),
            notes=tuple(self._lost()),
            pairs={name: tuple(self._scores(name, ids)) for name, ids in pairs.items()},
        )

    def _new(self, alone: Iterable[MetricChange], compared: Iterable[MetricChange]) -> Iterable[MetricChange]:
        """What only the later one has: metrics, and cases that take one past its bound."""
        known = {(one.metric.name, one.is_figure): judged(one, self.policy).verdict for one in compared}
        for one in alone:
            before = known.get((one.metric.name, one.is_figure))
            if before is None or (one.verdict is Verdict.BOUND and before is not Verdict.BOUND):
                yield one

    def _pairs(self) -> dict[str, list[str]]:
        """By metric, the cases that have a score of it in both."""
        found: dict[str, list[str]] = defaultdict(list)
        for case_id in sorted(self.before.keys() & self.after.keys()):
            for name in self.before[case_id].scores.keys() & self.after[case_id].scores.keys():
                found[name].append(case_id)
        return {name: found[name] for name in sorted(found, key=_order)}

    def _change(self, metric: Metric, ids: Sequence[str], *, fewest: int, tag: str = "") -> MetricChange:
        name = metric.name
        bare = MetricChange(
            metric,
            _mean([self.after[one].scores[name] for one in ids]),
            _mean([self.before[one].scores[name] for one in ids]),
            len(ids),
            tag=tag,
        )
        if len(ids) < fewest:
            return bare
        policy, differences = self.policy, self._differences(name, ids)
        interval = mean_interval(
            differences,
            confidence=1 - policy.alpha,
            resamples=policy.interval_resamples,
            seed=policy.seed,
        )
        p = sign_flip_p(differences, resamples=policy.resamples, seed=policy.seed)
        moved = sum(abs(one) > _LEAST_STEP for one in differences)
        return replace(bare, moved_count=moved, low=interval.low, high=interval.high, p=p)

    def _differences(self, name: str, ids: Iterable[str]) -> list[float]:
        return [self.after[one].scores[name] - self.before[one].scores[name] for one in ids]

    def _scores(self, name: str, ids: Iterable[str]) -> Iterable[tuple[float, float]]:
        return ((self.before[one].scores[name], self.after[one].scores[name]) for one in ids)

    def _figures(self) -> list[MetricChange]:
        both = [name for name in self.figures_after if name in self.figures_before]
        return [
            MetricChange(
                self.policy.metric(name), self.figures_after[name], self.figures_before[name], is_figure=True
            )
            for name in both
        ]

    def _slices(self, pairs: Mapping[str, Sequence[str]]) -> Iterable[MetricChange]:
        for name, ids in pairs.items():
            metric = self.policy.metric(name)
            for tag in sorted({tag for one in ids for tag in self.after[one].tags}) if metric.gates else ():
                own = [one for one in ids if tag in self.after[one].tags]
                # A slice that is the whole says nothing more.
                if len(own) < len(ids):
                    yield self._change(metric, own, fewest=self.policy.min_slice_cases, tag=tag)

    def _changed(self) -> list[CaseChange]:
        found = [
            change
            for case_id in sorted(self.before.keys() & self.after.keys())
            if (change := self._case(case_id)) is not None
        ]
        found.sort(key=lambda one: one.gain)
        worst = [one for one in found if one.gain < 0][:_CHANGED_COUNT]
        return worst + [one for one in found if one.gain > 0][-_CHANGED_COUNT:]

    def _case(self, case_id: str) -> CaseChange | None:
        before, after = self.before[case_id], self.after[case_id]
        shared = [name for name in after.scores if name in before.scores]
        moves = [(self._gain(name, case_id), name) for name in shared]
        moves = [(gain, name) for gain, name in moves if abs(gain) > _LEAST_STEP]
        if not moves:
            return None
        gain, name = max(moves, key=lambda move: (self._weight(*move), move[1]))
        return CaseChange(
            self.key,
            case_id,
            name,
            before.scores[name],
            after.scores[name],
            gain,
            after.tags,
            before.note,
            after.note,
            {one: (before.scores[one], after.scores[one]) for one in shared},
        )

    def _gain(self, name: str, case_id: str) -> float:
        difference = self.after[case_id].scores[name] - self.before[case_id].scores[name]
        return difference if self.policy.metric(name).better == "higher" else -difference

    def _weight(self, gain: float, name: str) -> tuple[bool, float]:
        """Metrics that gate come first; those of different units are made equal by their tolerances."""
        metric = self.policy.metric(name)
        return metric.gates, abs(gain) / max(metric.tolerance, 0.01)

    def _gates(self, name: str) -> bool:
        return self.policy.metric(name).gates

    def _lost(self) -> list[str]:
        lost = sorted(self.before.keys() - self.after.keys())
        found = [f"{_counted(lost)} measured no more"] if lost else []
        shared = self.before.keys() & self.after.keys()
        names = dict.fromkeys(name for one in self.before.values() for name in one.scores)
        for name in filter(self._gates, names):
            without = [
                one
                for one in sorted(shared)
                if name in self.before[one].scores and name not in self.after[one].scores
            ]
            if without:
                found.append(f"{self.policy.metric(name).title}: {_counted(without)} without a score now")
        gone = [name for name in self.figures_before if name not in self.figures_after and self._gates(name)]
        return found + [f"{self.policy.metric(name).title} is measured no more" for name in gone]


def _order(name: str) -> tuple[int, str]:
    """As in the catalogue; what is not in it comes last."""
    return list(METRICS).index(name) if name in METRICS else len(METRICS), name


def _counted(ids: Sequence[str]) -> str:
    named = ", ".join(one[:40] for one in ids[:3])
    return f"{len(ids)} {'case' if len(ids) == 1 else 'cases'} ({named}{', ...' if len(ids) > 3 else ''})"


def _adjusted(parts: Sequence[PartChange], policy: GatePolicy) -> list[PartChange]:
    """With p-values corrected over all parts, and the verdicts that follow."""
    metrics = [one for part in parts for one in part.metrics]
    families = (
        [one for one in metrics if one.metric.gates],
        [one for one in metrics if not one.metric.gates],
        [one for part in parts for one in part.slices],
    )
    corrected: dict[int, float] = {}
    for family in families:
        corrected |= _corrected(family, policy.alpha)

    def told(change: MetricChange) -> MetricChange:
        if change.is_figure:
            return figure_verdict(change, policy)
        return judged(replace(change, p_adjusted=corrected.get(id(change))), policy)

    return [
        replace(part, metrics=tuple(map(told, part.metrics)), slices=tuple(map(told, part.slices)))
        for part in parts
    ]


def _corrected(family: Iterable[MetricChange], alpha: float) -> dict[int, float]:
    """By the id of a change its p after Holm's correction.

    With k cases that moved, p is at least 2^(1 - k). What can never be significant is no test, and takes no part in the correction
    (Tarone 1990, A modified Bonferroni method for discrete data): stages that a change has not touched take nothing away from those
    that it has.
    """
    tested = [(one, one.p) for one in family if one.p is not None]
    able = [(one, p) for one, p in tested if 2.0 ** (1 - one.moved_count) <= alpha]
    found = {id(one): p for one, p in tested}
    adjusted = holm([p for _, p in able])
    return found | {id(one): p for (one, _), p in zip(able, adjusted, strict=True)}


def _with_problems(part: PartChange, policy: GatePolicy) -> PartChange:
    """What is wrong with a part besides its metrics fails it or is noted, as the policy says."""
    problems: list[str] = []
    notes: list[str] = []
    # What a model judges is no part of every run, and mostly decides nothing: its absence is noted.
    missing = problems if policy.missing == "fail" and part.stage is not Stage.JUDGED else notes
    if part.state is PartState.MISSING:
        missing.append("was measured before and is not now")
    missing.extend(part.notes)
    if part.state is PartState.CHANGED_SET:
        told = problems if policy.changed_sets == "fail" else notes
        told.append("the set has another version: not comparable, measure the earlier state on it anew")
    # Where the whole fails, its slices say nothing new.
    whole = {one.metric.name for one in part.failed}
    worse = [one for one in part.slices if one.verdict is Verdict.FAILED and one.metric.name not in whole]
    told = problems if policy.slices == "fail" else notes
    told.extend(
        f"slice {one.tag}: {one.metric.title} went from {one.before:.4g} to {one.after:.4g}" for one in worse
    )
    return replace(part, problems=tuple(problems), notes=tuple(notes))


def _cases(part: Part) -> dict[str, CaseScores]:
    found: dict[str, CaseScores] = {}
    for case in part.cases:
        if case.case_id in found:
            raise InvalidInputError(f"the part {part.key} has the case {case.case_id[:60]} twice")
        for name, score in case.scores.items():
            _number(score, name, part)
        found[case.case_id] = case
    return found


def _number(value: float, name: str, part: Part) -> float:
    if not isfinite(value):
        raise InvalidInputError(f"{name} in the part {part.key} is no finite number")
    return value


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
