"""Takes the README's pictures from a running Folio: the demo's terminal and the Dagster UI.

python examples/record_pictures.py        (needs Chromium, and the `dev` extra)
"""

import fcntl
import io
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from rich.console import Console
from rich.text import Text

REPO = Path(__file__).resolve().parents[1]
PICTURES = REPO / "docs" / "pictures"
WIDTH_CHARS = 112
CHROMIUM_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]


def record_demo(home: Path) -> None:
    """Run the demo on a terminal of fixed width and keep what it printed as SVG."""
    environment = {**os.environ, "FOLIO_HOME": str(home), "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    notes, answers = on_terminal([sys.executable, "-m", "folio.cli.main", "demo"], environment)
    console = Console(record=True, width=WIDTH_CHARS, file=io.StringIO())
    console.print(Text("$ make demo"))
    console.print(Text.from_ansi(shortened(notes + answers)))
    svg = console.export_svg(title="make demo")
    # The font would be fetched from another host; any monospaced one will do.
    (PICTURES / "demo.svg").write_text(re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL))


def on_terminal(command: list[str], environment: dict[str, str]) -> tuple[str, str]:
    """Run a command with a terminal as its stdout; what it wrote to stderr and to stdout."""
    terminal, screen = os.openpty()
    fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", 60, WIDTH_CHARS, 0, 0))
    with tempfile.TemporaryFile("w+") as notes:
        with subprocess.Popen(command, env=environment, cwd=REPO, stdout=screen, stderr=notes) as running:
            os.close(screen)
            answers = b"".join(iter(lambda: read_or_end(terminal), b""))
        notes.seek(0)
        written = notes.read()
    if running.returncode:
        raise SystemExit(f"the demo ended with {running.returncode}:\n{written}")
    return written, answers.decode()


def read_or_end(terminal: int) -> bytes:
    """The next bytes of a terminal; none once its program has ended, which Linux reports as an error."""
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""


def shortened(output: str) -> str:
    """The output with the middle of the long document table left out."""
    lines = [line.rstrip() for line in output.replace(str(REPO) + "/", "").splitlines()]
    rows = [number for number, line in enumerate(lines) if "│" in line]
    if len(rows) < 16:
        return "\n".join(lines)
    return "\n".join([*lines[: rows[8]], "│ ...", *lines[rows[-5] :]])


def record_dagster(home: Path) -> None:
    """Serve the handbook, wait for its run, and photograph the asset graph and the run's metadata."""
    environment = {**os.environ, "FOLIO_HOME": str(home)}
    command = [sys.executable, "-m", "folio.cli.main", "up", "examples/handbook", "--api-port", "0"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True, cwd=REPO) as service:
        try:
            url = dagster_url(service)
            with sync_playwright() as browsers:
                browser = browsers.chromium.launch(
                    executable_path=shutil.which("chromium"), args=CHROMIUM_FLAGS
                )
                page = browser.new_page(viewport={"width": 1500, "height": 560})
                photograph(page, f"{url}/asset-groups", PICTURES / "dagster.png")
                browser.close()
        finally:
            service.terminate()


def dagster_url(service: "subprocess.Popen[str]") -> str:
    """Where Dagster listens, as `folio up` says it, once the first sync is done."""
    url = ""
    for line in service.stderr or ():
        sys.stdout.write(line)
        if match := re.match(r"Dagster +(http://\S+)", line):
            url = match[1]
        if line.startswith("serving"):
            return url
    raise SystemExit("folio up ended before it served")


def photograph(page: Page, url: str, target: Path) -> None:
    """Open a page, let it settle, take its picture."""
    page.goto(url)
    page.wait_for_timeout(9000)
    page.screenshot(path=target)


if __name__ == "__main__":
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        record_demo(Path(folder) / "home")
        record_dagster(Path(folder) / "home")
