import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.errors import DependencyDownError
from folio.key_files import add_key, keys_in_file, remove_keys


def test_a_key_is_made_on_first_use_for_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "home" / "vault.key"
    (key,) = keys_in_file(file)
    assert len(key) == 32
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert keys_in_file(file) == (key,)


def test_all_who_come_first_at_once_get_the_same(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(keys_in_file, [tmp_path / "vault.key"] * 16))
    assert len(found) == 1


def test_a_new_key_comes_first_and_the_former_stays_until_it_is_removed(tmp_path: Path) -> None:
    file = tmp_path / "vault.key"
    (old,) = keys_in_file(file)
    assert add_key(file)
    new, former = keys_in_file(file)
    assert (former, new != old) == (old, True)
    assert not add_key(file), "a rotation that was broken off is to be finished first"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    remove_keys(file, [old, new])
    assert keys_in_file(file) == (new,)


@pytest.mark.parametrize("content", ["", "not hex\n", "é"])
def test_a_file_that_holds_no_key_is_named(tmp_path: Path, content: str) -> None:
    file = tmp_path / "vault.key"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(DependencyDownError, match=r"vault\.key"):
        keys_in_file(file)
    assert file.read_text(encoding="utf-8") == content
