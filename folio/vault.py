"""The vault of a knowledge base: for which documents there is one, what is in it, and giving it another key."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.config import Settings
from core.documents import DocumentRecord
from folio.assembly import create_vault
from folio.auditing import policy_of
from folio.key_files import add_key, keys_in_file, remove_keys
from folio.keys import vault_file
from folio.vault_sealing import VaultSealer, derived_key, key_id

if TYPE_CHECKING:
    from store.catalog.catalog import SqlCatalog
    from store.catalog.vault import SqlVault
    from store.catalog.vault_rotation import KeyUse, SqlVaultRotation

_WITHOUT_VAULT = frozenset({"off", "anonymise"})


@dataclass(frozen=True, slots=True)
class VaultStatus:
    """Which keys have sealed how much, by tenant. `key_id` is the current key's."""

    key_id: str
    uses: "tuple[KeyUse, ...]"

    @property
    def rotated(self) -> bool:
        """Whether everything is sealed with the current key."""
        return all(use.key_id == self.key_id for use in self.uses)


@dataclass(frozen=True, slots=True)
class RotationReport:
    """What a rotation did. `made_key`: a new one in the home; `forgotten_count` former keys are in it no more."""

    key_id: str
    made_key: bool
    resealed_count: int
    forgotten_count: int


async def vault_of(record: DocumentRecord, *, settings: Settings, catalog: "SqlCatalog") -> "SqlVault | None":
    """The vault, if the redaction of a document keeps what it took out, or something of it is there from before."""
    vault = create_vault(settings, catalog)
    sources = {source.source_id: source for source in await catalog.sources(record.tenant)}
    source = sources.get(record.source_id)
    policy = policy_of(source, settings) if source else settings.redaction.policy
    return None if policy in _WITHOUT_VAULT and not await vault.count(record.doc_id) else vault


async def vault_status(settings: Settings, catalog: "SqlCatalog") -> VaultStatus:
    """Counts only; no value is opened."""
    sealer = VaultSealer(settings)
    await asyncio.to_thread(sealer.refresh)
    return VaultStatus(sealer.key_id, tuple(await catalog.vault_rotation(sealer).usage()))


async def rotate(
    settings: Settings, catalog: "SqlCatalog", *, on_progress: Callable[[int], None] | None = None
) -> RotationReport:
    """Encrypt everything with the current key; where the keys are in the home, with a new one.

    Broken off, it is finished by the next call, which then makes no further key: the former stay until nothing needs them.

    Raises:
        TamperedError: A row was changed by somebody else.
        SettingsError: A row's key is not there.
        DependencyDownError: A key cannot be read or written, or the database does not answer.
    """
    file = vault_file(settings)
    made_key = file is not None and await asyncio.to_thread(add_key, file)
    sealer = VaultSealer(settings)
    await asyncio.to_thread(sealer.refresh)
    rotation, resealed_count = catalog.vault_rotation(sealer), 0
    while count := await rotation.reseal():
        resealed_count += count
        if on_progress:
            on_progress(resealed_count)
    forgotten_count = await _forget_former(file, rotation) if file else 0
    return RotationReport(sealer.key_id, made_key, resealed_count, forgotten_count)


async def _forget_former(file: Path, rotation: "SqlVaultRotation") -> int:
    """Take the former keys out of the file in the home, unless something is sealed with them; how many there were."""
    _, *former = await asyncio.to_thread(keys_in_file, file)
    ids = [key_id(derived_key(key)) for key in former]
    if former and await rotation.forget(ids, forget=lambda: remove_keys(file, former)):
        return len(former)
    return 0
