from core.documents import PageSpan
from ingest.parse.pages import Page, joined_pages, split_pages


def test_marks_part_the_pages() -> None:
    content = "\ue9b01\ue9b1\n\nÄ\n\n\ue9b02\ue9b1\n\n\ue9b03\ue9b1\n\nend"
    assert [(page.number, page.text.strip()) for page in split_pages(content)] == [
        (1, "Ä"),
        (2, ""),
        (3, "end"),
    ]


def test_a_content_without_marks_is_one_page_without_a_number() -> None:
    assert split_pages("all") == [Page(None, "all")]
    assert joined_pages([Page(None, " all ")], rewrite=str.upper) == ("ALL", ())


def test_text_before_the_first_mark_belongs_to_the_first_page() -> None:
    assert split_pages("head \ue9b04\ue9b1 body") == [Page(4, "head  body")]


def test_spans_bound_the_rewritten_pages() -> None:
    text, spans = joined_pages([Page(1, "ab"), Page(2, " "), Page(3, "c")], rewrite=lambda page: page * 2)
    assert text == "abab\n\ncc"
    assert spans == (PageSpan(1, 0, 4), PageSpan(3, 6, 8))
