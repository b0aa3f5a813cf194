from pathlib import Path

import pytest

from core.access import AccessLabel, Tier
from ingest.sources.access import AccessLabelError, FolderLabels, with_front_matter

DEFAULT = AccessLabel("acme", Tier.INTERNAL, frozenset({"staff"}))


def labels(root: Path, **files: str) -> FolderLabels:
    """Labels below a root; `files` maps a folder (`_` is the root) to the text of its .folio.yaml."""
    for folder, text in files.items():
        target = root if folder == "_" else root / folder
        target.mkdir(exist_ok=True)
        (target / ".folio.yaml").write_text(text)
    return FolderLabels.below(root, default=DEFAULT)


def test_without_rules_the_default_counts(tmp_path: Path) -> None:
    assert labels(tmp_path).of("a/b.txt") == DEFAULT


def test_first_matching_rule_counts_and_paths_are_relative_to_its_folder(tmp_path: Path) -> None:
    rules = "rules: [{match: 'pay/*.docx', tier: restricted, groups: [hr]}, {match: '*.docx', tier: public}]"
    found = labels(tmp_path, people=rules)
    assert found.of("people/pay/a.docx") == AccessLabel("acme", Tier.RESTRICTED, frozenset({"hr"}))
    assert found.of("people/b.docx").tier is Tier.PUBLIC
    assert found.of("pay/a.docx") == DEFAULT


def test_nearest_folder_counts_for_each_field_by_itself(tmp_path: Path) -> None:
    found = labels(tmp_path, _="tier: confidential\ngroups: [board]", people="tier: restricted")
    assert found.of("people/a.txt") == AccessLabel("acme", Tier.RESTRICTED, frozenset({"board"}))
    assert found.of("a.txt").tier is Tier.CONFIDENTIAL


def test_rule_that_names_no_tier_takes_the_folders(tmp_path: Path) -> None:
    found = labels(tmp_path, _="tier: restricted\nrules: [{match: '*.txt', groups: hr}]")
    assert found.of("a.txt") == AccessLabel("acme", Tier.RESTRICTED, frozenset({"hr"}))


def test_empty_group_list_opens_to_everybody_with_the_tier(tmp_path: Path) -> None:
    assert labels(tmp_path, _="groups: []").of("a.txt").groups == frozenset()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("tier: secret", "unknown access tier 'secret'"),
        ("teir: restricted", "unknown keys: teir"),
        ("rules: [{tier: restricted}]", "a rule needs 'match'"),
        ("rules: [{match: '*', groups: 5}]", "groups must be a list of names"),
        ("rules: restricted", "'rules' must be a list"),
        ("- restricted", "must be a mapping"),
        ("tier: [", "it is not valid YAML"),
        ("tier: \x00", "it is not valid YAML"),
    ],
)
def test_malformed_rules_give_no_label_at_all(tmp_path: Path, text: str, reason: str) -> None:
    found = labels(tmp_path, _=text)
    for _ in range(2):
        with pytest.raises(
            AccessLabelError, match=r"access rules in .*\.folio\.yaml cannot be used"
        ) as error:
            found.of("deep/below/a.txt")
        assert reason in error.value.detail


def test_malformed_rules_of_another_folder_do_not_matter(tmp_path: Path) -> None:
    assert labels(tmp_path, people="tier: nonsense").of("other/a.txt") == DEFAULT


def test_unreadable_rules_give_no_label(tmp_path: Path) -> None:
    (tmp_path / ".folio.yaml").mkdir()
    with pytest.raises(AccessLabelError, match="Is a directory"):
        FolderLabels.below(tmp_path, default=DEFAULT).of("a.txt")


@pytest.mark.parametrize("suffix", ["---\nwords", "---", "...\nwords", "---\r\nwords"])
def test_front_matter_overrides_its_folder(suffix: str) -> None:
    data = f"---\ntier: restricted\n{suffix}".encode()
    label = with_front_matter(DEFAULT, path="a.MD", data=data)
    assert label == AccessLabel("acme", Tier.RESTRICTED, frozenset({"staff"}))


@pytest.mark.parametrize(
    "text",
    [
        "plain words",
        "---\nno closing line, a rule in the text",
        "---\ntitle: x\n---\ntier: restricted",
        "---\n: : [\n---\nnot YAML and no label",
        "---\n- a list\n---\n",
        "words\n---\ntier: restricted\n---\n",
        "---\n\ntier: words in a text after a thematic break",
    ],
)
def test_text_without_front_matter_label_keeps_its_folders(text: str) -> None:
    assert with_front_matter(DEFAULT, path="a.md", data=text.encode()) == DEFAULT


@pytest.mark.parametrize(
    "text",
    [
        "---\ntier: secret\n---\n",
        "---\ntier: restricted\nbroken: [\n---\n",
        "---\ngroups: {a: b}\n---\n",
        "---\ntier: restricted\n\nthe closing line is missing",
    ],
)
def test_front_matter_label_that_cannot_be_understood_is_an_error(text: str) -> None:
    with pytest.raises(AccessLabelError, match="front matter"):
        with_front_matter(DEFAULT, path="a.md", data=text.encode())


def test_other_formats_have_no_front_matter() -> None:
    assert with_front_matter(DEFAULT, path="a.txt", data=b"---\ntier: public\n---\n") == DEFAULT
