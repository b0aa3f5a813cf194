import logging
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from core import metrics
from core.instruments import create_instruments
from store.catalog.watching import kind_of, shape_of, watch

SECRET = "Margarete Oberhuber"


@pytest.fixture
def counting() -> Iterator[None]:
    metrics.begin(create_instruments())
    yield
    metrics.begin(None)


@pytest.mark.parametrize(("slow_s", "count"), [(1e-9, 1), (0.0, 0), (60.0, 0)])
def test_a_slow_statement_is_logged_by_its_form(
    counting: None, caplog: pytest.LogCaptureFixture, slow_s: float, count: int
):
    engine = sa.create_engine("sqlite://", hide_parameters=True)
    watch(engine, slow_s=slow_s)
    statement = sa.select(sa.literal(SECRET))
    with engine.connect() as connection:
        connection.execute(statement)
    engine.dispose()
    registry = metrics.registry()
    assert registry is not None
    assert registry.get_sample_value("folio_sql_seconds_count", {"kind": "SELECT"}) == 1
    lines = [one.getMessage() for one in caplog.records if one.levelno >= logging.WARNING]
    assert len(lines) == count
    assert SECRET not in caplog.text
    assert "literal" not in caplog.text.casefold()


@given(st.text())
def test_kinds_are_few(statement: str):
    assert kind_of(statement) in {
        *("SELECT", "INSERT", "UPDATE", "DELETE", "PRAGMA", "BEGIN", "WITH", "CREATE", "ALTER"),
        "other",
    }


@given(st.text(), st.text())
def test_a_form_is_told_apart_without_its_text(left: str, right: str):
    assert (shape_of(left) == shape_of(right)) is (
        left.encode(errors="replace") == right.encode(errors="replace")
    )
    assert len(shape_of(left)) == 12
