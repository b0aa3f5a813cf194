"""Names of files that are no documents: hidden, temporary, the system's own."""

_TEMPORARY_SUFFIXES = (".tmp", ".part", ".swp")
_SYSTEM_NAMES = {"thumbs.db", "desktop.ini"}


def is_ignored(name: str) -> bool:
    """Whether a file or folder of this name is hidden, temporary or the system's own."""
    lower = name.lower()
    hidden = lower.startswith((".", "~$"))
    return hidden or lower.endswith(_TEMPORARY_SUFFIXES) or lower in _SYSTEM_NAMES
