from pathlib import Path

import pytest

from core.access import AccessLabel, Tier
from core.errors import TransientError, UnreadableFileError
from ingest.sources.jsonl import JsonlFile
from tests.unit.ingest.sources.rules import selected


def corpus(tmp_path: Path, text: str, **ingest: object) -> JsonlFile:
    file = tmp_path / "corpus.jsonl"
    file.write_text(text, encoding="utf-8")
    return JsonlFile(file, selection=selected(**ingest))


def test_each_line_is_a_document_under_its_id(tmp_path: Path) -> None:
    source = corpus(tmp_path, '{"id": "a/1", "title": "T", "text": "one"}\n\n{"id": 2, "text": "two"}\n')
    scan = source.scan()
    assert [(row.path, row.external_id, row.title) for row in scan.candidates] == [
        ("a/1", "a/1", "T"),
        ("2", "2", ""),
    ]
    assert all(row.content_hash for row in scan.candidates)
    parsed = source.read(scan.candidates[1]).parsed
    assert parsed is not None
    assert (parsed.text, parsed.title, parsed.mime_type) == ("two", "", "text/plain")


def test_hash_is_of_the_content_and_not_of_the_spelling(tmp_path: Path) -> None:
    [first] = corpus(tmp_path, '{"id": "1", "text": "é", "title": "T"}').scan().candidates
    [again] = corpus(tmp_path, '{"title":"T","extra":1,"text":"\\u00e9","id":"1"}\n').scan().candidates
    [other] = corpus(tmp_path, '{"id": "1", "text": "é", "title": "U"}').scan().candidates
    assert first.content_hash == again.content_hash != other.content_hash


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("not json", "the line is not JSON"),
        ("[1]", "not a JSON object"),
        ('{"text": "x"}', "'id' must be"),
        ('{"id": true, "text": "x"}', "'id' must be"),
        ('{"id": "a\\u0000", "text": "x"}', "'id' must be"),
        ('{"id": "a"}', "'text' must be a string"),
        ('{"id": "a", "text": "x", "metadata": []}', "'metadata' must be an object"),
    ],
)
def test_bad_line_is_reported_by_number_and_makes_the_scan_incomplete(
    tmp_path: Path, line: str, reason: str
) -> None:
    scan = corpus(tmp_path, f'{{"id": "1", "text": "good"}}\n{line}\n').scan()
    assert [row.path for row in scan.candidates] == ["1"]
    assert [failure.path for failure in scan.failures] == ["corpus.jsonl:2"]
    assert reason in scan.failures[0].reason
    assert not scan.complete


def test_second_line_of_an_id_fails_and_the_first_counts(tmp_path: Path) -> None:
    source = corpus(tmp_path, '{"id": "1", "text": "first"}\n{"id": "1", "text": "second"}\n')
    scan = source.scan()
    assert [failure.reason for failure in scan.failures] == ["the id '1' is already taken by line 1"]
    assert scan.complete
    parsed = source.read(scan.candidates[0]).parsed
    assert parsed is not None
    assert parsed.text == "first"


def test_byte_order_mark_is_no_bad_line(tmp_path: Path) -> None:
    source = corpus(tmp_path, '\ufeff{"id": "1", "text": "one"}\n')
    scan = source.scan()
    assert scan.complete
    assert source.read(scan.candidates[0]).candidate.path == "1"


def test_missing_corpus_makes_the_scan_incomplete(tmp_path: Path) -> None:
    scan = JsonlFile(tmp_path / "no.jsonl", selection=selected()).scan()
    assert (scan.candidates, scan.complete) == ((), False)


def test_empty_text_cannot_be_indexed(tmp_path: Path) -> None:
    source = corpus(tmp_path, '{"id": "1", "title": "T", "text": " "}\n')
    with pytest.raises(UnreadableFileError, match="text is empty"):
        source.read(source.scan().candidates[0])


def test_line_over_the_limit_is_refused(tmp_path: Path) -> None:
    [refusal] = corpus(tmp_path, '{"id": "1", "text": "words"}\n', max_file_bytes=20).scan().refusals
    assert "more than the limit of 20" in refusal.reason


def test_corpus_that_changes_while_it_is_read_is_a_transient_failure(tmp_path: Path) -> None:
    source = corpus(tmp_path, '{"id": "1", "text": "one"}\n{"id": "2", "text": "two"}\n')
    scan = source.scan()
    source.read(scan.candidates[0])
    (tmp_path / "corpus.jsonl").write_text('{"id": "7", "text": "quite another corpus"}\n')
    with pytest.raises(TransientError, match="changed while"):
        source.read(scan.candidates[1])


def test_metadata_and_the_rules_beside_the_corpus_give_the_label(tmp_path: Path) -> None:
    (tmp_path / ".folio.yaml").write_text("rules: [{match: corpus.jsonl, tier: confidential}]")
    lines = '{"id": "1", "text": "x"}\n{"id": "2", "text": "x", "metadata": {"groups": ["hr"]}}\n'
    one, two = corpus(tmp_path, lines).scan().candidates
    assert one.access == AccessLabel(tier=Tier.CONFIDENTIAL)
    assert two.access == AccessLabel(tier=Tier.CONFIDENTIAL, groups=frozenset({"hr"}))


@pytest.mark.parametrize("rules", ["tier: nonsense", "groups: [["])
def test_malformed_rules_beside_the_corpus_refuse_every_line(tmp_path: Path, rules: str) -> None:
    (tmp_path / ".folio.yaml").write_text(rules)
    scan = corpus(tmp_path, '{"id": "1", "text": "x"}\n').scan()
    assert scan.candidates == ()
    assert [row.hides for row in scan.refusals] == [True]


def test_malformed_label_in_metadata_refuses_its_line(tmp_path: Path) -> None:
    lines = '{"id": "1", "text": "x", "metadata": {"tier": "odd"}}\n{"id": "2", "text": "x"}\n'
    scan = corpus(tmp_path, lines).scan()
    assert [row.candidate.path for row in scan.refusals] == ["1"]
    assert [row.path for row in scan.candidates] == ["2"]
