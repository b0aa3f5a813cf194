"""Blocks as a Word document."""

import io

import docx
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.shared import Pt

from examples.renderers.blocks import Block, Code, Document, Heading, Items, NewPage, Paragraph, Table
from examples.renderers.office_zip import repeatable

_TABLE_STYLES = {"Normal Table", "Table Grid"}
_OLD_WORD_STYLES = "/stylesWithEffects"


def render(document: Document) -> bytes:
    """A .docx with styled headings, real lists and real tables."""
    word = docx.Document()
    properties = word.core_properties
    properties.title, properties.author = document.title, document.author
    properties.created = properties.modified = document.date
    for block in document.blocks:
        _add(word, block)
    _drop_unused(word)
    buffer = io.BytesIO()
    word.save(buffer)
    return repeatable(buffer.getvalue(), modified=document.date)


def _add(word: WordDocument, block: Block) -> None:
    match block:
        case Heading(level, text):
            word.add_heading(text, level=level - 1)
        case Paragraph(text):
            word.add_paragraph(text)
        case Items(texts, numbered):
            for text in texts:
                word.add_paragraph(text, style="List Number" if numbered else "List Bullet")
        case Code(text):
            run = word.add_paragraph().add_run(text)
            run.font.name, run.font.size = "Courier New", Pt(9)
        case NewPage():
            word.add_page_break()
        case Table(rows):
            _add_table(word, rows)


def _add_table(word: WordDocument, rows: tuple[tuple[str, ...], ...]) -> None:
    table = word.add_table(rows=len(rows), cols=len(rows[0]), style="Table Grid")
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    for cell in table.rows[0].cells:
        cell.paragraphs[0].runs[0].font.bold = True
    word.add_paragraph()


def _drop_unused(word: WordDocument) -> None:
    """The template brings 0.8 MB of table styles and a copy of all styles for Word 2007; nothing here uses them."""
    for style in list(word.styles):
        if style.type == WD_STYLE_TYPE.TABLE and style.name not in _TABLE_STYLES:
            style.delete()
    for identifier, relation in list(word.part.rels.items()):
        if relation.reltype.endswith(_OLD_WORD_STYLES):
            del word.part.rels[identifier]
