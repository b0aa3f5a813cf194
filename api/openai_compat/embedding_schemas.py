"""Embeddings as OpenAI's clients ask for them."""

import base64
import struct
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.numbers import WHOLE
from core.errors import InvalidInputError, TooLargeError

MOST_TEXTS = 256
MOST_CHARS = 300_000
_Text = Annotated[str, Field(max_length=MOST_CHARS)]


class EmbeddingRequest(BaseModel):
    """Texts whose vectors are wanted. Text beyond what the model reads at once is cut off."""

    model_config = ConfigDict(frozen=True)

    model: str = Field(min_length=1, max_length=200, description="`folio-embedding`")
    input: _Text | list[_Text] | list[int] | list[list[int]] = Field(
        description=f"a text, or at most {MOST_TEXTS} of together at most {MOST_CHARS:,} characters; lists of tokens are refused"
    )
    encoding_format: Literal["float", "base64"] | None = Field(
        "float", description="`base64`: 32-bit floats, little-endian"
    )
    dimensions: Annotated[int, Field(ge=1, le=100_000), WHOLE] | None = Field(
        None, description="only the dimension that the model has"
    )
    input_type: Literal["passage", "query"] = Field(
        "passage", description="queries and passages are embedded differently by some models"
    )
    user: str | None = Field(None, max_length=1024, description="without effect")

    def texts(self) -> list[str]:
        """The texts in order.

        Raises:
            InvalidInputError: There is none, one is empty, or they are tokens.
            TooLargeError: They are too many or too long.
        """
        given = [self.input] if isinstance(self.input, str) else self.input
        if not given or any(isinstance(one, str) and not one.strip() for one in given):
            raise InvalidInputError("`input` is a text, or a list of texts, and none of them is empty")
        texts = [one for one in given if isinstance(one, str)]
        if len(texts) < len(given):
            raise InvalidInputError(
                "`input` has tokens of a tokenizer that this model does not have: send texts "
                "(LangChain: check_embedding_ctx_length=False)"
            )
        if len(texts) > MOST_TEXTS or sum(map(len, texts)) > MOST_CHARS:
            raise TooLargeError(
                f"`input` has at most {MOST_TEXTS} texts of together at most {MOST_CHARS:,} characters: send it in parts"
            )
        return texts


class EmbeddingRow(BaseModel):
    """One vector, of unit length."""

    object: Literal["embedding"] = "embedding"
    index: int
    embedding: list[float] | str


class EmbeddingUsage(BaseModel):
    """Tokens of the texts."""

    prompt_tokens: int
    total_tokens: int


class EmbeddingResponse(BaseModel):
    """Vectors in the order of the texts."""

    object: Literal["list"] = "list"
    data: list[EmbeddingRow]
    model: str
    usage: EmbeddingUsage


def encoded(vector: Sequence[float], encoding: str | None) -> list[float] | str:
    """The vector as it is sent. Pure."""
    if encoding != "base64":
        return list(vector)
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
