"""The veils over names of files, by settings: which key, which policy."""

from core.config import Settings
from core.pseudonyms import PseudonymKey
from folio import uploads
from ingest.pii.file_names import Veil
from ingest.veils import Veils


def create_veils(settings: Settings) -> Veils:
    """The veils of all sources. The keys are read when they are first needed."""

    def key(tenant: str) -> PseudonymKey:
        # Here: who redacts nothing needs no key, and makes none.
        from folio.keys import pseudonym_key

        return pseudonym_key(settings, tenant=tenant)

    return Veils(settings.redaction, key=key)


def veil_of_uploads(settings: Settings) -> Veil | None:
    """The veil over the names of uploaded files; None if they are not redacted."""
    return create_veils(settings).of(uploads.source(settings.home, tenant=settings.access.tenant))
