"""Is the vector store well? Asked by `folio doctor` and the readiness probe."""

from core.errors import FolioError
from core.filters import All
from core.health import HealthCheck
from store.vectors.index import QdrantIndex


async def check_vectors(index: QdrantIndex) -> HealthCheck:
    """Reads from the collection; never raises what the store's failures are mapped to."""
    try:
        point_count = await index.count(All(()))
    except FolioError as error:
        return HealthCheck("vectors", healthy=False, detail=error.detail)
    return HealthCheck("vectors", healthy=True, detail=f"{point_count} chunks in {index.collection}")
