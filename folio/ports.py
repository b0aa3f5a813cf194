"""Which port a service listens on: the one that the settings name, or any free one for 0."""

import socket

from core.errors import SettingsError


def choose_port(host: str, port: int, *, setting: str) -> int:
    """The port to listen on.

    Raises:
        SettingsError: The port is taken, or the host is not one of this machine's addresses.
    """
    try:
        return _bindable(host, port)
    except PermissionError:
        raise SettingsError(
            f"port {port} may be used by the administrator only: set {setting} above 1023"
        ) from None
    except socket.gaierror:
        raise SettingsError(f"'{host}' is not an address: set the host beside {setting}") from None
    except OSError as error:
        if port == 0:
            raise SettingsError(f"cannot listen on {host}: {error.strerror}") from None
        raise SettingsError(
            f"port {port} on {host} is taken: stop what listens there, or choose another, for example "
            f"{setting}={_bindable(host, 0)} (0: any free port)"
        ) from None


def is_free(host: str, port: int) -> bool:
    """Whether a service could listen there now."""
    try:
        _bindable(host, port)
    except OSError:
        return False
    return True


def _bindable(host: str, port: int) -> int:
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as probe:
        # As servers do: a port whose last connections are still closing is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(address)
        return int(probe.getsockname()[1])
