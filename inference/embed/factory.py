"""Makes the configured embedding model. Every adapter is imported only when it is asked for."""

from core.config import EmbeddingSettings
from core.ports import Embedder
from core.tokens import TokenCounter


def create_embedder(settings: EmbeddingSettings) -> Embedder:
    """The embedder that the settings name; no model is loaded and no server asked yet.

    Raises:
        SettingsError: The provider lacks a setting or does not know the model.
    """
    if settings.provider == "sentence-transformers":
        from inference.embed.sentence_transformers_model import SentenceTransformersModel

        return SentenceTransformersModel(settings)
    if settings.provider == "openai":
        from inference.embed.openai_server import OpenAiServer

        return OpenAiServer(settings)
    from inference.embed.onnx_minilm import OnnxMiniLm

    return OnnxMiniLm(settings)


def create_token_counter(settings: EmbeddingSettings) -> TokenCounter:
    """Counts a text's tokens as the embedding model would, special tokens left out.

    A remote model's tokenizer is not at hand: BERT's WordPiece vocabulary stands in for it.
    """
    if settings.provider == "sentence-transformers":
        from inference.embed.sentence_transformers_model import sentence_transformers_counter

        return sentence_transformers_counter(settings.model)
    from inference.embed.wordpiece import wordpiece_counter

    return wordpiece_counter()
