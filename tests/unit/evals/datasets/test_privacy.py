"""Golden sets are without personal data: what the redactor finds goes, and where it was is told."""

from dataclasses import replace
from pathlib import Path

import pytest

from core.clock import SystemClock
from core.config import load_settings
from evals.datasets.model import EvalCase, GoldSpan
from evals.datasets.privacy import personal_fields, without_personal_data
from folio.assembly import open_catalog
from folio.kept_words import text_redactor
from tests.unit.evals.datasets.sets import PRESSURE

MAIL = "jane.roe@example.com"


async def rewrite(text: str) -> str:
    return text.replace(MAIL, "EMAIL_ADDRESS_0a1b2c3d4e5f")


@pytest.mark.asyncio
async def test_personal_data_goes_and_the_fields_that_had_it_are_told() -> None:
    case = EvalCase(
        "p", f"Who is {MAIL}?", grades={"d": 1}, answers=(f"{MAIL}, of sales", "sales"),
        spans=(GoldSpan("d", f"{MAIL}: sales", 4), GoldSpan("d", "of sales")),
    )  # fmt: skip

    found = await without_personal_data([PRESSURE, case], rewrite)

    clean = replace(
        case,
        question="Who is EMAIL_ADDRESS_0a1b2c3d4e5f?",
        answers=("EMAIL_ADDRESS_0a1b2c3d4e5f, of sales", "sales"),
        spans=case.spans[1:],
    )
    assert found.cases == (PRESSURE, clean)
    assert found.found == {"p": ("question", "answers", "spans")}
    assert MAIL not in repr(found)
    assert await personal_fields(found.cases, rewrite) == {}


@pytest.mark.slow
@pytest.mark.asyncio
async def test_the_redactor_of_documents_serves_and_leaves_pseudonyms(tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path / "home")
    cases = [
        EvalCase("mail", f"What did {MAIL} order?"),
        EvalCase("token", "What did EMAIL_ADDRESS_0a1b2c3d4e5f order?"),
        EvalCase("plain", "Which pressure has the TP-310?"),
    ]
    async with open_catalog(settings, SystemClock()) as catalog:
        found = await personal_fields(cases, text_redactor(settings, catalog, tenant="default"))
    assert found == {"mail": ("question",)}
