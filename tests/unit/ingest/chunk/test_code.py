"""Source code along its syntax."""

import tomllib
from pathlib import Path

import pytest

from core.config import ChunkSettings
from core.documents import Chunk, ParsedDocument
from core.errors import MissingExtraError
from ingest.chunk.code import CodeChunker
from ingest.chunk.languages import (
    grammar_packages,
    language_of_fence,
    language_of_type,
    require_grammars,
    syntax_of,
)
from ingest.parse.source_types import SOURCE_TYPES


def chunked(text: str, mime_type: str, *, child_tokens: int = 40) -> list[Chunk]:
    chunker = CodeChunker(ChunkSettings(child_tokens=child_tokens), lambda part: len(part.split()))
    return chunker.chunk(ParsedDocument(text, "tool", mime_type))


def body(line: str, count: int = 20) -> str:
    return f"{line}\n" * count


PYTHON = f"""# Licence
{body("import os", 6)}

# Says why.
@cache
def first(value):
{body("    value += 1")}

class Second(Base):
    kind = 1

    def run(self):
{body("        self.go( 1 )")}
    def stop(self):
{body("        self.halt( 1 )")}
"""
TYPESCRIPT = f"""{body("import x;", 6)}
/** Says why. */
export class Second<T> {{
{body("  private x = 1;", 4)}
  run(): void {{
{body("    this.go( 1 );")}  }}

  stop(): void {{
{body("    this.halt( 1 );")}  }}
}}

export const first = (value: number) => {{
{body("  value += 1;")}}};
"""
GO = f"package m\n\nfunc (s *Second) Run() {{\n{body('	s.go( 1 )')}}}\n\nfunc first() {{\n{body('	x += 1')}}}\n"
RUST = f"impl Second {{\n    fn run(&self) {{\n{body('        go( 1 );')}    }}\n\n    fn stop() {{\n{body('        x += 1;')}    }}\n}}\n"
JAVA = f"class Second {{\n  void run() {{\n{body('    go( 1 );')}  }}\n\n  void stop() {{\n{body('    x += 1;')}  }}\n}}\n"
CPP = f"namespace n {{\n{body('extern int x;', 4)}int Second::run() {{\n{body('  go( 1 );')}}}\n\nint first() {{\n{body('  x += 1;')}}}\n}}\n"


def headings(chunks: list[Chunk]) -> list[str]:
    return list(dict.fromkeys(chunk.heading for chunk in chunks))


@pytest.mark.parametrize(
    ("text", "mime_type", "expected"),
    [
        (PYTHON, "text/x-python", ["", "first", "Second", "Second > run", "Second > stop"]),
        (TYPESCRIPT, "text/x-typescript", ["Second", "Second > run", "Second > stop", "first"]),
        (GO, "text/x-go", ["Run", "first"]),
        (RUST, "text/x-rust", ["Second > run", "Second > stop"]),
        (JAVA, "text/x-java", ["Second > run", "Second > stop"]),
        (CPP, "text/x-c++", ["n > Second::run", "n > first"]),
    ],
)
def test_chunks_name_the_definitions_around_them(text: str, mime_type: str, expected: list[str]) -> None:
    found = headings(chunked(text, mime_type))
    assert [heading for heading in found if heading in expected] == expected


def test_comments_and_decorators_stay_with_their_definition() -> None:
    [first, *_] = [chunk for chunk in chunked(PYTHON, "text/x-python") if chunk.heading == "first"]
    assert first.text.startswith("# Says why.\n@cache\ndef first(value):")


def test_a_definition_that_fits_is_one_chunk() -> None:
    chunks = chunked(PYTHON, "text/x-python", child_tokens=70)
    assert [chunk.heading for chunk in chunks].count("first") == 1


def test_code_that_is_not_valid_is_cut_all_the_same() -> None:
    text = "def broken(:\n" + body("    x ( = 1") + "class\n"
    assert "\n".join(chunk.text for chunk in chunked(text, "text/x-python")).split() == text.split()


def test_a_language_without_a_grammar_is_cut_at_blank_lines() -> None:
    text = "\n\n".join(f"fun part{number}() {{\n  one two three\n}}" for number in range(30))
    assert all(chunk.text.startswith("fun") for chunk in chunked(text, "text/x-kotlin"))


def test_a_long_fence_in_another_document_is_cut_by_its_language() -> None:
    code = "\n\n\n".join(f"def part{number}(value):\n{body('    value += 1', 7)}" for number in range(6))
    chunks = chunked(f"# Guide\n\nText.\n\n```python title=x\n{code}\n```\n\nMore.", "text/markdown")
    assert all(chunk.heading == "Guide" for chunk in chunks)
    assert all(chunk.text.startswith(("# Guide", "def part")) for chunk in chunks)


def test_letters_beyond_ascii_do_not_shift_the_offsets() -> None:
    text = "# \u00e9\u4e2d\U0001f600\n" + PYTHON.replace("value", "\u00fcber")
    assert "Second > stop" in headings(chunked(text, "text/x-python"))
    assert all(text[chunk.start : chunk.end] == chunk.text for chunk in chunked(text, "text/x-python"))


def test_deeply_nested_code_ends() -> None:
    text = "x = " + "(\n" * 3000 + "1" + ")\n" * 3000
    assert chunked(text, "text/x-python")


@pytest.mark.parametrize("mime_type", sorted(set(SOURCE_TYPES.values())))
def test_every_type_of_source_code_that_is_read_has_a_language(mime_type: str) -> None:
    language = language_of_type(mime_type)
    assert language is not None
    assert chunked("a = 1;\n" * 200, mime_type)
    assert syntax_of(language) is None or syntax_of(language) is syntax_of(language)


@pytest.mark.parametrize(
    ("line", "expected"),
    [("```py", "python"), ("~~~ {.Rust}", "rust"), ("```c++ x", "c++"), ("```", ""), ("```sh", "bash")],
)
def test_fences_name_their_language(line: str, expected: str) -> None:
    assert language_of_fence(line) == expected


def test_grammars_that_are_not_installed_are_named_with_their_extra() -> None:
    with pytest.raises(MissingExtraError, match=r"pip install 'folio-kb\[code\]'"):
        require_grammars(lambda package: None if package == "tree_sitter_go" else package)


def test_every_grammar_is_part_of_the_extra() -> None:
    project = tomllib.loads(
        (Path(__file__).resolve().parents[4] / "pyproject.toml").read_text(encoding="utf-8")
    )["project"]
    declared = {requirement.split(">=")[0] for requirement in project["optional-dependencies"]["code"]}
    assert declared == set(grammar_packages())
