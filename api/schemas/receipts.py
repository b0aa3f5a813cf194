"""Deletion receipts over HTTP, in the form that `folio receipt --verify` takes."""

from typing import Literal, Self

from pydantic import BaseModel, Field

from core.documents import DocumentState
from core.receipts import ReceiptStatus, SignedReceipt
from folio.receipts import signed_as_json


class PlaceReading(BaseModel):
    """One kind of place and what was found there."""

    place: str
    remaining_count: int = Field(description="items of the document that are left")
    looked_at: list[str] = Field(description="collections, keys or fields that were read")


class ReceiptBody(BaseModel):
    """What is signed: the canonical JSON of this object (keys sorted, no spaces, UTF-8)."""

    doc_id: str
    source_id: str
    path_sha256: str
    status: ReceiptStatus = Field(
        description="deleted: nothing is left; soft_deleted: invisible, and kept until `kept_until`; "
        "residue: deleted, and something is left; deleting; present"
    )
    state: DocumentState
    versions: list[int]
    changed_at: str | None = Field(description="when the catalog's record last changed, UTC")
    read_at: str = Field(description="when the places were read, UTC")
    kept_until: str | None = Field(description="when what is kept of a deleted document may be removed, UTC")
    remaining_count: int
    places: list[PlaceReading]


class Signature(BaseModel):
    """Who vouches for the receipt."""

    algorithm: Literal["HMAC-SHA256"]
    key_id: str
    value: str = Field(description="hex")


class SignedReceiptBody(BaseModel):
    """A receipt to keep."""

    receipt: ReceiptBody
    signature: Signature

    @classmethod
    def of(cls, signed: SignedReceipt) -> Self:
        """The wire form of a receipt."""
        return cls.model_validate(signed_as_json(signed))
