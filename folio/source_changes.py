"""Adding, changing and removing sources. Declared ones are recorded in the catalog whenever it is opened."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from core.config import Settings
from core.documents import Source, SourceKind, SourceOptions
from core.errors import InvalidInputError, TransientError
from core.ports import SourceCatalog
from core.runs import IngestReport
from folio import uploads
from folio.sources import (
    changed_source,
    declared_sources,
    find_source,
    new_source,
    outdated,
    root_of,
)
from ingest.sources.opening import open_source

_DECLARED = "is declared in folio.toml: change its [[sources]] table there"


async def record_declared(settings: Settings, catalog: SourceCatalog) -> None:
    """Make the catalog know the declared sources as they are declared now. Writes only what is new or differs.

    Raises:
        InvalidInputError: One of them belongs to another tenant.
    """
    declared = declared_sources(settings)
    if declared:
        for source in outdated(declared, await known_sources(settings, catalog)):
            await catalog.update(source)


async def known_sources(settings: Settings, catalog: SourceCatalog) -> list[Source]:
    """All sources of every tenant. Those of the settings' tenant come first: names are a tenant's own."""
    own = settings.access.tenant
    return sorted(await catalog.sources(), key=lambda source: (source.tenant != own, source.tenant))


@dataclass(frozen=True, slots=True)
class SourceKeeper:
    """Changes the sources of one knowledge base."""

    settings: Settings
    catalog: SourceCatalog

    async def add(
        self, place: str, *, name: str | None, options: SourceOptions, tenant: str | None = None
    ) -> Source:
        """Register a folder, a `.jsonl` corpus or an fsspec URL; its files are indexed by the next sync.

        It is the tenant's; without one, that of the settings.

        One that is known already is left as it is, if nothing else is said of it.

        Raises:
            InvalidInputError: See `new_source`; or there is no such folder, corpus or kind of URL.
            MissingExtraError: The package for the URL's file system is not installed.
        """
        known = await self._known()
        tenant, root = tenant or self.settings.access.tenant, root_of(place)
        same = next((row for row in known if (row.root, row.tenant) == (root, tenant)), None)
        if same and name in {None, same.name} and options in {SourceOptions(), same.options}:
            return same
        source = new_source(
            place,
            name=name,
            options=options,
            tenant=tenant,
            known=[row for row in known if not self._is_area(row)],
        )
        await asyncio.to_thread(self._check_place, source)
        await self.catalog.update(source)
        return source

    async def change(
        self, reference: str, *, name: str | None, options: SourceOptions, tenant: str | None = None
    ) -> Source:
        """Give a source another name (None: its own) and these options; they take effect in the next sync.

        With a tenant, only its sources are there.

        Raises:
            NotFoundError: There is no such source.
            InvalidInputError: It is declared in `folio.toml`, or the name or an option cannot be.
        """
        known = await self._known(tenant)
        source = self._own(find_source(known, reference))
        changed = changed_source(source, name=name, options=options, known=known)
        await self.catalog.update(changed)
        return changed

    async def remove(
        self,
        reference: str,
        *,
        remove_documents: Callable[[Source], Awaitable[IngestReport]],
        tenant: str | None = None,
    ) -> IngestReport:
        """Have a source's documents taken out of the index and forget it. Its files stay where they are.

        With a tenant, only its sources are there.

        Raises:
            NotFoundError: There is no such source.
            InvalidInputError: It is declared in `folio.toml`, or is the upload area.
            TransientError: Not everything could be removed; what was is gone, and the same call goes on.
        """
        source = self._own(find_source(await self._known(tenant), reference))
        report = await remove_documents(source)
        if report.failed:
            raise TransientError(
                f"{len(report.failed)} documents of '{reference}' could not be removed yet "
                f"({report.failed[0].reason}): remove the source again"
            )
        await self.catalog.remove(source.source_id)
        return report

    async def _known(self, tenant: str | None = None) -> list[Source]:
        known = await known_sources(self.settings, self.catalog)
        return [source for source in known if tenant in {None, source.tenant}]

    def _check_place(self, source: Source) -> None:
        root = Path(source.root)
        if source.kind is SourceKind.FOLDER and not root.is_dir():
            raise InvalidInputError(f"{root} is not a folder. `folio ingest` takes single files")
        if source.kind is SourceKind.JSONL and not root.is_file():
            raise InvalidInputError(f"{root} is not a file")
        # Connects to nothing: it tells a kind of URL that there is not, or a package that is missing for it.
        open_source(source, settings=self.settings)

    def _own(self, source: Source) -> Source:
        """The source, if it may be changed here."""
        if source.source_id in {row.source_id for row in declared_sources(self.settings)}:
            raise InvalidInputError(f"the source '{source.name}' {_DECLARED}")
        if self._is_area(source):
            raise InvalidInputError(
                "uploads are kept by Folio itself: `DELETE /v1/documents/{id}` removes one of them"
            )
        return source

    def _is_area(self, source: Source) -> bool:
        return uploads.is_folder(source.root, self.settings)
