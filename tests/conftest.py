"""What every test starts from: no setting of the developer's own environment."""

import os
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

from core.config import Settings, load_settings

REPO = Path(__file__).resolve().parents[1]
BENCH = REPO.parent / "shared" / "bench"


# The default suite says the same twice on the same code; `make test-slow` looks for new counterexamples. Neither depends on how
# busy the machine is.
hypothesis_settings.register_profile("repeatable", derandomize=True, deadline=None)
hypothesis_settings.register_profile("explore", derandomize=False, print_blob=True, deadline=None)
hypothesis_settings.load_profile("repeatable")


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unset every FOLIO_ variable, except those that name services for the tests."""
    for name in list(os.environ):
        if name.upper().startswith("FOLIO_") and not name.upper().startswith("FOLIO_TEST_"):
            monkeypatch.delenv(name)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def settings(home: Path) -> Settings:
    """Default settings in a fresh home, without redaction (most tests do not need it, and it loads spaCy).

    No file is waited for that was written a moment ago.
    """
    return load_settings(home=home, redaction={"policy": "off"}, ingest={"settle_s": 0})


@pytest.fixture
def bench() -> Path:
    """Third-party data sets, where the machine has them."""
    if not BENCH.is_dir():
        pytest.skip("needs the third-party benchmark data, which is not part of the project")
    return BENCH
