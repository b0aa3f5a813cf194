from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from core.errors import InvalidInputError, SettingsError
from evals.judge.asking import Asking
from evals.judge.calibration.baselines import CheckerMetric, WordsMetric
from evals.judge.calibration.labelled import labelled_set
from evals.judge.calibration.plots import draw_reliability
from evals.judge.calibration.report import calibration_text
from evals.judge.calibration.running import calibrated

AT = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A WiCE of our own: what is supported stands in the evidence, what is not has other words."""
    folder = tmp_path / "wice" / "entailment_claim"
    folder.mkdir(parents=True)
    rows = [
        {
            "claim": f"The pump of hall {at} is oiled every month.",
            "evidence": [
                "TITLE: Halls",
                f"The pump of hall {at} is oiled every month."
                if at % 2
                else "Meals are served at noon in winter.",
            ],
            "label": "supported" if at % 2 else "not_supported",
        }
        for at in range(20)
    ]
    (folder / "dev.jsonl").write_bytes(b"\n".join(map(orjson.dumps, rows)))
    return tmp_path


def test_more_statements_have_the_fewer_among_them(data: Path) -> None:
    few, many = (labelled_set(data, "wice", count=count, seed=7) for count in (5, 15))
    assert many.rows[:5] == few.rows
    assert few.version != many.version
    assert labelled_set(data, "wice", count=5, seed=8).rows != few.rows


def test_a_set_that_is_not_there_is_said(data: Path) -> None:
    with pytest.raises(InvalidInputError, match="wice"):
        labelled_set(data, "nothing", count=5, seed=7)
    with pytest.raises(SettingsError, match="--data"):
        labelled_set(data, "clapnq", count=5, seed=7)


@pytest.mark.parametrize("metric", [CheckerMetric(), WordsMetric()], ids=lambda one: one.name)
async def test_a_judge_without_a_model_is_calibrated(metric: CheckerMetric | WordsMetric, data: Path) -> None:
    labelled = labelled_set(data, "wice", count=20, seed=7)
    found = await calibrated(metric, labelled, Asking(3), at=AT, seed=7)
    assert found.calibration.repeat_count == 1
    assert found.calibration.agreement.spearman == pytest.approx(1.0)
    assert len(found.judgements) == 20
    text = calibration_text([found])
    assert f"| {metric.name} | wice | 20 | 20 | 1.00 |" in text
    assert "pump" not in text
    file = data / "plot.png"
    draw_reliability([found], file)
    assert file.read_bytes().startswith(b"\x89PNG")
    assert not list(data.glob(".*.png"))  # noqa: ASYNC240
