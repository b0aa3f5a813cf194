"""How well citations are checked: quotes located, claims told apart, contradictions found.

python -m evals.eval_citations --data FOLDER [--count N] [--seed N]

The threshold of the check is read off claims that are made of SQuAD's training questions; WiCE and CLAP NQ only report.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter

from core.errors import FolioError
from evals.citation_eval.alterations import OTHER, SAME
from evals.citation_eval.claims import LabelledClaim, clapnq_claims, made_claims, wice_claims
from evals.citation_eval.location import location_rows
from evals.citation_eval.made_contradictions import made_pairs, pair_rows
from evals.citation_eval.sentences import Drawn, drawn_sentences
from evals.citation_eval.verdicts import THRESHOLDS, best_threshold, passed_share, scored, verdicts
from generation.checking.support import LEAST_SUPPORT

_LABELS = ("partially_supported", "not_supported")


def location_section(drawn: Sequence[Drawn], *, seed: int) -> str:
    """Quotes that say the same must be found, others must not."""
    lines = ["| kind | quotes | located | right place | ms |", "|---|---|---|---|---|"]
    for meant, kinds in (("same", SAME), ("other", OTHER)):
        lines += [
            f"| {meant}: {row.kind} | {row.count} | {row.located:.4f} | {row.right:.4f} | {row.ms:.1f} |"
            for row in location_rows(drawn, kinds, seed=seed)
        ]
    return "\n".join(["## Quotes located", "", *lines])


def claims_section(name: str, claims: Sequence[LabelledClaim], *, chooses: bool) -> str:
    """Precision, recall and F1 of `supported` at each threshold, and what passes of the other labels."""
    began = perf_counter()
    rows = scored(claims)
    ms = 1000 * (perf_counter() - began) / max(len(rows), 1)
    lines = [
        "| threshold | precision | recall | F1 | partly supported that pass | unsupported that pass |",
        "|---|---|---|---|---|---|",
    ]
    for threshold in sorted({*THRESHOLDS, LEAST_SUPPORT}):
        found = verdicts(rows, threshold)
        shares = " | ".join(f"{passed_share(rows, label, threshold):.3f}" for label in _LABELS)
        mark = " (served)" if threshold == LEAST_SUPPORT else ""
        lines.append(
            f"| {threshold}{mark} | {found.precision:.3f} | {found.recall:.3f} | {found.f1:.3f} | {shares} |"
        )
    chosen = [f"Best F0.5: {best_threshold(rows)}."] if chooses else []
    return "\n".join([f"## {name}: {len(rows)} claims, {ms:.1f} ms each", "", *lines, *chosen])


def contradictions_section(drawn: Sequence[Drawn], *, seed: int) -> str:
    """What is found of contradictions, and what is called one and is none."""
    pairs = made_pairs(drawn, seed=seed)
    began = perf_counter()
    rows = pair_rows(pairs)
    ms = 1000 * (perf_counter() - began) / max(len(pairs), 1)
    true = sum(row.found * row.count for row in rows if row.contradicts)
    called = sum(row.found * row.count for row in rows)
    wanted = sum(row.count for row in rows if row.contradicts)
    lines = [
        f"| {row.kind} | {row.count} | {'yes' if row.contradicts else 'no'} | {row.found:.3f} |"
        for row in rows
    ]
    total = f"Precision {true / max(called, 1):.3f}, recall {true / max(wanted, 1):.3f}, {ms:.1f} ms a pair."
    head = ["| the second sentence | pairs | contradicts | called so |", "|---|---|---|---|"]
    return "\n".join(["## Contradictions", "", *head, *lines, "", total])


def report(data: Path, *, count: int, seed: int) -> str:
    """All tables as Markdown.

    Raises:
        SettingsError: A set is not in the folder.
    """
    drawn = drawn_sentences(data, count=count, seed=seed)
    made = made_claims(data, count=count // 2, seed=seed)
    parts: list[Callable[[], str]] = [
        lambda: location_section(drawn, seed=seed),
        lambda: claims_section("Made of questions and answers", made, chooses=True),
        lambda: claims_section("WiCE", wice_claims(data), chooses=False),
        lambda: claims_section("CLAP NQ", clapnq_claims(data, seed=seed), chooses=False),
        lambda: contradictions_section(drawn, seed=seed),
    ]
    return "\n\n".join(part() for part in parts)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.eval_citations", description=(__doc__ or "").split("\n", 1)[0]
    )
    parser.add_argument("--data", type=Path, help="folder that holds the sets")
    parser.add_argument("--count", type=int, default=2000, help="sentences that are drawn")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args(arguments)
    if options.data is None:
        sys.stdout.write("nothing measured: name the folder with the sets with --data\n")
        return 0
    try:
        text = report(options.data, count=options.count, seed=options.seed)
    except FolioError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(text + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
