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


def veil_of_uploads(settings: Settings, tenant: str | None = None) -> Veil | None:
    """The veil over the names of the files that a tenant uploads (by default, that of the settings).

    None if they are not redacted.
    """
    area = uploads.source(uploads.home_of(settings, tenant), tenant=tenant or settings.access.tenant)
    return create_veils(settings).of(area)
