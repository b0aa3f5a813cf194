"""The chunkers by their strategy's name."""

import subprocess
import sys

import pytest

from core.config import ChunkSettings
from core.errors import SettingsError
from core.tokens import TokenCounter
from ingest.chunk.factory import STRATEGIES, create_chunker

COUNTER = TokenCounter("words", lambda text: len(text.split()))


def fingerprint(strategy: str, settings: ChunkSettings) -> str:
    return create_chunker(strategy, settings=settings, counter=COUNTER, embed=lambda _: []).fingerprint


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_fingerprint_names_strategy_sizes_and_tokenizer(strategy: str) -> None:
    name = fingerprint(strategy, ChunkSettings(child_tokens=111, parent_tokens=222, overlap_tokens=33))
    assert name.startswith(f"{strategy}:")
    assert ":111:222:33:words" in name


def test_no_two_strategies_have_the_same_fingerprint() -> None:
    assert len({fingerprint(strategy, ChunkSettings()) for strategy in STRATEGIES}) == 4


def test_unknown_strategy_is_refused_with_those_there_are() -> None:
    with pytest.raises(
        SettingsError, match="'magic' is unknown; use one of: structure, sentence, semantic, code"
    ):
        create_chunker("magic", settings=ChunkSettings(), counter=COUNTER)


def test_semantic_without_a_model_is_refused() -> None:
    with pytest.raises(SettingsError, match="needs an embedding model"):
        create_chunker("semantic", settings=ChunkSettings(), counter=COUNTER)


def test_making_chunkers_loads_no_library() -> None:
    code = (
        "import sys; from core.config import ChunkSettings; from ingest.chunk.factory import *\n"
        "made = [create_chunker(s, settings=ChunkSettings(), counter=len, embed=list) for s in STRATEGIES]\n"
        "print({'llama_index', 'tree_sitter', 'tree_sitter_python', 'nltk'} & set(sys.modules))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "set()"
