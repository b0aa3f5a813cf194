"""Renders the binary files of the example handbook from their Markdown sources.

    python -m examples.make_handbook [--out FOLDER]

`handbook_source/finance/budget-2025.xlsx.md` becomes `handbook/finance/budget-2025.xlsx`. Text files (md, html, txt, eml)
live in `handbook/` itself. The result is the same to the byte on every machine with the versions of `constraints.txt`;
a test compares it with what is committed.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

from examples.renderers import pdf, sheet, slides, word
from examples.renderers.blocks import Document, parse

HERE = Path(__file__).parent
SOURCES = HERE / "handbook_source"
HANDBOOK = HERE / "handbook"
CORRUPT_FILE = "archive/scan-0417.pdf"

_RENDERERS: dict[str, Callable[[Document], bytes]] = {
    ".docx": word.render,
    ".pdf": pdf.render,
    ".pptx": slides.render,
    ".xlsx": sheet.render,
}


def rendered() -> dict[str, bytes]:
    """Every generated file by its path in the handbook, the corrupt one included."""
    files = {}
    for source in sorted(SOURCES.rglob("*.md")):
        target = source.relative_to(SOURCES).with_suffix("")
        document = parse(source.read_text(encoding="utf-8"))
        files[target.as_posix()] = _RENDERERS[target.suffix](document)
    return {**files, CORRUPT_FILE: corrupt_pdf()}


def corrupt_pdf() -> bytes:
    """A scan whose transfer broke off: a header, and an image stream that never ends."""
    noise = bytes(number * number % 251 for number in range(2000))
    return b"%PDF-1.4\n1 0 obj\n<< /Type /XObject /Subtype /Image /Length 481223 >>\nstream\n" + noise


def main() -> None:
    """Write all files below the handbook, or below another folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--out", type=Path, default=HANDBOOK, help="folder to write to (default: %(default)s)"
    )
    out = parser.parse_args().out
    for name, data in rendered().items():
        target = out / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        print(f"{len(data):>9,} bytes  {target}")


if __name__ == "__main__":
    main()
