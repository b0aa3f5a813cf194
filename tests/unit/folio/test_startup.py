"""Processes that load nothing of ours, such as Dagster's, are guarded when Python starts them."""

import subprocess
import sys
from pathlib import Path

import folio

STARTUP = Path(folio.__file__).with_name("startup")
PROGRAM = """
import logging
logging.error("mail from jane@corp.example")
raise ValueError("Ludmilla Quillfeather")
"""


def test_a_process_with_the_folder_on_its_path_shows_no_personal_data():
    environment = {"PYTHONPATH": f"{STARTUP}:{STARTUP.parents[1]}", "PYTHONSAFEPATH": "1"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "mail from <EMAIL_ADDRESS>" in done.stderr
    assert "ValueError" in done.stderr
    assert "Quillfeather" not in done.stderr.replace(PROGRAM, "")
