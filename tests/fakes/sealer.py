"""Keys for vaults under test."""

from pathlib import Path

from core.config import load_settings
from folio.vault_sealing import VaultSealer


def sealer(key: str = "a key for tests only", *former: str, home: Path | None = None) -> VaultSealer:
    """The product's own sealer, with keys that are given."""
    return VaultSealer(
        load_settings(home=home or Path("/nowhere"), vault={"key": key, "former_keys": list(former)})
    )
