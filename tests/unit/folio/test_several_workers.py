from pathlib import Path

import pytest
from pydantic import SecretStr

from core.config import CacheSettings, Settings
from core.service_settings import ApiSettings
from folio.several_workers import notes_on_workers


@pytest.mark.parametrize(
    ("workers", "redis", "is_warned"), [(1, None, False), (2, None, True), (2, "redis://cache/0", False)]
)
def test_several_processes_without_a_shared_cache_are_pointed_out(
    workers: int, redis: str | None, is_warned: bool
) -> None:
    url = SecretStr(redis) if redis else None
    settings = Settings(home=Path("x"), api=ApiSettings(worker_count=workers), cache=CacheSettings(url=url))
    notes = notes_on_workers(settings)
    assert bool(notes) is is_warned
    assert all("FOLIO_CACHE__URL" in note for note in notes)
