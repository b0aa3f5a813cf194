"""Hiding packages from an import: in one thread, in one block, and with the effect that it is there for."""

import importlib
import subprocess
import sys
import threading

import pytest

from core.hidden_modules import hidden

_REDACT = """
import sys
from core.config import RedactionSettings
from core.documents import ParsedDocument
from core.pseudonyms import PseudonymKey
from ingest.pii.presidio_redactor import PresidioRedactor
redactor = PresidioRedactor(RedactionSettings(), PseudonymKey(b"key", tenant="default"))
redacted = redactor.redact(ParsedDocument("Write to ann@example.com", "", "text/plain"))
print(redacted.redaction_counts, {"torch", "transformers"} & set(sys.modules))
"""


def test_a_hidden_package_is_missing_inside_the_block_and_there_after_it() -> None:
    sys.modules.pop("colorsys", None)
    with hidden("colorsys"), pytest.raises(ModuleNotFoundError):
        importlib.import_module("colorsys")
    assert importlib.import_module("colorsys")


def test_another_thread_still_finds_it() -> None:
    sys.modules.pop("colorsys", None)
    found = []
    with hidden("colorsys"):
        thread = threading.Thread(target=lambda: found.append(importlib.import_module("colorsys")))
        thread.start()
        thread.join()
    assert found


def test_redaction_loads_no_torch_and_works_without() -> None:
    done = subprocess.run([sys.executable, "-c", _REDACT], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "{'EMAIL_ADDRESS': 1} set()"
