"""Why a file could not be read, in words its owner understands; never in words from the file."""

from core.errors import UnreadableFileError

EMPTY_FILE = "the file is empty (0 bytes)"
NO_TEXT = "the file has no text"
NO_TEXT_LAYER = (
    "the pages are images and no text was recognised on them; reading scans needs tesseract with the language of "
    "ingest.ocr_language (install it and set TESSDATA_PREFIX)"
)
NO_OCR = (
    "no text was recognised in the image; reading images needs tesseract with the language of ingest.ocr_language "
    "(install it and set TESSDATA_PREFIX)"
)
LOCKED = "the file is locked with a password; save it without one"
DAMAGED = "the file is damaged and cannot be opened"


def classify(error: Exception, *, mime_type: str) -> UnreadableFileError:
    """The reason behind an error of the parsing library. Its own message may quote the file, so only known words are looked for."""
    kind = type(error).__name__
    words = str(error).lower()
    if any(word in words for word in ("password", "encrypted", "decrypt")):
        return UnreadableFileError(LOCKED)
    if kind in {"OCRError", "MissingDependencyError"}:
        return UnreadableFileError(NO_OCR)
    if kind == "ValidationError":
        return UnreadableFileError(f"files of the type {mime_type} are not supported")
    if kind == "ExtractionTimeoutError":
        return UnreadableFileError("reading the file took too long and was given up; split the file")
    return UnreadableFileError(DAMAGED)
