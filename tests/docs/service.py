"""What pages say of the service: settings, metrics, endpoints."""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from core.instruments import create_instruments
from folio.settings_table import setting_rows
from tests.docs.pages import REPO, Fault, Page, is_said
from tests.docs.shell import source_of

_DOTTED = re.compile(r"^[a-z_]+(?:\.[a-z_0-9]+)+$")
_VARIABLE = re.compile(r"\bFOLIO_[A-Z0-9_]*[A-Z0-9]\b")
_METRIC = re.compile(r"(?<![\w/.-])folio_[a-z_]+[a-z]\b")
_CALL = re.compile(r"\b(GET|POST|PUT|PATCH|DELETE) (/v1[^\s`\"',;)]*)")
_PATH = re.compile(r"^(?:https?://(?:localhost|127\.0\.0\.1):8700)?(/v1/[^\s`\"']*)$")
_CURL = re.compile(r"curl\b.*?(?:localhost|127\.0\.0\.1):8700(/v1/[^\s'\"]*)")
_OF_PROGRAMS = {"FOLIO_HOME"}
_SUFFIXES = ("_total", "_bucket", "_count", "_sum", "")


def setting_faults(page: Page) -> Iterator[Fault]:
    """Settings and variables that are not there. What begins like a section may also be a module of ours or an audit action."""
    for line, text in page.spans():
        name = text.split("=", maxsplit=1)[0].strip()
        if _DOTTED.match(name) and name.split(".", maxsplit=1)[0] in _sections() and not _is_known(name):
            yield page.fault(line, f"there is no setting {name}")
    for line, text in page.everything():
        for name in _VARIABLE.findall(text):
            if name not in _variables() and not _is_prefix(name):
                yield page.fault(line, f"there is no variable {name}")


def metric_faults(page: Page) -> Iterator[Fault]:
    """Metrics that are not registered: instruments of a process, and what is counted when Prometheus asks."""
    for line, text in page.everything():
        for name in _METRIC.findall(text):
            if not any(name.removesuffix(suffix) in metrics() for suffix in _SUFFIXES) and not is_said(name):
                yield page.fault(line, f"there is no metric {name}")


def endpoint_faults(page: Page) -> Iterator[Fault]:
    """Methods and paths under `/v1` that the OpenAPI document does not have."""
    for line, text in page.everything():
        for method, path in _CALL.findall(text):
            if method.lower() not in _methods(path):
                yield page.fault(line, f"there is no {method} {path}")
        for path in _CURL.findall(text):
            if not _methods(path):
                yield page.fault(line, f"there is no endpoint {path}")
    for line, text in page.spans():
        path = _PATH.match(text)
        if path and not _methods(path[1]):
            yield page.fault(line, f"there is no endpoint {path[1]}")


@cache
def metrics() -> frozenset[str]:
    """Names of metrics without their suffixes."""
    return frozenset(family.name for family in create_instruments().registry.collect())


@cache
def operations() -> dict[str, frozenset[str]]:
    """Methods by path, as the document has them that is compared with the service's."""
    document: dict[str, Any] = json.loads((REPO / "tests/api/openapi.json").read_text(encoding="utf-8"))
    return {path: frozenset(found) for path, found in document["paths"].items()}


def _methods(path: str) -> set[str]:
    """The methods of a path with values, `{names}` or `$VARIABLES` in it."""
    wanted = re.split(r"[?#]", path, maxsplit=1)[0].rstrip("/.:").split("/")
    found: set[str] = set()
    for known, methods in operations().items():
        if _meets(wanted, known.split("/")):
            found |= methods
    return found


def _meets(wanted: list[str], known: list[str]) -> bool:
    if len(wanted) != len(known):
        # `/v1/...` and `/v1/keys/*` speak of several.
        return wanted[-1] in {"...", "*", "**"} and known[: len(wanted) - 1] == wanted[:-1]
    pairs = zip(wanted, known, strict=True)
    return all(one == other or (other.startswith("{") and one) for one, other in pairs)


@cache
def _settings() -> frozenset[str]:
    return frozenset(row.name for row in setting_rows())


@cache
def _sections() -> frozenset[str]:
    return frozenset(name.split(".", maxsplit=1)[0] for name in _settings() if "." in name)


@cache
def _variables() -> frozenset[str]:
    tests = "\n".join(path.read_text(encoding="utf-8") for path in (REPO / "tests").rglob("*.py"))
    files = [path for path in [*(REPO / "deploy").glob("*"), *REPO.glob("docker-compose*")] if path.is_file()]
    deployed = "\n".join(path.read_text(encoding="utf-8") for path in files)
    found = {*re.findall(r"FOLIO_TEST_[A-Z_]+", tests), *_VARIABLE.findall(deployed)}
    return frozenset({row.variable for row in setting_rows()} | _OF_PROGRAMS | found)


def _is_prefix(name: str) -> bool:
    """`FOLIO_RERANK__...` speaks of a section."""
    return any(variable.startswith(f"{name}__") for variable in _variables())


def _is_known(name: str) -> bool:
    return _is_setting(name) or _is_code(name) or is_said(name)


def _is_setting(name: str) -> bool:
    """A setting, a section, or a key inside of a setting that holds a table."""
    known = _settings()
    return any(one == name or one.startswith(f"{name}.") or name.startswith(f"{one}.") for one in known)


def _is_code(name: str) -> bool:
    """A module of ours, or what is in one, or a file."""
    parts = name.split(".")
    if REPO.joinpath(name).exists():
        return True
    for depth in range(len(parts), 0, -1):
        source = source_of(".".join(parts[:depth]))
        if source is not None:
            return all(part in source for part in parts[depth:])
    return False
