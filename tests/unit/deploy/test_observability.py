"""The dashboard and the alerts name metrics and labels that exist, and are of the form that their programs read."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from api.scraping import StoreState, families
from core.census import Census, DriftSeen, EvaluationSeen
from core.health import HealthCheck
from core.instruments import Instruments, create_instruments

DEPLOY = Path(__file__).resolve().parents[3] / "deploy"
BOARD: dict[str, Any] = json.loads((DEPLOY / "grafana" / "folio.json").read_text(encoding="utf-8"))
ALERTS: dict[str, Any] = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yml").read_text(encoding="utf-8"))
RULES: list[dict[str, Any]] = [rule for group in ALERTS["groups"] for rule in group["rules"]]
# What Prometheus itself adds to everything that it scrapes.
TARGET_LABELS = {"job", "instance"}
SELECTOR = re.compile(r"\b(folio_\w+|up)\b(?:\{([^}]*)\})?")
LABEL = re.compile(r"(\w+)\s*(?:=~|!~|!=|=)")
GROUPED = re.compile(r"\bby \(([^)]*)\)")
DURATION = re.compile(r"(?:\d+[smhd])+")


def known() -> dict[str, set[str]]:
    """Every series and its labels."""
    found: dict[str, set[str]] = {"up": set()}
    made = create_instruments()
    for field in Instruments.__dataclass_fields__:
        instrument = getattr(made, field)
        if field == "registry":
            continue
        name, labels = instrument._name, set(instrument._labelnames)
        match instrument._type:
            case "counter":
                found[f"{name}_total"] = labels
            case "histogram":
                found |= {f"{name}_sum": labels, f"{name}_count": labels, f"{name}_bucket": labels | {"le"}}
            case _:
                found[name] = labels
    counts = {"x": 1}
    judged = DriftSeen({"x": True}, 1.0), {"x": EvaluationSeen(failed=True, age_s=1.0)}
    whole = Census(counts, 1, counts, 1.0, counts, 1, 1, 1, 1.0, 1.0, 1, *judged)
    for family in families(StoreState((HealthCheck("catalog", healthy=True, detail=""),), whole)):
        found[family.name] = {label for sample in family.samples for label in sample.labels}
    return found


KNOWN = known()


def queries() -> Iterator[tuple[str, str]]:
    for panel in BOARD["panels"]:
        for target in panel.get("targets", []):
            yield f"panel {panel['title']}", target["expr"]
    for rule in RULES:
        yield f"alert {rule['alert']}", rule["expr"]


QUERIES = list(queries())


@pytest.mark.parametrize(
    ("where", "query"), QUERIES, ids=[f"{where}-{n}" for n, (where, _) in enumerate(QUERIES)]
)
def test_every_query_asks_for_what_there_is(where: str, query: str):
    del where
    selectors = SELECTOR.findall(query)
    assert selectors
    labels: set[str] = set(TARGET_LABELS)
    for name, chosen in selectors:
        assert name in KNOWN
        assert set(LABEL.findall(chosen)) <= KNOWN[name] | TARGET_LABELS
        labels |= KNOWN[name]
    for grouped in GROUPED.findall(query):
        assert {one.strip() for one in grouped.split(",")} <= labels


@pytest.mark.parametrize(
    ("where", "query"), QUERIES, ids=[f"{where}-{n}" for n, (where, _) in enumerate(QUERIES)]
)
def test_every_query_is_closed(where: str, query: str):
    del where
    bare = re.sub(r'"[^"]*"', "", query)
    assert all(bare.count(left) == bare.count(right) for left, right in ("()", "{}", "[]"))
    for name, _ in SELECTOR.findall(query):
        # The rate of a gauge says nothing, and neither does a counter without one.
        is_counter = name.endswith(("_total", "_bucket", "_count", "_sum"))
        assert not is_counter or re.search(rf"(rate|increase)\({name}", query)


def test_every_metric_is_on_the_dashboard():
    shown = {
        name for where, query in QUERIES if where.startswith("panel") for name, _ in SELECTOR.findall(query)
    }
    families = {re.sub(r"_(total|sum|count|bucket)$", "", name) for name in KNOWN} - {"up"}
    assert families == {re.sub(r"_(total|sum|count|bucket)$", "", name) for name in shown}


def test_panels_have_ids_and_places_of_their_own():
    ids = [panel["id"] for panel in BOARD["panels"]]
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in BOARD["panels"]]
    assert len(set(ids)) == len(ids)
    assert len(set(places)) == len(places)
    assert all(panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24 for panel in BOARD["panels"])


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_is_as_prometheus_reads_it(rule: dict[str, Any]):
    assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
    assert re.fullmatch(r"Folio[A-Z]\w+", rule["alert"])
    assert rule["labels"]["severity"] in {"page", "ticket"}
    assert set(rule["annotations"]) == {"summary", "description"}
    assert DURATION.fullmatch(rule.get("for", "1m"))


def test_alerts_have_names_of_their_own():
    names = [rule["alert"] for rule in RULES]
    assert len(set(names)) == len(names)


def test_prometheus_scrapes_with_a_credential_and_reads_the_alerts():
    found = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text(encoding="utf-8"))
    (job,) = found["scrape_configs"]
    assert job["metrics_path"] == "/metrics"
    assert job["authorization"] == {"credentials_file": "/run/secrets/folio_metrics"}
    assert found["rule_files"] == ["/etc/prometheus/alerts.yml"]


def test_what_is_mounted_beside_folio_is_there():
    text = (DEPLOY / "observability.compose.yml").read_text(encoding="utf-8")
    for volume in re.findall(r"- \./deploy/([^:]+):", text):
        assert (DEPLOY / volume).exists()
    services = yaml.safe_load(text)["services"]
    assert all(re.search(r":v?\d+\.\d+\.\d+$", one["image"]) for one in services.values())
    assert "admin" not in text.casefold().replace("gf_security_admin_password", "")
