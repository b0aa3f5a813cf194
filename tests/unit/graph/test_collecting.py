"""While a graph is loaded no garbage is looked for, and much that was loaded is never looked through."""

import gc
from collections.abc import Iterator

import pytest

from graph.collecting import without_collection


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    """As it was, whatever a test does."""
    was_enabled, frozen = gc.isenabled(), gc.get_freeze_count()
    yield
    (gc.enable if was_enabled else gc.disable)()
    if gc.get_freeze_count() > frozen:
        gc.unfreeze()


def test_it_goes_on_after_the_last_of_several() -> None:
    gc.enable()
    with without_collection():
        with without_collection():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_goes_on_after_an_error() -> None:
    gc.enable()
    with pytest.raises(ValueError, match="broken"), without_collection():
        raise ValueError("broken")
    assert gc.isenabled()


def test_where_it_was_off_it_stays_off() -> None:
    gc.disable()
    with without_collection():
        pass
    assert not gc.isenabled()


@pytest.mark.parametrize(("count", "is_left_out"), [(1000, False), (600_000, True)])
def test_much_that_was_made_is_left_out_of_later_searches(count: int, is_left_out: bool) -> None:
    gc.collect()
    frozen = gc.get_freeze_count()
    with without_collection():
        made = [[number] for number in range(count)]
    assert (gc.get_freeze_count() - frozen >= len(made)) is is_left_out
