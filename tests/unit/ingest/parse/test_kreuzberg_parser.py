import pytest

from core.config import IngestSettings
from core.documents import ParsedDocument
from core.errors import UnreadableFileError
from ingest.parse.kreuzberg_parser import KreuzbergParser
from tests.unit.ingest.parse import files


def parse(data: bytes, path: str) -> ParsedDocument:
    return KreuzbergParser(IngestSettings()).parse(data, path=path)


def reason(data: bytes, path: str) -> str:
    with pytest.raises(UnreadableFileError) as caught:
        parse(data, path)
    return str(caught.value)


def test_markdown_stays_as_it_is_but_for_front_matter() -> None:
    document = parse(b"\xef\xbb\xbf---\ntitle: Rules\n---\n# One\r\n\r\na_b *c* \\# d\x00\n", "x/rules.md")
    assert document == ParsedDocument("# One\n\na_b *c* \\# d\n", "Rules", "text/markdown")


def test_source_code_stays_as_it_is_and_its_comments_are_no_title() -> None:
    document = parse(b"# Copyright\r\n---\nx: int = 1\n", "lib/tool.py")
    assert document == ParsedDocument("# Copyright\n---\nx: int = 1\n", "tool", "text/x-python")


def test_source_code_without_a_letter_is_refused() -> None:
    assert reason(b"\n\n", "tool.py") == reason(b"\n\n", "note.txt")


def test_plain_text_in_an_old_encoding_is_read() -> None:
    document = parse("Grüße aus Köln \u2013 “bis bald”".encode("cp1252"), "note.txt")
    assert document.text == "Grüße aus Köln \u2013 “bis bald”"
    assert document.title == "note"


def test_a_word_file_keeps_heading_table_and_special_characters() -> None:
    document = parse(files.docx(title="Travel rules"), "a.docx")
    assert document.title == "Travel rules"
    assert document.text == (
        "# Travel & expenses\n\nR&D may spend < 40 euros; ask <office@example.com> for more.\n\n"
        "| City | Limit |\n| --- | --- |\n| Oslo | 90 |"
    )


def test_without_a_stated_title_the_first_heading_is_the_title() -> None:
    assert parse(files.docx(), "a.docx").title == "Travel & expenses"


def test_slides_are_pages_and_empty_ones_are_counted() -> None:
    document = parse(files.pptx(), "a.pptx")
    texts = {page.page: document.text[page.start : page.end] for page in document.pages}
    assert texts == {1: "## Grüße\n\nWelcome *all*", 3: "## Plans\n\nMore bees"}


def test_a_sheet_becomes_a_table_under_its_name() -> None:
    document = parse(files.xlsx(), "prices.xlsx")
    assert document.text == "## Prices\n\n| Item | Price |\n| --- | --- |\n| Hinge | 12 |"


def test_pdf_pages_have_character_offsets() -> None:
    document = parse(files.pdf("Zürich \u2013 café", "", "Third page", title="Manual"), "m.pdf")
    texts = {page.page: document.text[page.start : page.end] for page in document.pages}
    assert texts == {1: "Zürich \u2013 café", 3: "Third page"}
    assert document.title == "Manual"


def test_no_word_of_a_pdf_table_is_lost() -> None:
    rows = "Part number Pieces\nFlow meter 1\nSeals 2\nCalibration certificate 1"
    assert parse(files.pdf(rows), "m.pdf").text.split() == rows.split()


def test_a_web_page_keeps_headings_tables_and_code_and_loses_its_head() -> None:
    page = (
        "<html><head><title>Guide: a</title><meta name='author' content='Jo'></head><body><h1>Use &amp; care</h1>"
        "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table><pre><code>x_y = 1</code></pre>"
        "<img alt='A bee' src='data:image/png;base64,AAAA'><script>alert(1)</script></body></html>"
    )
    document = parse(page.encode(), "a.html")
    assert document.title == "Guide: a"
    assert document.text.startswith(
        "# Use & care\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n\n```\nx_y = 1\n```"
    )
    assert document.text.endswith("A bee")


def test_a_web_page_is_read_in_the_encoding_it_declares() -> None:
    page = "<html><head><meta charset='iso-8859-2'></head><body><p>Zażółć gęślą jaźń</p></body></html>"
    assert parse(page.encode("iso-8859-2"), "a.html").text == "Zażółć gęślą jaźń"


def test_a_mail_has_its_headers_and_its_subject_as_title() -> None:
    document = parse(files.eml(), "rota.eml")
    assert document.title == "Rota for June"
    assert "<ann@example.com>" in document.text
    assert "The rota changes on Monday." in document.text


def test_csv_becomes_a_table() -> None:
    assert parse("Name;Ort\nAnn;Köln\n".encode("cp1252"), "a.csv").text == (
        "| Name | Ort |\n| --- | --- |\n| Ann | Köln |"
    )


def test_xml_keeps_its_special_characters() -> None:
    assert "R&D < 4" in parse(b"<?xml version='1.0'?><a><b>R&amp;D &lt; 4</b></a>", "a.xml").text


@pytest.mark.parametrize(
    ("data", "path", "words"),
    [
        (b"", "a.pdf", "empty (0 bytes)"),
        (b" \n\t\n", "a.txt", "no text"),
        (b"%PDF-1.4\nnothing that follows\n", "a.pdf", "damaged"),
        (b"PK\x03\x04" + b"nonsense" * 40, "a.docx", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.xlsx", "locked with a password"),
        (bytes(range(256)) * 8, "a.bin", "'.bin' are not supported"),
        (bytes(range(256)) * 8, "a.md", "binary although its name ends with '.md'"),
        (b"PK\x03\x04" + bytes(100), "all.zip", "'.zip' are not supported"),
        (b"ID3" + bytes(range(20)) * 30, "song.mp3", "'.mp3' are not supported"),
    ],
)
def test_an_unreadable_file_has_a_reason_for_its_owner(data: bytes, path: str, words: str) -> None:
    assert words in reason(data, path)


def test_a_locked_pdf_is_called_locked() -> None:
    assert "locked with a password" in reason(files.pdf("secret", password="p"), "a.pdf")


def test_a_scan_without_readable_text_points_at_tesseract() -> None:
    assert "tesseract" in reason(files.scanned_pdf(), "a.pdf")


def test_a_reason_never_quotes_the_file() -> None:
    assert "4711" not in reason(b"%PDF-1.4\n(card 4711) Tj\n", "a.pdf")


def test_a_pdf_under_another_name_is_still_a_pdf() -> None:
    assert parse(files.pdf("Bees"), "upload").mime_type == "application/pdf"


def test_the_ocr_language_shapes_the_fingerprint() -> None:
    german = KreuzbergParser(IngestSettings(ocr_language="deu")).fingerprint
    assert german != KreuzbergParser(IngestSettings()).fingerprint


def test_every_third_party_sample_gives_text_or_a_reason(bench) -> None:
    folder = bench / "docs_markitdown" / "raw"
    if not folder.is_dir():
        pytest.skip("needs the sample files")
    samples = [
        file
        for file in sorted(folder.rglob("*"))
        if file.suffix in {".docx", ".msg", ".epub", ".html", ".csv"}
    ]
    documents = [parse(file.read_bytes(), file.name) for file in samples]
    assert all(document.text.strip() and document.title for document in documents)
