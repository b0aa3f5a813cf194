"""Programs of key services, as real programs."""

import base64
import json
import sys
from pathlib import Path

import pytest

from core.config import Settings, load_settings
from core.errors import DependencyDownError, FolioError, SettingsError
from folio.keys import PSEUDONYM_FILE, pseudonym_root, vault_file, vault_roots
from folio.vault_sealing import VaultSealer

ROOTS = {"pseudonym_key": b"p" * 32, "key": b"k" * 32}


def program(folder: Path, code: str, **vault: object) -> Settings:
    """Settings whose keys are printed by a Python program."""
    file = folder / "kms.py"
    file.write_text(code)
    return load_settings(home=folder / "home", vault={"key_command": [sys.executable, str(file)], **vault})


def printing(folder: Path, value: object) -> Settings:
    return program(folder, f"print({json.dumps(value)!r})")


def encoded(**keys: bytes | list[bytes]) -> dict[str, object]:
    return {
        name: [base64.b64encode(one).decode() for one in key]
        if isinstance(key, list)
        else base64.b64encode(key).decode()
        for name, key in keys.items()
    }


def test_keys_are_what_the_program_prints_and_no_file_is_made(tmp_path: Path) -> None:
    settings = printing(tmp_path, encoded(**ROOTS, former_keys=[b"f" * 16]))
    assert pseudonym_root(settings) == b"p" * 32
    assert vault_roots(settings) == (b"k" * 32, b"f" * 16)
    assert vault_file(settings) is None
    sealed = VaultSealer(settings).seal(b"x", place="here")
    assert VaultSealer(settings).open(sealed, place="here") == b"x"
    assert not (settings.home / PSEUDONYM_FILE).exists()


def test_the_program_runs_once_per_process(tmp_path: Path) -> None:
    noted = tmp_path / "runs"
    code = f"open({str(noted)!r}, 'a').write('x')\nprint({json.dumps(encoded(**ROOTS))!r})"
    settings = program(tmp_path, code)
    for _ in range(3):
        pseudonym_root(settings)
        vault_roots(settings)
    assert noted.read_text() == "x"


def test_it_is_asked_only_for_keys_that_no_setting_has(tmp_path: Path) -> None:
    settings = program(tmp_path, "raise SystemExit(9)", key="k" * 16, pseudonym_key="p" * 16)
    assert (pseudonym_root(settings), vault_roots(settings)) == (b"p" * 16, (b"k" * 16,))


def refused(settings: Settings) -> FolioError:
    with pytest.raises(FolioError) as caught:
        vault_roots(settings)
    return caught.value


def test_a_program_that_fails_is_named_with_its_exit_code_and_its_output_is_not(tmp_path: Path) -> None:
    code = "import sys; print('hunter2'); sys.stderr.write('hunter2'); sys.exit(7)"
    error = refused(program(tmp_path, code))
    assert isinstance(error, DependencyDownError)
    assert sys.executable in error.detail
    assert "exit code 7" in error.detail
    assert "hunter2" not in error.detail


@pytest.mark.parametrize(
    "output",
    [
        "hunter2",
        "[]",
        "{}",
        '{"key": "hunter2!"}',
        '{"key": "c2hvcnQ="}',
        '{"key": 5}',
        '{"key": "aa", "former_keys": 3}',
    ],
)
def test_output_that_holds_no_keys_is_refused_and_not_quoted(tmp_path: Path, output: str) -> None:
    error = refused(program(tmp_path, f"print({output!r})"))
    assert isinstance(error, SettingsError)
    assert "hunter2" not in error.detail


def test_a_program_that_hangs_is_given_up(tmp_path: Path) -> None:
    error = refused(program(tmp_path, "import time; time.sleep(60)", key_command_timeout_s=0.2))
    assert isinstance(error, DependencyDownError)
    assert "0.2 s" in error.detail


def test_a_program_that_is_not_there(tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path, vault={"key_command": [str(tmp_path / "no such program")]})
    assert "cannot be started" in refused(settings).detail


def test_a_key_that_it_does_not_print_is_named(tmp_path: Path) -> None:
    settings = printing(tmp_path, encoded(key=b"k" * 32))
    with pytest.raises(SettingsError, match="pseudonym_key"):
        pseudonym_root(settings)


def test_nothing_is_run_by_a_shell(tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path, vault={"key_command": ["true; touch", str(tmp_path / "made")]})
    refused(settings)
    assert not (tmp_path / "made").exists()
