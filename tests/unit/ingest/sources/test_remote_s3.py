"""The same promises over a real S3 protocol: a server on the loopback, and s3fs with its own credentials."""

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from core.config import Settings
from core.documents import SourceKind
from core.errors import TransientError
from folio.knowledge_base import KnowledgeBase
from ingest.sources.remote import RemoteFiles
from tests.unit.ingest.sources.rules import selected

pytestmark = pytest.mark.slow

URL = "s3://bucket/docs"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    command = [sys.executable, "-m", "tests.fakes.s3_server"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            assert server.stdout is not None
            yield server.stdout.readline().strip()
        finally:
            server.kill()


@pytest.fixture
def bucket(address: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A client of an empty bucket; s3fs finds the same server and keys in the environment."""
    import boto3

    for name, value in {
        "AWS_ENDPOINT_URL": address,
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    bucket = boto3.resource("s3").Bucket("bucket")
    bucket.create()
    yield bucket
    bucket.objects.all().delete()


def remote() -> RemoteFiles:
    return RemoteFiles(URL, selection=selected())


def put(bucket: Any, key: str, text: str) -> None:
    bucket.put_object(Key=key, Body=text.encode())


def test_objects_are_found_read_and_told_apart_by_their_etag(bucket: Any) -> None:
    put(bucket, "docs/a.txt", "one")
    put(bucket, "docs/sub/b.txt", "")
    put(bucket, "docs/.hidden/c.txt", "x")
    put(bucket, "other/d.txt", "x")
    bucket.put_object(Key="docs/sub/", Body=b"")
    files = remote()
    scan = files.scan()
    assert (sorted(row.path for row in scan.candidates), scan.failures) == (["a.txt", "sub/b.txt"], ())
    found = {row.path: row for row in scan.candidates}
    original = files.read(found["a.txt"])
    assert (original.data, original.candidate.modified_ns) == (b"one", found["a.txt"].modified_ns)
    assert files.read(found["sub/b.txt"]).data == b""
    put(bucket, "docs/a.txt", "two")
    [changed] = remote().scan(("a.txt",)).candidates
    assert (changed.size_bytes, changed.modified_ns != found["a.txt"].modified_ns) == (3, True)


def test_more_objects_than_one_listing_holds_are_all_found(bucket: Any) -> None:
    for number in range(1005):
        put(bucket, f"docs/{number}.txt", "x")
    assert len(remote().scan().candidates) == 1005


def test_an_empty_prefix_and_a_missing_bucket_are_missing(bucket: Any) -> None:
    assert remote().scan().is_missing
    scan = RemoteFiles("s3://nobody-has-this-one/docs", selection=selected()).scan()
    assert (scan.complete, scan.candidates) == (False, ())


def test_a_server_that_does_not_answer_deletes_nothing(bucket: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    put(bucket, "docs/a.txt", "one")
    [candidate] = remote().scan().candidates
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    scan = remote().scan()
    assert (scan.complete, scan.candidates, len(scan.failures)) == (False, (), 1)
    with pytest.raises(TransientError):
        remote().read(candidate)


async def test_a_bucket_is_indexed_followed_and_never_emptied_by_accident(
    bucket: Any, settings: Settings
) -> None:
    put(bucket, "docs/leave.md", "# Leave\n\nEvery employee has thirty days of leave.")
    put(bucket, "docs/travel.md", "# Travel\n\nThe railway is the means of transport.")
    async with KnowledgeBase(settings) as kb:
        source = await kb.add_source(URL, name="bucket")
        assert source.kind is SourceKind.REMOTE
        assert (await kb.ingest([], sources=["bucket"])).added == 2
        again = await kb.ingest([], sources=["bucket"])
        assert (again.unchanged, again.modified, again.failed) == (2, 0, ())
        put(bucket, "docs/leave.md", "# Leave\n\nEvery employee has twenty days of leave.")
        bucket.Object("docs/travel.md").delete()
        changed = await kb.ingest([], sources=["bucket"])
        assert (changed.modified, changed.deleted) == (1, 1)
        assert "twenty" in (await kb.search("days of leave")).hits[0].text
        bucket.Object("docs/leave.md").delete()
        plan = await kb.plan(sources=["bucket"])
        assert (plan.deleted, len(plan.unreachable)) == ((), 1)
        assert "folio ingest --allow-empty --source bucket" in plan.unreachable[0].reason
        assert (await kb.ingest([], sources=["bucket"], allow_empty=True)).deleted == 1


def test_no_key_is_ever_told(bucket: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    put(bucket, "docs/a.txt", "one")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    [failure] = remote().scan().failures
    assert failure.reason.endswith("the environment or the file system's own configuration gives")
