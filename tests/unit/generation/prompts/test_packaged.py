"""The packaged prompts: sealed, and rendered to the letter as they were when they were released.

Refresh the snapshots after an intended change: python -m tests.unit.generation.prompts.test_packaged
"""

from pathlib import Path

import pytest

from generation.prompts.checks import problems
from generation.prompts.examples import example_of
from generation.prompts.shelf import Shelf, ShelvedPrompt
from generation.prompts.templates import PACKAGED
from inference.llm.token_counts import estimate

SNAPSHOTS = Path(__file__).with_name("snapshots")
SHELF = Shelf(PACKAGED)
PROMPTS = [prompt for name in SHELF.names for prompt in SHELF.versions(name)]
VARIANTS = [(prompt, language) for prompt in PROMPTS for language in ("", *prompt.languages)]
REFRESH = "refresh it if the change is meant: python -m tests.unit.generation.prompts.test_packaged"


def label(prompt: ShelvedPrompt, language: str) -> str:
    return f"{prompt.name}-{prompt.version}{language and '.' + language}"


def snapshot(prompt: ShelvedPrompt, language: str) -> str:
    """Every message with its tokens, as text."""
    rendered = prompt.render(example_of(prompt.folder, prompt.name).values, language=language)
    parts = [f"=== {one.role} ({estimate(one.text)} tokens)\n{one.text}\n" for one in rendered.messages]
    return f"{rendered.version}\n" + "".join(parts)


@pytest.mark.parametrize(("prompt", "language"), VARIANTS, ids=[label(*one) for one in VARIANTS])
def test_it_renders_as_it_did(prompt: ShelvedPrompt, language: str) -> None:
    file = SNAPSHOTS / f"{label(prompt, language)}.txt"
    assert file.exists(), f"there is no snapshot of it; {REFRESH}"
    assert snapshot(prompt, language) == file.read_text(encoding="utf-8"), REFRESH


@pytest.mark.parametrize("prompt", PROMPTS, ids=lambda prompt: prompt.label)
def test_it_is_sealed_stable_and_writes_values_as_data(prompt: ShelvedPrompt) -> None:
    assert problems(prompt) == []
    assert prompt.meta is not None
    assert prompt.meta.status == "released"


def test_the_page_names_every_prompt() -> None:
    page = (PACKAGED.parent / "docs" / "prompts.md").read_text(encoding="utf-8")
    assert [name for name in SHELF.names if f"`{name}`" not in page] == []


def test_no_snapshot_is_left_of_what_is_gone() -> None:
    assert {file.stem for file in SNAPSHOTS.iterdir()} == {label(*one) for one in VARIANTS}


if __name__ == "__main__":
    for old in SNAPSHOTS.iterdir():
        old.unlink()
    for one in VARIANTS:
        (SNAPSHOTS / f"{label(*one)}.txt").write_text(snapshot(*one), encoding="utf-8")
