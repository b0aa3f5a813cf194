"""A cross-encoder small enough to be made by a test: one layer, random weights that never change."""

import warnings
from pathlib import Path
from typing import Any

from inference.embed.wordpiece import create_wordpiece_tokenizer

_WIDTH = 32


def write_cross_encoder(folder: Path) -> Path:
    """The folder, with a model that sentence-transformers loads."""
    from transformers import PreTrainedTokenizerFast

    folder.mkdir(parents=True, exist_ok=True)
    _model(1).save_pretrained(folder)
    PreTrainedTokenizerFast(
        tokenizer_object=create_wordpiece_tokenizer(),
        model_max_length=512,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
    ).save_pretrained(folder)
    return folder


def write_onnx(folder: Path) -> Path:
    """The folder, with the same model as `model.onnx` and its `tokenizer.json`."""
    import torch

    folder.mkdir(parents=True, exist_ok=True)
    create_wordpiece_tokenizer().save(str(folder / "tokenizer.json"))
    ids = torch.ones((1, 8), dtype=torch.long)
    axes = {0: "rows", 1: "tokens"}
    with warnings.catch_warnings():
        # The other exporter needs a further library.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            _Scores(_model(1)),
            (ids, ids, ids),
            str(folder / "model.onnx"),
            input_names=["input_ids", "attention_mask", "token_type_ids"],
            output_names=["scores"],
            dynamic_axes=dict.fromkeys(("input_ids", "attention_mask", "token_type_ids"), axes),
            dynamo=False,
        )
    return folder


def _model(labels: int) -> Any:
    import torch
    from transformers import BertConfig, BertForSequenceClassification

    torch.manual_seed(7)
    config = BertConfig(
        hidden_size=_WIDTH,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=_WIDTH,
        max_position_embeddings=512,
        num_labels=labels,
        attn_implementation="eager",
    )
    return BertForSequenceClassification(config).eval()


def _Scores(model: Any) -> Any:  # noqa: N802 - a class, made where torch is loaded
    import torch

    class Scores(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, ids: Any, mask: Any, types: Any) -> Any:
            return self.model(input_ids=ids, attention_mask=mask, token_type_ids=types).logits

    return Scores()
