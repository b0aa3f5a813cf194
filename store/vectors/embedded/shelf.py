"""All collections of one folder.

On disk: `shelf.json` (see `meta`), and one folder per collection, named at random, so that no collection's name is ever a
path. A collection is built under a staging name, renamed, then recorded: what a crash leaves behind is either recorded and
complete, or not recorded and swept away at the next start.
"""

import logging
import re
import shutil
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from qdrant_client import models

from store.vectors.embedded.collection import Collection, FreeBytes, create_collection, free_bytes
from store.vectors.embedded.errors import ApiError, collection_not_found, exists, not_found, wrong_input
from store.vectors.embedded.lock import FolderLock, busy_error
from store.vectors.embedded.meta import CONFIG_FILE, ShelfMeta, read_meta, sync_folder, write_meta

_STAGED = "staged-"
_BAD_NAME = re.compile(r'[<>:"/\\|?*\x00-\x1f]|^\.{0,2}$')
_log = logging.getLogger(__name__)


def _random_name() -> str:
    return uuid.uuid4().hex


class Shelf:
    """Collections and aliases of a folder that this process has locked. Collections are opened when first used."""

    def __init__(
        self,
        lock: FolderLock,
        *,
        free: FreeBytes = free_bytes,
        new_name: Callable[[], str] = _random_name,
    ) -> None:
        """Read what the folder holds. The shelf takes the lock over and releases it in `close`.

        Raises:
            StoreBusyError: The lock is not held.
        """
        if not lock.held:
            raise busy_error(lock.folder)
        self._lock = lock
        self._root = lock.folder
        self._free = free
        self._new_name = new_name
        self._open: dict[str, Collection] = {}
        self._meta = read_meta(self._root)
        self._sweep()
        write_meta(self._root, self._meta)

    def close(self) -> None:
        """Flush and close every collection, then give the folder free. One that fails stops none of the others."""
        for name, collection in self._open.items():
            try:
                collection.close()
            except ApiError as error:
                _log.error("collection %s was not closed cleanly: %s", name, error)
        self._open.clear()
        self._lock.release()

    def names(self) -> list[str]:
        """Names of all collections."""
        return sorted(self._meta.folders)

    def aliases(self, collection: str | None = None) -> list[tuple[str, str]]:
        """Pairs of alias and collection, of one collection or of all."""
        pairs = sorted(self._meta.aliases.items())
        return (
            pairs if collection is None else [pair for pair in pairs if pair[1] == self.resolve(collection)]
        )

    def has(self, name: str) -> bool:
        """Whether a collection or an alias has this name."""
        return name in self._meta.folders or name in self._meta.aliases

    def resolve(self, name: str) -> str:
        """The collection that a name or an alias means.

        Raises:
            ApiError: 404, there is none.
        """
        real = self._meta.aliases.get(name, name)
        if real not in self._meta.folders:
            raise collection_not_found(name)
        return real

    def get(self, name: str) -> Collection:
        """The collection of this name or alias, opened."""
        real = self.resolve(name)
        if real not in self._open:
            self._open[real] = Collection(self._root / self._meta.folders[real], free=self._free)
        return self._open[real]

    def create(self, name: str, request: models.CreateCollection) -> None:
        """Add an empty collection."""
        if len(name) > 255 or _BAD_NAME.search(name):
            raise wrong_input(
                f'collection name {name!r}: 1 to 255 characters, none of them any of <>:"/\\|?*'
            )
        if name in self._meta.folders:
            raise exists(f"Collection `{name}` already exists!")
        if name in self._meta.aliases:
            raise exists(f"Can't create collection with name {name}. Alias with the same name already exists")
        folder = self._new_name()
        staged = self._root / (_STAGED + folder)
        try:
            create_collection(staged, name=name, request=request)
        except ApiError:
            shutil.rmtree(staged, ignore_errors=True)
            raise
        staged.rename(self._root / folder)
        sync_folder(self._root)
        self._save(folders={**self._meta.folders, name: folder}, aliases=self._meta.aliases)

    def delete(self, name: str) -> bool:
        """Remove a collection with its aliases. False if there is none (an alias is not a collection)."""
        folder = self._meta.folders.get(name)
        if folder is None:
            return False
        self._save(
            folders={known: place for known, place in self._meta.folders.items() if known != name},
            aliases={alias: real for alias, real in self._meta.aliases.items() if real != name},
        )
        collection = self._open.pop(name, None)
        if collection is not None:
            collection.close()
        shutil.rmtree(self._root / folder)
        return True

    def change_aliases(self, actions: Sequence[Any]) -> None:
        """Apply all alias actions, or none of them."""
        aliases = dict(self._meta.aliases)
        for action in actions:
            self._apply(action, aliases)
        self._save(folders=self._meta.folders, aliases=aliases)

    def _apply(self, action: models.AliasOperations, aliases: dict[str, str]) -> None:
        match action:
            case models.CreateAliasOperation():
                self._point(aliases, action.create_alias.alias_name, to=action.create_alias.collection_name)
            case models.DeleteAliasOperation():
                _take(aliases, action.delete_alias.alias_name)
            case models.RenameAliasOperation():
                real = _take(aliases, action.rename_alias.old_alias_name)
                self._point(aliases, action.rename_alias.new_alias_name, to=real)

    def _point(self, aliases: dict[str, str], alias: str, *, to: str) -> None:
        if to not in self._meta.folders:
            raise collection_not_found(to)
        if alias in self._meta.folders:
            raise exists(f"Collection `{alias}` already exists!")
        aliases[alias] = to

    def _save(self, *, folders: Any, aliases: Any) -> None:
        meta = ShelfMeta(folders, aliases)
        write_meta(self._root, meta)
        self._meta = meta

    def _sweep(self) -> None:
        """Remove what a crash during `create` or `delete` left; forget collections whose folder is gone."""
        recorded = set(self._meta.folders.values())
        for folder in self._root.iterdir():
            ours = folder.name.startswith(_STAGED) or (folder / CONFIG_FILE).exists()
            if folder.is_dir() and ours and folder.name not in recorded:
                _log.warning("removing %s, left behind by a crash", folder)
                shutil.rmtree(folder)
        lost = {name for name, place in self._meta.folders.items() if not (self._root / place).is_dir()}
        if lost:
            _log.error("collections without a folder are forgotten: %s", ", ".join(sorted(lost)))
            folders = {name: place for name, place in self._meta.folders.items() if name not in lost}
            aliases = {alias: real for alias, real in self._meta.aliases.items() if real not in lost}
            self._meta = ShelfMeta(folders, aliases)


def _take(aliases: dict[str, str], alias: str) -> str:
    if alias not in aliases:
        raise not_found(f"Alias {alias} does not exists!")
    return aliases.pop(alias)
