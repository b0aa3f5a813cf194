import re
import subprocess
import sys

import pytest

from core.config import ChunkSettings
from core.documents import Chunk, PageSpan, ParsedDocument
from core.tokens import TokenCounter
from ingest.chunk.structure import StructureChunker


def words(text: str) -> int:
    return len(text.split())


def chunked(text: str, *, pages: tuple[PageSpan, ...] = (), **sizes: int) -> list[Chunk]:
    settings = ChunkSettings(**{"child_tokens": 32, "parent_tokens": 100, **sizes})
    return StructureChunker(settings, words).chunk(ParsedDocument(text, "Guide", "text/markdown", pages))


def sentences(count: int, *, first: int = 0) -> str:
    return " ".join(f"Sentence {number} has exactly six words." for number in range(first, first + count))


def test_a_short_section_is_one_chunk_with_its_heading() -> None:
    [chunk] = chunked("# Care\n\nClean it.\n\nDry it.")
    assert chunk.text == "# Care\n\nClean it.\n\nDry it."
    assert chunk.heading == "Care"
    assert chunk.embedding_text == "Guide\nCare\n# Care\n\nClean it.\n\nDry it."
    assert (chunk.ordinal, chunk.page, chunk.token_count) == (0, None, 6)
    assert (chunk.parent_start, chunk.parent_end) == (chunk.start, chunk.end)


def test_a_long_paragraph_is_cut_between_sentences() -> None:
    chunks = chunked(sentences(12))
    assert all(18 <= chunk.token_count <= 36 for chunk in chunks)
    assert sum(chunk.token_count for chunk in chunks) == 72
    assert all(chunk.text.startswith("Sentence") and chunk.text.endswith("words.") for chunk in chunks)


def test_chunks_never_cross_a_heading() -> None:
    chunks = chunked(f"# One\n{sentences(4)}\n# Two\n{sentences(4)}")
    assert [chunk.heading for chunk in chunks] == ["One", "Two"]


def test_small_paragraphs_are_packed_together() -> None:
    chunks = chunked("\n\n".join(sentences(1, first=number) for number in range(7)))
    assert [chunk.token_count for chunk in chunks] == [18, 24]
    assert chunks[1].text.startswith("Sentence 3")


def test_repeated_sentences_keep_their_own_offsets() -> None:
    text = "The same six words once more. " * 20
    chunks = chunked(text)
    assert all(chunk.start % len("The same six words once more. ") == 0 for chunk in chunks)
    assert sum(chunk.token_count for chunk in chunks) == 120
    assert all(text[chunk.start : chunk.end] == chunk.text for chunk in chunks)


def test_a_table_within_the_window_stays_whole_with_its_caption() -> None:
    table = "Prices of parts\n\n| Item | Price |\n| --- | --- |\n| Hinge | 12 |"
    chunks = chunked(f"{sentences(4)}\n\n{table}")
    assert chunks[-1].text == table


def test_every_part_of_a_large_table_repeats_caption_and_header_for_the_model() -> None:
    header = "Prices\n\n| Item | Price |\n| --- | --- |"
    rows = "\n".join(f"| Part {number} | {number} |" for number in range(20))
    chunks = chunked(f"{header}\n{rows}")
    assert len(chunks) > 3
    assert chunks[0].text.startswith(header)
    assert all(chunk.embedding_text.startswith(f"Guide\n{header}\n| Part") for chunk in chunks)
    assert all(re.fullmatch(r"(\| Part \d+ \| \d+ \|\n?)+", chunk.text) for chunk in chunks[1:])
    assert all(words(f"{header} {chunk.text}") <= 32 for chunk in chunks[1:])


def test_a_list_is_cut_between_items() -> None:
    chunks = chunked("\n".join(f"- item {number} has\n  a second line" for number in range(8)))
    assert all(chunk.text.startswith("- item") and chunk.text.endswith("second line") for chunk in chunks)
    assert len(chunks) == 2


def test_code_is_cut_between_lines() -> None:
    code = "\n".join(f"value_{number} = compute( {number} )" for number in range(14))
    chunks = chunked(f"```\n{code}\n```")
    assert "\n".join(chunk.text for chunk in chunks) == f"```\n{code}\n```"
    assert len(chunks) == 2


def test_comments_of_source_code_are_no_headings() -> None:
    text = "# Licence\n\nx = 1\n\n# More\ny = 2\n"
    settings = ChunkSettings(child_tokens=32)
    [chunk] = StructureChunker(settings, words).chunk(ParsedDocument(text, "tool", "text/x-python"))
    assert (chunk.heading, chunk.text) == ("", text.strip())


def test_parents_bound_the_section_up_to_their_size() -> None:
    chunks = chunked(f"# One\n{sentences(20)}\n# Two\n{sentences(2)}")
    parents = [(chunk.parent_start, chunk.parent_end) for chunk in chunks]
    assert len(set(parents)) == 3
    assert all(
        start <= chunk.start and chunk.end <= end for chunk, (start, end) in zip(chunks, parents, strict=True)
    )


def test_a_chunk_has_the_page_it_starts_on() -> None:
    text = f"{sentences(5)}\n\n{sentences(5)}\n\n{sentences(5)}"
    pages = (PageSpan(3, 0, 100), PageSpan(4, 250, 300), PageSpan(9, 340, len(text)))
    assert [chunk.page for chunk in chunked(text, pages=pages)] == [3, 3, 9]


def test_neighbours_share_text_where_overlap_is_set() -> None:
    text = sentences(12)
    first, second, *_ = chunked(text, overlap_tokens=8)
    assert second.start < first.end
    assert text[second.start : first.end].strip() == "Sentence 2 has exactly six words."


def test_a_long_title_and_path_leave_the_window_to_the_text() -> None:
    settings = ChunkSettings(child_tokens=40)
    document = ParsedDocument(f"# {'deep ' * 40}end\n\n{sentences(9)}", "name " * 40, "text/markdown")
    chunks = StructureChunker(settings, words).chunk(document)
    assert all(words(chunk.embedding_text) <= 50 for chunk in chunks)
    title, heading, *_ = chunks[-1].embedding_text.split("\n")
    assert (title, heading) == ("name name name name", "deep deep deep deep deep end")


def test_text_without_spaces_is_bounded_by_its_characters() -> None:
    chunks = chunked("x" * 5000)
    assert max(len(chunk.text) for chunk in chunks) <= 36 * 20 + 20
    assert "".join(chunk.text for chunk in chunks) == "x" * 5000


def test_a_blank_text_has_no_chunks() -> None:
    assert chunked(" \n ") == []


@pytest.mark.parametrize("sizes", [{"child_tokens": 64}, {"parent_tokens": 90}, {"overlap_tokens": 4}])
def test_every_size_is_part_of_the_fingerprint(sizes: dict[str, int]) -> None:
    base = StructureChunker(ChunkSettings(child_tokens=32), words).fingerprint
    assert StructureChunker(ChunkSettings(**{"child_tokens": 32, **sizes}), words).fingerprint != base


def test_the_tokenizer_is_part_of_the_fingerprint() -> None:
    first, second = (
        StructureChunker(ChunkSettings(), TokenCounter(name, words)).fingerprint for name in ("one", "two")
    )
    assert first != second


def test_structure_needs_no_library() -> None:
    code = (
        "import sys; from core.config import ChunkSettings; from core.documents import ParsedDocument\n"
        "from ingest.chunk.structure import StructureChunker\n"
        "StructureChunker(ChunkSettings(), len).chunk(ParsedDocument('A b. ' * 900, 'T', 'text/plain'))\n"
        "print({'llama_index.core', 'tree_sitter'} & set(sys.modules))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "set()"
