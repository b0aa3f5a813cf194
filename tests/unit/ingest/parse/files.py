"""Small files of each format, made by the libraries that people's programs are made of."""

import io
from email.message import EmailMessage

from docx import Document
from openpyxl import Workbook
from PIL import Image
from pptx import Presentation
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas


def docx(title: str = "") -> bytes:
    document = Document()
    document.core_properties.title = title
    document.add_heading("Travel & expenses", 1)
    document.add_paragraph("R&D may spend < 40 euros; ask <office@example.com> for more.")
    table = document.add_table(2, 2)
    for cell, text in zip(
        [*table.rows[0].cells, *table.rows[1].cells], ["City", "Limit", "Oslo", "90"], strict=True
    ):
        cell.text = text
    return _saved(document)


def pptx() -> bytes:
    slides = Presentation()
    for title, body in (("Grüße", "Welcome *all*"), ("", ""), ("Plans", "More bees")):
        slide = slides.slides.add_slide(slides.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = body
    return _saved(slides)


def xlsx() -> bytes:
    book = Workbook()
    book.active.title = "Prices"
    book.active.append(["Item", "Price"])
    book.active.append(["Hinge", 12])
    return _saved(book)


def pdf(*pages: str, title: str = "", password: str | None = None) -> bytes:
    """A page per text; lines are drawn as given. A page that is None in words, "", stays blank."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, encrypt=password)
    canvas.setTitle(title)
    for page in pages:
        for number, line in enumerate(page.split("\n")):
            canvas.drawString(72, 720 - 20 * number, line)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def scanned_pdf() -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    canvas.drawImage(ImageReader(Image.new("RGB", (60, 40), "white")), 100, 600)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def eml() -> bytes:
    message = EmailMessage()
    message["Subject"] = "Rota for June"
    message["From"] = "Ann <ann@example.com>"
    message["To"] = "team@example.com"
    message.set_content("The rota changes on Monday.")
    return message.as_bytes()


def _saved(document: object) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()
