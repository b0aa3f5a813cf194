"""Makes the configured reranker. Every adapter is imported only when it is asked for."""

from core.errors import SettingsError
from core.ports import Clock
from core.retrieval_ports import Reranker
from core.retrieval_settings import RerankSettings


def create_reranker(settings: RerankSettings, *, clock: Clock) -> Reranker | None:
    """The reranker that the settings name, None for none; no model is loaded and no server asked yet.

    Raises:
        SettingsError: The provider lacks a setting.
    """
    chosen = settings.model_copy(update={"provider": provider_of(settings)})
    match chosen.provider:
        case "off":
            return None
        case "cohere" | "tei":
            from inference.rerank.rerank_server import RerankServer

            return RerankServer(chosen)
        case _:
            return _local(chosen, clock=clock)


def provider_of(settings: RerankSettings) -> str:
    """What `auto` comes to: no model is shipped with Folio, so it is off until a model or a server is named."""
    if settings.provider != "auto":
        return settings.provider
    if settings.base_url is not None:
        return "cohere"
    return "off" if settings.model is None else "sentence-transformers"


def _local(settings: RerankSettings, *, clock: Clock) -> Reranker:
    from inference.rerank.local import LocalReranker, PairModel

    model = settings.model
    if model is None:
        raise SettingsError(f"rerank.provider '{settings.provider}' needs rerank.model: a folder or a hub id")

    def load() -> PairModel:
        if settings.provider == "onnx":
            from inference.rerank.onnx_pairs import OnnxPairs

            return OnnxPairs(model, thread_count=settings.thread_count)
        from inference.rerank.cross_encoder import CrossEncoderPairs

        return CrossEncoderPairs(model, max_tokens=settings.max_tokens)

    return LocalReranker(settings, load=load, clock=clock)
