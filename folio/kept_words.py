"""What users write and is going to be kept (questions, facts, answers): without personal data, as documents are."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import cache
from typing import TYPE_CHECKING

from core.config import Settings
from core.documents import ParsedDocument
from core.ports import Redactor
from folio.privacy import strictest_policy

if TYPE_CHECKING:
    from store.catalog.catalog import SqlCatalog

Rewrite = Callable[[str], Awaitable[str]]


def text_redactor(settings: Settings, catalog: "SqlCatalog", *, tenant: str) -> Rewrite:
    """What documents go through too, erasures included. Its language models are loaded by the first text."""
    policy = strictest_policy(settings)
    if policy is None:
        return _same

    @cache
    def redactor() -> Redactor:
        from folio.assembly import create_redactor
        from ingest.erasing import ErasingRedactor

        made = create_redactor(settings, policy=policy, tenant=tenant, claims=catalog.claims)
        return ErasingRedactor(made, catalog.claims, tenant=tenant)

    def redacted(text: str) -> str:
        return redactor().redact(ParsedDocument(text, "", "text/plain")).document.text

    async def redact(text: str) -> str:
        return await asyncio.to_thread(redacted, text)

    return redact


async def _same(text: str) -> str:
    return text
