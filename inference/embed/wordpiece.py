"""The tokenizer of BERT base uncased, which all-MiniLM-L6-v2 uses too, from a vocabulary that ships with Folio."""

from functools import cache
from importlib.resources import files

from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import TemplateProcessing

from core.tokens import TokenCounter

VOCABULARY_FILE = "bert_base_uncased_vocab.txt"
_SPECIAL_TOKENS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


def create_wordpiece_tokenizer(*, max_tokens: int | None = None) -> Tokenizer:
    """A fresh tokenizer that lower-cases, strips accents and frames a text as `[CLS] text [SEP]`.

    Args:
        max_tokens: The model's window, special tokens included; longer texts are cut. None: nothing is cut.
    """
    vocabulary = _vocabulary()
    tokenizer = Tokenizer(WordPiece(vocabulary, unk_token="[UNK]", max_input_chars_per_word=100))  # noqa: S106
    tokenizer.normalizer = BertNormalizer(
        clean_text=True, handle_chinese_chars=True, strip_accents=None, lowercase=True
    )
    tokenizer.pre_tokenizer = BertPreTokenizer()
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[(token, vocabulary[token]) for token in ("[CLS]", "[SEP]")],
    )
    tokenizer.add_special_tokens(list(_SPECIAL_TOKENS))
    if max_tokens is not None:
        tokenizer.enable_truncation(max_tokens)
    return tokenizer


def wordpiece_counter() -> TokenCounter:
    """A counter that counts the tokens of a text, special tokens left out. It reads the vocabulary on first use."""

    @cache
    def tokenizer() -> Tokenizer:
        return create_wordpiece_tokenizer()

    def count(text: str) -> int:
        return len(tokenizer().encode(text, add_special_tokens=False).ids)

    return TokenCounter("bert-base-uncased", count)


@cache
def _vocabulary() -> dict[str, int]:
    text = files("inference.embed").joinpath("data", VOCABULARY_FILE).read_text(encoding="utf-8")
    return {token: number for number, token in enumerate(text.split("\n")) if token}
