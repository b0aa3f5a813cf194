"""A golden set in its folder, and what two terminals do to it."""

from pathlib import Path

import pytest

from core.errors import InvalidInputError
from evals.making.store import SetStore
from tests.unit.evals.making.made_documents import case


def test_what_another_terminal_has_written_is_not_taken_away(tmp_path: Path) -> None:
    store = SetStore(tmp_path / "leave")
    mine = store.write(store.read_or_new(), [case(case_id="a"), case(case_id="b")])
    store.check_version(mine.version)
    theirs = store.write(store.read(), [case(case_id="a", tags=("checked",)), case(case_id="b")])
    with pytest.raises(InvalidInputError, match="changed meanwhile"):
        store.check_version(mine.version)
    store.check_version(theirs.version)


def test_what_was_rejected_is_read_by_its_owner_alone(tmp_path: Path) -> None:
    store = SetStore(tmp_path / "leave")
    store.write(store.read_or_new(), [case()])
    store.write_rejected([case(case_id="b")])
    assert [one.case_id for one in store.rejected()] == ["b"]
    modes = {one.name: one.stat().st_mode & 0o777 for one in store.folder.iterdir()}
    assert set(modes.values()) == {0o600}
