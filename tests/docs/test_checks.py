"""The checks of the documentation find lies: each with the page and the line, and nothing in what is true."""

from pathlib import Path

import pytest

from tests.docs.pages import REPO, parse_page
from tests.docs.shell import commands
from tests.docs.test_pages import CHECKS, PAGES

LIES = {
    "a command": ("commands", "See `folio frobnicate`.", "there is no command frobnicate"),
    "a command of a group": ("commands", "See `folio graph frobnicate X`.", "there is no command frobnicate"),
    "one of several commands": ("commands", "See `folio vault status|shred`.", "there is no command shred"),
    "an option": ("commands", "See `folio ask Q --loudly`.", "`ask` has no option --loudly"),
    "an option in brackets": ("commands", "See `folio ask QUESTION [--loudly]`.", "has no option --loudly"),
    "an option of another command": ("commands", "See `folio status --why-not X`.", "has no option --why-not"),
    "a command in a block": (
        "commands",
        "```console\n$ make up\nfolio ingest --no\n$ FOLIO_HOME=x folio ingst /srv && true\n```",
        "page.md:4: `FOLIO_HOME=x folio ingst /srv && true`: there is no command ingst",
    ),
    "a command of bash": ("commands", "```bash\nfolio graph nodes\n```", "page.md:2: "),
    "a command in a container": (
        "commands",
        "```console\n$ docker compose exec api folio doktor\n```",
        "there is no command doktor",
    ),
    "an option alone": ("options", "Add `--loudly`.", "`--loudly` is an option of no command"),
    "a target": ("make", "See `make coffee`.", "make has no target coffee"),
    "a variable of make": ("make", "See `make demo DOCZ=x`.", "make reads no variable DOCZ"),
    "a module": ("modules", "See `python -m evals.eval_coffee`.", "there is no module evals.eval_coffee"),
    "its option": ("modules", "See `python -m evals.eval_pii --milk`.", "evals.eval_pii has no option --milk"),
    "a setting": ("settings", "Set `retrieval.flavour`.", "there is no setting retrieval.flavour"),
    "its value": ("settings", "Set `retrieval.flavour = 2`.", "there is no setting retrieval.flavour"),
    "a variable": ("settings", "Set FOLIO_RETRIEVAL__FLAVOUR.", "there is no variable FOLIO_RETRIEVAL__FLAVOUR"),
    "a metric": ("metrics", "Watch `folio_cups_total`.", "there is no metric folio_cups_total"),
    "an endpoint": ("endpoints", "`GET /v1/coffee`", "there is no GET /v1/coffee"),
    "a method": ("endpoints", "`DELETE /v1/search`", "there is no DELETE /v1/search"),
    "a path alone": ("endpoints", "Ask `/v1/coffee/{id}`.", "there is no endpoint /v1/coffee/{id}"),
    "an address of curl": (
        "endpoints",
        "```console\n$ curl -s localhost:8700/v1/serch?q=x\n```",
        "page.md:2: there is no endpoint /v1/serch?q=x",
    ),
    "a link": ("links", "Read [this](docs/nothing.md).", "the link to docs/nothing.md leads nowhere"),
    "a picture": ("links", "![x](docs/pictures/nothing.png)", "leads nowhere"),
    "an anchor": ("links", "Read [this](docs/search.md#fision).", "there is no heading for #fision"),
    "an anchor of the page": ("links", "# One\n\n[two](#two)", "page.md:3: there is no heading for #two"),
    "a file": ("files", "See `core/nothing.py`.", "there is no file core/nothing.py"),
    "a test in a file": ("files", "`tests/e2e/test_cli.py::test_x`", "has no test test_x"),
    "a test": ("files", "See `test_of_nothing_at_all`.", "there is no test test_of_nothing_at_all"),
    "JSON": ("syntax", 'x\n\n```json\n{"a": }\n```', "page.md:4: json"),
    "TOML": ("syntax", "```toml\na = \n```", "page.md:2: toml"),
    "settings in TOML": ("syntax", "```toml\n[retrieval]\nflavour = 1\n```", "page.md:2: toml"),
    "rules in TOML": ("syntax", '```toml\n[[rules]]\nname = "x"\n```', "page.md:2: toml"),
    "a policy in TOML": ("syntax", "```toml\nalpha = 0.1\nbeta = 1\n```", "page.md:2: toml"),
    "YAML": ("syntax", "```yaml\na: [\n```", "page.md:2: yaml"),
    "Python": ("syntax", "```python\nprint(\n```", "page.md:2: python"),
    "an import": ("python", "```python\nfrom folio import Base\n```", "page.md:2: folio has no Base"),
    "an import of an adapter": (
        "python",
        "```python\nfrom folio.llama_index import FolioCoffee\n```",
        "folio.llama_index has no FolioCoffee",
    ),
    "a module of ours": ("python", "```python\nfrom folio.coffee import Cup\n```", "no module folio.coffee"),
    "a package": ("python", "```python\nimport coffee_machine\n```", "there is no module coffee_machine"),
    "a method of the class": (
        "python",
        '```python\nasync with KnowledgeBase() as kb:\n    await kb.brew("x")\n```',
        "page.md:3: KnowledgeBase has no brew",
    ),
    "an argument": (
        "python",
        '```python\nasync with KnowledgeBase() as kb:\n    await kb.answer("x", sugar=2)\n```',
        "takes no sugar",
    ),
    "an argument of a client": (
        "python",
        '```python\nfrom folio import Client\n\nwith Client() as folio:\n    folio.answer("x", sugar=2)\n```',
        "page.md:5: answer takes no sugar",
    ),
    "a method in prose": ("methods", "Call `KnowledgeBase.brew()`.", "KnowledgeBase has no brew"),
}  # fmt: skip

TRUTHS = """# A page: with `code`, twice

`folio ask QUESTION [--json]`, `folio vault status|rotate [--json]`, `folio sessions ... --json`, `folio --home X status`,
`make demo DOCS=~/x`, `python -m evals.eval_pii --data FOLDER`, `--json`, `retrieval.fusion = "rrf"`, `evals.bench_points`,
`FOLIO_RERANK__...`, `folio_requests_total`, `POST /v1/search`, `GET /v1/documents/{doc_id}`, `/v1/keys/$ID`, `kb.ingest`,
`core/config.py`, `docs/*.md`, [here](#a-page-with-code-twice), [there](docs/search.md#fusion), `redaction.thresholds.PERSON`.

```console
$ curl -s localhost:8700/v1/search?q=x | jq
{"nothing": "folio frobnicate"}
```

```json
{"hits": [...], "n": 1, ...}
```
"""


@pytest.mark.parametrize(("check", "text", "told"), LIES.values(), ids=list(LIES))
def test_lie_is_found(
    check: str, text: str, told: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    found = [str(fault) for fault in CHECKS[check](parse_page(text, folder=REPO))]
    assert len(found) == 1, found
    assert found[0].startswith("page.md:")
    assert told in found[0]


@pytest.mark.parametrize("check", CHECKS.values(), ids=list(CHECKS))
def test_truth_is_left_alone(check, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert [str(fault) for fault in check(parse_page(TRUTHS, folder=REPO))] == []


def test_the_pages_have_what_is_looked_for() -> None:
    said = [text for page in PAGES for _, text in commands(page)]
    assert sum(text.startswith("folio ") for text in said) > 100
    assert sum(text.startswith("make ") for text in said) > 20
    assert sum(block.language == "python" for page in PAGES for block in page.blocks) > 5
