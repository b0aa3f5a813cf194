"""Blocks as a PDF with numbered pages."""

import html
import io
from collections.abc import Callable

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import StyleSheet1, getSampleStyleSheet
from reportlab.lib.units import cm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    Flowable,
    ListFlowable,
    PageBreak,
    Preformatted,
    SimpleDocTemplate,
    Spacer,
    TableStyle,
)
from reportlab.platypus import Paragraph as PdfParagraph
from reportlab.platypus import Table as PdfTable

from examples.renderers.blocks import Block, Code, Document, Heading, Items, NewPage, Paragraph, Table

_MARGIN = 2.2 * cm
_GRID = TableStyle(
    [
        ("GRID", (0, 0), (-1, -1), 0.5, colors.grey),
        ("BACKGROUND", (0, 0), (-1, 0), colors.lightgrey),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ]
)


def render(document: Document) -> bytes:
    """An A4 PDF; `invariant` leaves out dates and random ids, and nothing is compressed."""
    buffer = io.BytesIO()
    template = SimpleDocTemplate(
        buffer,
        pagesize=A4,
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=_MARGIN,
        bottomMargin=_MARGIN,
        title=document.title,
        author=document.author,
        invariant=1,
        pageCompression=0,
    )
    styles = getSampleStyleSheet()
    flow = [flowable for block in document.blocks for flowable in _flowables(block, styles)]
    footer = _footer(document.title)
    template.build(flow, onFirstPage=footer, onLaterPages=footer)
    return buffer.getvalue()


def _footer(title: str) -> Callable[[Canvas, SimpleDocTemplate], None]:
    def draw(canvas: Canvas, template: SimpleDocTemplate) -> None:
        canvas.setFont("Helvetica", 8)
        canvas.drawString(_MARGIN, 1.2 * cm, title)
        canvas.drawRightString(A4[0] - _MARGIN, 1.2 * cm, f"Page {template.page}")

    return draw


def _flowables(block: Block, styles: StyleSheet1) -> list[Flowable]:
    body = styles["BodyText"]
    match block:
        case Heading(level, text):
            return [_text(text, styles["Title" if level == 1 else f"Heading{level}"])]
        case Paragraph(text):
            return [_text(text, body)]
        case Items(texts, numbered):
            kind = {"bulletType": "1"} if numbered else {"bulletType": "bullet", "start": "•"}
            return [ListFlowable([_text(text, body) for text in texts], **kind), Spacer(1, 0.2 * cm)]
        case Code(text):
            return [Preformatted(text, styles["Code"]), Spacer(1, 0.2 * cm)]
        case NewPage():
            return [PageBreak()]
        case Table(rows):
            cells = [[_text(cell, body) for cell in row] for row in rows]
            return [PdfTable(cells, style=_GRID, repeatRows=1), Spacer(1, 0.4 * cm)]


def _text(text: str, style: object) -> PdfParagraph:
    return PdfParagraph(html.escape(text, quote=False), style)
