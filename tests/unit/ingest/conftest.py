from pathlib import Path

import pytest

from tests.unit.ingest.world import World, settings


@pytest.fixture
def world(tmp_path: Path) -> World:
    folder = tmp_path / "docs"
    folder.mkdir()
    return World(folder, settings(tmp_path / "home"))
