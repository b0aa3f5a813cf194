"""What the command line shows of a bug."""

import logging
import sys

import pytest

from folio.cli import main

NAME = "Ludmilla Quillfeather"


def test_a_bug_shows_where_it_is_and_not_what_it_says(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    def broken() -> None:
        raise ValueError(NAME)

    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(main, "app", broken)
    before = logging.getLogRecordFactory()
    try:
        assert main.run() == 2
    finally:
        logging.setLogRecordFactory(before)
    printed = capsys.readouterr().err
    assert NAME not in printed
    assert "in broken" in printed
    assert "folio: an unexpected error; this is a bug" in printed
