"""Sections as the sheets of an Excel workbook."""

import io
import re

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from examples.renderers.blocks import Block, Document, Items, Paragraph, Table
from examples.renderers.office_zip import repeatable

_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?")
_WIDEST_COLUMN = 48


def render(document: Document) -> bytes:
    """An .xlsx with one sheet per level-2 heading; figures are numbers, notes stand in the first column."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    workbook.properties.title, workbook.properties.creator = document.title, document.author
    workbook.properties.created = document.date
    for name, blocks in document.sections():
        sheet = workbook.create_sheet(name)
        for block in blocks:
            _add(sheet, block)
        _widen(sheet)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return repeatable(buffer.getvalue(), modified=document.date)


def _add(sheet: Worksheet, block: Block) -> None:
    match block:
        case Table(rows):
            for number, row in enumerate(rows):
                sheet.append([_value(text) for text in row])
                if number == 0:
                    for cell in sheet[sheet.max_row]:
                        cell.font = Font(bold=True)
        case Paragraph(text):
            sheet.append([text])
        case Items(texts):
            for text in texts:
                sheet.append([text])
        case _:
            raise ValueError(f"a sheet holds tables, paragraphs and lists, not {type(block).__name__}")


def _value(text: str) -> str | int | float:
    if not _NUMBER.fullmatch(text):
        return text
    return float(text) if "." in text else int(text)


def _widen(sheet: Worksheet) -> None:
    for number, column in enumerate(sheet.iter_cols(values_only=True), start=1):
        longest = max((len(str(value)) for value in column if value is not None), default=8)
        sheet.column_dimensions[get_column_letter(number)].width = min(longest + 2, _WIDEST_COLUMN)
