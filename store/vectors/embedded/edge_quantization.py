"""Quantisation settings of `qdrant_client.models` as Qdrant Edge objects.

Edge codes int8 when it builds an optimised segment, which the embedded store never does (see `collection`): there it
changes nothing. One-bit codes are written at once and are searched from the first point on.
"""

from typing import Any

import qdrant_edge as edge
from qdrant_client import models

from store.vectors.embedded.errors import unsupported


def edge_quantization(config: Any) -> Any:
    """The quantisation of a vector or a collection; None for none.

    Raises:
        ApiError: A kind that the embedded store does not have, or an encoding of binary codes other than one bit.
    """
    match config:
        case None:
            return None
        case models.ScalarQuantization(scalar=scalar):
            return edge.ScalarQuantizationConfig(
                edge.ScalarType.Int8, quantile=scalar.quantile, always_ram=scalar.always_ram
            )
        case models.BinaryQuantization(binary=binary):
            return _binary(binary)
    raise unsupported(f"quantization_config {type(config).__name__}")


def edge_quantization_search(params: models.QuantizationSearchParams | None) -> Any:
    """How codes are used by a search; None for Qdrant's defaults."""
    if params is None:
        return None
    return edge.QuantizationSearchParams(
        ignore=bool(params.ignore), rescore=params.rescore, oversampling=params.oversampling
    )


def _binary(config: models.BinaryQuantizationConfig) -> Any:
    if config.encoding not in (None, models.BinaryQuantizationEncoding.ONE_BIT):
        raise unsupported(
            f"binary quantization encoding {config.encoding.value if config.encoding else None}"
        )
    if config.query_encoding not in (None, models.BinaryQuantizationQueryEncoding.DEFAULT):
        raise unsupported("binary quantization query_encoding")
    return edge.BinaryQuantizationConfig(always_ram=config.always_ram)
