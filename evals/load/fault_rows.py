"""What the lines of a load with faults say: how many failed and how, how long it took, when it was over. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from evals.load.figures import percentile

QUIET_S = 5.0
ANSWERED_BY_MODEL = "answer of the model"
_KINDS = ("search", "answer in quotes", ANSWERED_BY_MODEL, "stream", "upload", "sync of an edit")
_SHOWN_CODES = 3
# What a client may meet while something is down: it says that it passes.
_PASSING = ("503 ", "507 ", "429 ", "409 request_in_flight")
_MS_PER_S = 1000


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `status` 0: there was no answer. `code`: empty where it was served. `says_when`: it has Retry-After."""

    began_s: float
    took_ms: float
    name: str
    status: int
    code: str
    says_when: bool
    note: str

    @property
    def ended_s(self) -> float:
        """When it was over, in seconds since 1970."""
        return self.began_s + self.took_ms / _MS_PER_S


@dataclass(frozen=True, slots=True)
class Window:
    """A fault: from when to when (seconds since 1970), and what `/readyz` said was down meanwhile."""

    name: str
    begin_s: float
    end_s: float
    down: tuple[str, ...] = ()


def during(requests: Sequence[Request], window: Window) -> list[Request]:
    """Those that ran at some moment of the fault."""
    return [one for one in requests if one.began_s < window.end_s and one.ended_s >= window.begin_s]


def quiet_after_s(requests: Sequence[Request], *, end_s: float, until_s: float) -> float | None:
    """Seconds from the end of a fault until five seconds began in which nothing ended in an error; None: not until then."""
    failed = sorted(one.ended_s for one in requests if one.code and end_s <= one.ended_s < until_s)
    begin_s = end_s
    for failed_s in failed:
        if failed_s - begin_s >= QUIET_S:
            break
        begin_s = failed_s
    return begin_s - end_s if begin_s + QUIET_S <= until_s else None


def table(requests: Sequence[Request], windows: Sequence[Window], *, until_s: float) -> list[str]:
    """A Markdown table, a line for each fault. `until_s`: when the clients were stopped."""
    ends = [*(window.begin_s for window in windows[1:]), until_s]
    head = ("fault", *_KINDS, "p95 s (quotes)", "longest s", "`/readyz` says", "quiet after s")
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    for window, next_s in zip(windows, ends, strict=True):
        lines.append(f"| {' | '.join(_cells(requests, window, next_s))} |")
    return lines


def surprises(requests: Sequence[Request]) -> list[str]:
    """Errors that a client cannot act upon, each with how often: no answer, a 500, no Retry-After."""
    found: Counter[str] = Counter()
    for one in requests:
        if one.code and one.name != "sync of an edit":
            if not one.code.startswith(_PASSING):
                found[f"{one.name}: {one.code}"] += 1
            elif not one.says_when:
                found[f"{one.name}: {one.code} without Retry-After"] += 1
        elif one.code.startswith("unexpected"):
            found[f"{one.name}: {one.code}"] += 1
    return [f"{what}: {count}" for what, count in found.most_common()]


def _cells(requests: Sequence[Request], window: Window, next_s: float) -> list[str]:
    within = during(requests, window)
    quotes = [one.took_ms / _MS_PER_S for one in within if one.name == "answer in quotes" and not one.code]
    longest = max((one.took_ms / _MS_PER_S for one in within), default=0.0)
    quiet_s = quiet_after_s(requests, end_s=window.end_s, until_s=next_s)
    return [
        window.name,
        *(_share([one for one in within if one.name == kind]) for kind in _KINDS),
        f"{percentile(quotes, 0.95):.1f}" if quotes else "none served",
        f"{longest:.1f}",
        ", ".join(window.down) or "nothing is down",
        "not in time" if quiet_s is None else f"{quiet_s:.1f}",
    ]


def _share(found: Sequence[Request]) -> str:
    """Failed of all, with the codes; for the model also how many answers were not written by it."""
    codes = Counter(one.code for one in found if one.code)
    shown = f"{codes.total()} of {len(found)}"
    if codes:
        shown += f" ({', '.join(f'{code}: {count}' for code, count in codes.most_common(_SHOWN_CODES))})"
    instead = sum(1 for one in found if one.name == ANSWERED_BY_MODEL and one.note.startswith("extractive"))
    return f"{shown}, {instead} in quotes instead" if instead else shown
