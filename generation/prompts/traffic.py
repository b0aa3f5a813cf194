"""Which units get the version that is tried. Pure."""

import hashlib

_BUCKETS = 2**64


def is_tried(name: str, candidate: int, unit: str, *, share: float) -> bool:
    """Whether a unit gets the candidate of a prompt.

    The SHA-256 of prompt, version and unit stands for a number in [0, 1): it is the same on every machine and at every time, and
    another one for every candidate. A unit gets the candidate where it is below the share, so a larger share only adds units.
    What has no unit gets what is current.
    """
    if not unit or share <= 0:
        return False
    digest = hashlib.sha256(f"{name}\0{candidate}\0{unit}".encode(errors="surrogatepass")).digest()
    # The largest numbers are rounded to 1, and a share of 1 is everybody.
    return share >= 1 or int.from_bytes(digest[:8], "big") / _BUCKETS < share
