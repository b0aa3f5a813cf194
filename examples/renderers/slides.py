"""Sections as the slides of a PowerPoint deck."""

import io

from pptx import Presentation
from pptx.slide import Slide
from pptx.util import Emu, Inches, Pt

from examples.renderers.blocks import Block, Document, Items, Paragraph, Table
from examples.renderers.office_zip import repeatable

_TITLE_LAYOUT = 0
_CONTENT_LAYOUT = 1
_LEFT, _WIDTH = Inches(0.5), Inches(9)
_TEXT_TOP, _TEXT_HEIGHT_BESIDE_TABLE = Inches(1.4), Inches(1.6)
_TABLE_TOP, _ROW_HEIGHT = Inches(3.1), Inches(0.4)


def render(document: Document) -> bytes:
    """A .pptx: a title slide, then a slide per level-2 heading with its text and at most one table."""
    deck = Presentation()
    properties = deck.core_properties
    properties.title, properties.author = document.title, document.author
    properties.created = properties.modified = document.date
    opening = deck.slides.add_slide(deck.slide_layouts[_TITLE_LAYOUT])
    opening.shapes.title.text = document.title
    opening.placeholders[1].text = f"{document.author}, {document.date:%d %B %Y}"
    for title, blocks in document.sections():
        _fill(deck.slides.add_slide(deck.slide_layouts[_CONTENT_LAYOUT]), title, blocks)
    buffer = io.BytesIO()
    deck.save(buffer)
    return repeatable(buffer.getvalue(), modified=document.date)


def _fill(slide: Slide, title: str, blocks: list[Block]) -> None:
    slide.shapes.title.text = title
    tables = [block for block in blocks if isinstance(block, Table)]
    if len(tables) > 1:
        raise ValueError(f"slide '{title}' has {len(tables)} tables; one fits")
    body = slide.placeholders[1]
    body.text = "\n".join(_lines(blocks))
    for paragraph in body.text_frame.paragraphs:
        paragraph.font.size = Pt(16)
    if tables:
        body.left, body.top, body.width, body.height = _LEFT, _TEXT_TOP, _WIDTH, _TEXT_HEIGHT_BESIDE_TABLE
        _add_table(slide, tables[0])


def _lines(blocks: list[Block]) -> list[str]:
    lines: list[str] = []
    for block in blocks:
        match block:
            case Paragraph(text):
                lines.append(text)
            case Items(texts):
                lines += texts
            case Table():
                pass
            case _:
                raise ValueError(f"a slide holds text, lists and a table, not {type(block).__name__}")
    return lines


def _add_table(slide: Slide, table: Table) -> None:
    height = Emu(_ROW_HEIGHT * len(table.rows))
    frame = slide.shapes.add_table(len(table.rows), len(table.rows[0]), _LEFT, _TABLE_TOP, _WIDTH, height)
    for number, row in enumerate(table.rows):
        for column, text in enumerate(row):
            cell = frame.table.cell(number, column)
            cell.text = text
            cell.text_frame.paragraphs[0].font.size = Pt(14)
