"""A reader of passages that needs no model."""

from generation.grading.reading import Reader
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.sparse import FakeSparseEncoder


def fake_reader() -> Reader:
    """Reads by hashed words: texts with more words in common are closer."""
    return Reader(FakeEmbedder(), sparse=FakeSparseEncoder())
