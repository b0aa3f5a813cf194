"""How dense vectors are kept: in full or quantised, in memory or mapped from disk, and how they are searched then."""

from dataclasses import dataclass
from typing import Literal

from qdrant_client import models

from core.store_settings import VectorSettings

# Int8 codes span the values between these shares of all components: outliers would make the steps coarse.
_QUANTILE = 0.99


@dataclass(frozen=True, slots=True)
class VectorStorage:
    """What a collection is created with, and how its dense arm is asked.

    With quantisation `oversampling` times the candidates are found by their codes (a byte or a bit per dimension, always in
    memory), then ordered by their full vectors if `rescore`.
    """

    quantization: Literal["none", "scalar", "binary"] = "none"
    on_disk: bool = False
    rescore: bool = True
    oversampling: float = 2.0

    @staticmethod
    def of(settings: VectorSettings) -> "VectorStorage":
        """As the settings say."""
        return VectorStorage(
            quantization=settings.quantization,
            on_disk=settings.on_disk,
            rescore=settings.rescore,
            oversampling=settings.oversampling,
        )

    def vector_params(self, dimension: int) -> models.VectorParams:
        """The dense vector of a new collection."""
        return models.VectorParams(
            size=dimension,
            distance=models.Distance.COSINE,
            on_disk=self.on_disk or None,
            quantization_config=self._quantization_config(),
        )

    def search_params(self) -> models.SearchParams | None:
        """Parameters of a dense search; None where vectors are compared in full anyway."""
        if self.quantization == "none":
            return None
        asked = models.QuantizationSearchParams(rescore=self.rescore, oversampling=self.oversampling)
        return models.SearchParams(quantization=asked)

    def _quantization_config(self) -> models.QuantizationConfig | None:
        if self.quantization == "scalar":
            scalar = models.ScalarQuantizationConfig(
                type=models.ScalarType.INT8, quantile=_QUANTILE, always_ram=True
            )
            return models.ScalarQuantization(scalar=scalar)
        if self.quantization == "binary":
            return models.BinaryQuantization(binary=models.BinaryQuantizationConfig(always_ram=True))
        return None
