"""Which versions lie where, and what is written down about them."""

from datetime import date
from pathlib import Path

import pytest

from core.errors import SettingsError
from generation.prompts.book import HeldPrompt, PromptBook
from generation.prompts.checks import problems
from generation.prompts.meta import PromptScore, read_meta, write_meta
from generation.prompts.sealing import seal
from generation.prompts.shelf import Shelf
from generation.prompts.templates import PACKAGED
from tests.fakes.prompt_folder import released, write

TODAY = date(2026, 2, 3)


def only(folder: Path) -> Shelf:
    return Shelf(folder, PACKAGED)


async def test_the_highest_version_that_is_released_is_taken(tmp_path: Path) -> None:
    released(tmp_path, 1, 2, 10)
    write(tmp_path, "greet/11")
    book = PromptBook(tmp_path)
    assert [one.version for one in book.shelf.versions("greet")] == [1, 2, 10, 11]
    rendered = await book.render("greet", {"name": "Ann"})
    assert (rendered.version, rendered.messages[0].text) == ("greet/10", "You greet, version 10.")
    with pytest.raises(SettingsError, match="no prompt 'none'"):
        await book.render("none", {})
    with pytest.raises(SettingsError, match="greet/10"):
        await book.render("greet", {})


async def test_prompts_of_a_deployment_come_first_and_leave_the_packaged_ones_alone(tmp_path: Path) -> None:
    packaged = PromptBook().shelf.usual("answer")
    write(tmp_path, "_parts/rules", text="- Obey.\n")
    assert PromptBook(tmp_path).shelf.usual("answer").hash == packaged.hash
    write(tmp_path, "answer/1", user="{{ question | data }}")
    own = PromptBook(tmp_path).shelf.usual("answer")
    assert (own.version, own.folder, own.languages) == (1, tmp_path, ())
    assert HeldPrompt(own).fingerprint != HeldPrompt(packaged).fingerprint


async def test_a_variant_is_taken_for_its_language(tmp_path: Path) -> None:
    write(tmp_path, "greet/1")
    write(tmp_path, "greet/1.de", system="Du grüßt.")
    book = PromptBook(tmp_path)
    found = {
        tag: (await book.render("greet", {"name": "Ann"}, language=tag)).messages[0].text
        for tag in ("", "de", "de-AT", "DE_ch", "fr")
    }
    assert found == {
        "": "You greet.",
        "de": "Du grüßt.",
        "de-AT": "Du grüßt.",
        "DE_ch": "Du grüßt.",
        "fr": "You greet.",
    }


def test_what_a_released_version_says_is_not_changed_unseen(tmp_path: Path) -> None:
    released(tmp_path, 1)
    assert problems(only(tmp_path).usual("greet")) == []
    write(tmp_path, "greet/1", system="You shout.")
    changed = only(tmp_path).usual("greet")
    assert "was changed after it was sealed" in problems(changed)[0]
    with pytest.raises(SettingsError, match="make the change a new version"):
        seal(changed, today=TODAY)
    seal(changed, today=TODAY, again=True)
    assert problems(only(tmp_path).usual("greet")) == []


@pytest.mark.parametrize("label", ["greet/1.de", "_parts/more"])
def test_variants_and_parts_are_under_the_seal(tmp_path: Path, label: str) -> None:
    write(tmp_path, "_parts/more", text="Gently.")
    write(tmp_path, "greet/1.de")
    write(tmp_path, "greet/1", system='{% include "_parts/more.j2" %}')
    seal(only(tmp_path).usual("greet"), today=TODAY, status="released", description="Greets.")
    file = tmp_path / f"{label}.j2"
    text = file.read_text()
    file.write_text(text.replace("\n", "\r\n"), newline="")
    assert problems(only(tmp_path).usual("greet")) == [], "line ends do not count"
    file.write_text(text + "More.")
    assert "was changed" in problems(only(tmp_path).usual("greet"))[0]


def test_a_seal_keeps_what_is_written_down_but_no_score_of_another_text(tmp_path: Path) -> None:
    released(tmp_path, 1)
    prompt = only(tmp_path).usual("greet")
    assert prompt.meta is not None
    score = PromptScore(metric="f1", value=0.9, dataset="greetings", count=100)
    write_meta(prompt.meta_file, prompt.meta.model_copy(update={"notes": "Short.", "scores": (score,)}))
    same = seal(only(tmp_path).usual("greet"), today=TODAY, description="Says hello.")
    assert (same.description, same.notes, same.scores, same.created) == (
        "Says hello.",
        "Short.",
        (score,),
        date(2026, 1, 1),
    )
    write(tmp_path, "greet/1", system="You shout.")
    other = seal(only(tmp_path).usual("greet"), today=TODAY, again=True)
    assert (other.notes, other.scores) == ("Short.", ())
    assert read_meta(prompt.meta_file) == other


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ({"user": "{{ name }}"}, "line 3: a value is written without `| data`"),
        ({"user": "{{ name | upper }}"}, "without `| data`"),
        ({"system": "Hello {{ name | data }}"}, "writes values in its block `system`"),
        ({"user": "{{ other | data }}"}, "needs values that are not given: other"),
        ({"user": ""}, "has no block `user`"),
        ({"user": "{% if %}"}, "is no template: line 3"),
        ({"user": "{% include name %}"}, "only a value names"),
        ({"user": "{% include 'none.j2' %}"}, "no prompt file none.j2"),
    ],
)
def test_what_is_wrong_with_a_text_is_said_and_it_is_not_sealed(
    tmp_path: Path, text: dict[str, str], problem: str
) -> None:
    write(tmp_path, "greet/1", **text)
    prompt = only(tmp_path).usual("greet")
    assert problem in problems(prompt)[0]
    with pytest.raises(SettingsError, match=r"greet/1|none"):
        seal(prompt, today=TODAY, description="Greets.")


def test_what_is_the_same_for_every_call_may_stand_first(tmp_path: Path) -> None:
    write(tmp_path, "greet/1", system="Tools: {{ tools | data }}")
    example = tmp_path / "greet" / "example.json"
    example.write_text('{"name": "Ann", "tools": ["search"]}')
    assert any("block `system`" in one for one in problems(only(tmp_path).usual("greet")))
    example.write_text('{"name": "Ann", "tools": ["search"], "_constants": ["tools"]}')
    assert not any("block `system`" in one for one in problems(only(tmp_path).usual("greet")))


def test_odd_files_are_no_prompts_and_a_broken_description_is_told(tmp_path: Path) -> None:
    for name in ("greet/0", "greet/x", "greet/1.DE", "Greet/1", "../up/1"):
        write(tmp_path / "own", name)
    assert only(tmp_path / "own").names == PromptBook().shelf.names
    write(tmp_path, "greet/1")
    (tmp_path / "greet" / "1.meta.json").write_text('{"status": "best"}')
    with pytest.raises(SettingsError, match=r"1\.meta\.json does not describe a prompt"):
        only(tmp_path).usual("greet")
    assert only(tmp_path / "none").names == PromptBook().shelf.names
