import pytest

from ingest.parse.failures import classify


@pytest.mark.parametrize(
    ("kind", "message", "words"),
    [
        ("ParsingError", "PDF is password-protected", "locked with a password"),
        ("ParsingError", "bad object in: salary of Ann", "damaged"),
        ("OCRError", "no language 'deu'", "tesseract"),
        ("MissingDependencyError", "tesseract", "tesseract"),
        ("ValidationError", "x/y", "files of the type x/y are not supported"),
        ("KreuzbergError", "panic", "damaged"),
    ],
)
def test_each_error_of_the_library_has_a_reason(kind: str, message: str, words: str) -> None:
    import kreuzberg

    error = getattr(kreuzberg, kind)(message)
    reason = str(classify(error, mime_type="x/y"))
    assert words in reason
    assert "Ann" not in reason
