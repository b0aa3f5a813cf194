"""Where a webhook may point to."""

import ipaddress

import pytest

from folio.outgoing import RefusedTargetError, checked_url, is_public, resolved


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254"),
        *("100.64.0.1", "224.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "240.0.0.1"),
        *("::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2001:db8::1"),
        *("64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "2001:0:5ef5:79fd::1"),
    ],
)
def test_what_is_not_the_internet_is_not_public(address: str):
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_the_internet_is_public(address: str):
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        *("", "example.com", "ftp://example.com", "file:///etc/passwd", "https://", "https:///path"),
        *("https://user@example.com", "https://user:secret@example.com", "https://example.com/#x"),
        *("http://example.com", "https://127.0.0.1/", "https://[::1]/", "https://169.254.169.254/latest"),
        *("https://" + "a" * 2000 + ".com", "https://exa mple.com:99999", "javascript:alert(1)"),
    ],
)
def test_a_url_that_cannot_be_is_refused_at_once(url: str):
    with pytest.raises(RefusedTargetError):
        checked_url(url, allow_private=False)


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "127.1", "localhost", "[::ffff:127.0.0.1]"])
async def test_other_ways_to_write_loopback_do_not_help(host: str):
    with pytest.raises((RefusedTargetError, OSError)):
        await resolved(f"https://{host}/hook", allow_private=False)


async def test_the_connection_goes_to_the_address_and_names_the_host():
    target = await resolved("http://localhost:8080/hook?x=1", allow_private=True)
    assert target.url.host in {"127.0.0.1", "::1"}
    assert (target.url.port, target.url.path, target.url.query) == (8080, "/hook", b"x=1")
    assert (target.host_header, target.sni_hostname) == ("localhost:8080", "localhost")
