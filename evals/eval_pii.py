"""How much personal data is found and what is found by mistake, beside Presidio as it comes, on public labelled sets.

python -m evals.eval_pii --data FOLDER [--residuals FILE]

Both run in one process with the same spaCy model; Presidio with every recogniser that it enables. A finding is right if it
overlaps a label of the same type. The recognisers were developed on one half of presidio-research, by the hash of the
sentence; the other half and WNUT 2017 were only counted.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.config import RedactionSettings
from core.errors import SettingsError
from evals.pii_bench.labelled import DEVELOPED_ON, HELD_OUT, LabelledText, presidio_research, wnut17
from evals.pii_bench.scoring import Residual, Score, score, table
from ingest.pii.spans import Finding

OURS, STOCK = "Folio", "Presidio"


@dataclass(frozen=True, slots=True)
class Kind:
    """A type as it is labelled, as Folio finds it and as Presidio does. Empty: not labelled, every finding is wrong."""

    name: str
    labelled: tuple[str, ...]
    ours: tuple[str, ...]
    stock: tuple[str, ...]
    also_right: tuple[str, ...] = ()


def _same(name: str) -> Kind:
    return Kind(name, (name,), (name,), (name,))


KINDS = (
    *map(
        _same, ("PERSON", "EMAIL_ADDRESS", "PHONE_NUMBER", "CREDIT_CARD", "IBAN_CODE", "US_SSN", "IP_ADDRESS")
    ),
    Kind("STREET_ADDRESS", ("STREET_ADDRESS",), ("STREET_ADDRESS",), ("LOCATION",), ("GPE", "ZIP_CODE")),
    Kind("DRIVER_LICENSE", ("US_DRIVER_LICENSE",), ("DRIVER_LICENSE",), ("US_DRIVER_LICENSE",)),
    Kind("BANK_NUMBER", (), ("BANK_NUMBER",), ("US_BANK_NUMBER",)),
    Kind("NATIONAL_ID", (), ("NATIONAL_ID",), ("UK_NHS", "US_ITIN")),
    Kind("PASSPORT", (), ("PASSPORT",), ("US_PASSPORT",)),
    Kind("SECRET", (), ("SECRET",), ()),
    # Dates are labelled, dates of birth are not: only what is found without being a date is wrong.
    Kind("DATE_OF_BIRTH", (), ("DATE_OF_BIRTH",), (), ("DATE_TIME",)),
)
Found = dict[str, list[list[Finding]]]


def detect(texts: Sequence[LabelledText]) -> Found:
    """What each of the two finds: Folio what it would replace, Presidio all its results."""
    from core.hidden_modules import hidden

    with hidden("torch", "transformers"):
        from ingest.pii.detector import Detector
        from ingest.pii.spans import final
        from ingest.pii.stock import StockPresidio

        settings = RedactionSettings()
        detector, stock = Detector(settings), StockPresidio(nlp_model=settings.nlp_model)
    plain = [text.text for text in texts]
    ours = [final(text, found) for text, found in zip(plain, detector.find(plain), strict=True)]
    return {OURS: ours, STOCK: list(stock.find(plain))}


def scores(
    texts: Sequence[LabelledText], found: Found, kinds: Sequence[Kind] = KINDS
) -> tuple[dict[str, dict[str, Score]], list[Residual]]:
    """Scores by type and detector, and what Folio gets wrong."""
    rows: dict[str, dict[str, Score]] = {}
    residuals: list[Residual] = []
    for kind in kinds:
        as_labelled = {"labelled_as": kind.labelled, "also_right": kind.also_right}
        ours, wrong = score(texts, found[OURS], entity=kind.name, found_as=kind.ours, **as_labelled)
        stock, _ = score(texts, found[STOCK], entity=kind.name, found_as=kind.stock, **as_labelled)
        rows[kind.name] = {OURS: ours, STOCK: stock}
        residuals += wrong
    return rows, residuals


def only_half(texts: Sequence[LabelledText], found: Found, half: str) -> tuple[list[LabelledText], Found]:
    """The part of texts and findings that belongs to one half."""
    kept = [index for index, text in enumerate(texts) if text.half == half]
    return [texts[index] for index in kept], {
        name: [rows[index] for index in kept] for name, rows in found.items()
    }


def report(folder: Path) -> tuple[str, list[Residual]]:
    """Tables of both sets as Markdown, and Folio's mistakes in them.

    Raises:
        SettingsError: A data set is not in the folder.
    """
    research, noisy = presidio_research(folder), wnut17(folder)
    found, of_noisy = _split(detect([*research, *noisy]), len(research))
    rows, residuals = scores(research, found)
    parts = [f"## presidio-research, {len(research)} sentences", table(rows)]
    for half in (DEVELOPED_ON, HELD_OUT):
        texts, part = only_half(research, found, half)
        parts += [
            f"## presidio-research, the half that was {half}: {len(texts)}",
            table(scores(texts, part)[0]),
        ]
    people, more = scores(noisy, of_noisy, KINDS[:1])
    parts += [f"## WNUT 2017 test, {len(noisy)} messages", table(people)]
    return "\n\n".join(parts), [*residuals, *more]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables; write or print what is wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.eval_pii", description=(__doc__ or "").split("\n", 1)[0]
    )
    parser.add_argument("--data", type=Path, help="folder with presidio_research/ and wnut17/")
    parser.add_argument(
        "--residuals", type=Path, help="file for what was missed or wrong; without it, it is printed"
    )
    options = parser.parse_args(arguments)
    if options.data is None:
        sys.stdout.write("nothing measured: name the folder with the labelled data sets with --data\n")
        return 0
    try:
        text, residuals = report(options.data)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(text + "\n")
    listed = "".join(f"{row.entity}\t{row.kind}\t{row.around}\n" for row in residuals)
    if options.residuals:
        options.residuals.write_text(listed, encoding="utf-8")
    else:
        sys.stdout.write(f"\n## Missed and wrong\n\n{listed}")
    return 0


def _split(found: Found, count: int) -> tuple[Found, Found]:
    return (
        {name: rows[:count] for name, rows in found.items()},
        {name: rows[count:] for name, rows in found.items()},
    )


if __name__ == "__main__":
    raise SystemExit(main())
