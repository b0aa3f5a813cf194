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
import time
from collections.abc import Callable
from pathlib import Path

import httpx
from playwright.sync_api import Page, sync_playwright
from rich.console import Console
from rich.text import Text

REPO = Path(__file__).resolve().parents[1]
PICTURES = REPO / "docs" / "pictures"
WIDTH_CHARS = 112
WINDOW = {"width": 2300, "height": 640}
SETTLE_MS = 9000
# With both groups unfolded.
LINEAGE = "asset-groups?expanded=global%40global%3Acorpus%2Cglobal%40global%3Agraph"
RUN_LIMIT_S = 180
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


def record_dagster(home: Path, folder: Path) -> None:
    """Serve a copy of the handbook and photograph the asset graph, a run's metadata, its plots and a failed check."""
    shutil.copytree(REPO / "examples" / "handbook", folder)
    # Every sync gets its plots, not one in five minutes.
    environment = {**os.environ, "FOLIO_HOME": str(home), "FOLIO_DAGSTER__PLOT_INTERVAL_S": "0"}
    command = [
        sys.executable,
        "-m",
        "folio.cli.main",
        "up",
        str(folder),
        "--api-port",
        "0",
        "--dagster-port",
        "0",
    ]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True, cwd=REPO) as service:
        try:
            url = dagster_url(service)
            with sync_playwright() as browsers:
                browser = browsers.chromium.launch(
                    executable_path=shutil.which("chromium"), args=CHROMIUM_FLAGS
                )
                photograph_dagster(browser.new_page(viewport=WINDOW), url, folder)
                browser.close()
        finally:
            service.terminate()


def photograph_dagster(page: Page, url: str, folder: Path) -> None:
    """Edit documents for some syncs to look at; then take the folder away, which turns the last one red."""
    photograph(page, f"{url}/{LINEAGE}", PICTURES / "dagster.png")
    wait_for_next_run(url, lambda: launch(url, "graph_job"))
    photograph(page, f"{url}/{LINEAGE}", PICTURES / "dagster-graph.png")
    for number, file in enumerate(sorted(folder.glob("policies/*.md"))[:3]):
        wait_for_next_run(url, lambda: file.write_text(f"{file.read_text()}\nRemark {number}.\n"))  # noqa: B023
    page.set_viewport_size({"width": 1500, "height": 1640})
    photograph(page, f"{url}/assets/vector_index?view=events", PICTURES / "dagster-run.png")
    page.get_by_text("Show Markdown").last.click()
    page.wait_for_timeout(SETTLE_MS)
    page.get_by_role("dialog").last.screenshot(path=PICTURES / "dagster-plots.png")
    wait_for_next_run(url, lambda: folder.rename(folder.with_name("unmounted")))
    page.set_viewport_size({"width": 1500, "height": 820})
    check = "assets/vector_index?view=checks&checkDetail=sources_reachable"
    photograph(page, f"{url}/{check}", PICTURES / "dagster-check.png")


def wait_for_next_run(url: str, act: Callable[[], object]) -> None:
    """Do something that asks for a run, and return when that has ended."""
    before = ended_runs(url)
    act()
    until_s = time.monotonic() + RUN_LIMIT_S
    while ended_runs(url) <= before:
        if time.monotonic() > until_s:
            raise SystemExit(f"no run ended within {RUN_LIMIT_S} s")
        time.sleep(1)


def launch(url: str, job: str) -> None:
    """Ask Dagster for a run of a job."""
    selector = {
        "repositoryLocationName": "pipelines.definitions",
        "repositoryName": "__repository__",
        "jobName": job,
    }
    query = "mutation($p:ExecutionParams!){launchRun(executionParams:$p){__typename}}"
    body = {"query": query, "variables": {"p": {"selector": selector, "runConfigData": {}}}}
    httpx.post(f"{url}/graphql", json=body, timeout=60, trust_env=False).raise_for_status()


def ended_runs(url: str) -> int:
    """How many runs have ended."""
    query = "{runsOrError(filter:{statuses:[SUCCESS,FAILURE]}){... on Runs{count}}}"
    reply = httpx.post(f"{url}/graphql", json={"query": query}, timeout=60, trust_env=False)
    return int(reply.json()["data"]["runsOrError"]["count"])


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
    page.wait_for_timeout(SETTLE_MS)
    page.screenshot(path=target)


if __name__ == "__main__":
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        record_demo(Path(folder) / "home")
        record_dagster(Path(folder) / "home", Path(folder) / "handbook")
