import socket
from collections.abc import Iterator

import pytest

from core.errors import SettingsError
from folio.ports import choose_port, is_free


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_zero_gives_a_port_that_is_free() -> None:
    port = choose_port("127.0.0.1", 0, setting="FOLIO_API__PORT")

    assert port > 0
    assert is_free("127.0.0.1", port)


def test_a_taken_port_is_named_with_its_setting_and_an_alternative(taken: int) -> None:
    assert not is_free("127.0.0.1", taken)
    with pytest.raises(SettingsError, match=rf"port {taken} .* is taken.*FOLIO_API__PORT=\d+"):
        choose_port("127.0.0.1", taken, setting="FOLIO_API__PORT")


def test_a_host_that_does_not_exist_is_named() -> None:
    with pytest.raises(SettingsError, match=r"no\.such\.host\.invalid"):
        choose_port("no.such.host.invalid", 8700, setting="FOLIO_API__PORT")
