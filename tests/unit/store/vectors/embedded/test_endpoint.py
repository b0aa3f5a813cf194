"""Where a store listens: found while its process holds the folder, and only then."""

import os
from dataclasses import replace

from store.vectors.embedded.endpoint import Endpoint, find_endpoint, remove_endpoint, write_endpoint
from store.vectors.embedded.lock import FolderLock

ENDPOINT = Endpoint(pid=os.getpid(), token="secret-token", url="http://127.0.0.1:1234")


def test_the_endpoint_of_a_living_holder_is_found(tmp_path):
    FolderLock(tmp_path).acquire()
    lock = FolderLock(tmp_path / "served")
    lock.acquire()
    write_endpoint(lock.folder, ENDPOINT)
    assert find_endpoint(lock.folder) == ENDPOINT


def test_an_endpoint_whose_process_is_gone_is_not_found(tmp_path):
    write_endpoint(tmp_path, ENDPOINT)
    assert find_endpoint(tmp_path) is None


def test_an_endpoint_left_by_a_former_holder_is_not_found(tmp_path):
    lock = FolderLock(tmp_path)
    lock.acquire()
    write_endpoint(tmp_path, replace(ENDPOINT, pid=ENDPOINT.pid + 1))
    assert find_endpoint(tmp_path) is None


def test_a_damaged_file_is_no_endpoint(tmp_path):
    lock = FolderLock(tmp_path)
    lock.acquire()
    for content in ("", "{", "[]", '{"pid": 1}', '{"unknown": 1}'):
        (tmp_path / "endpoint.json").write_text(content)
        assert find_endpoint(tmp_path) is None


def test_only_the_owner_may_read_the_token_and_no_log_shows_it(tmp_path):
    write_endpoint(tmp_path, ENDPOINT)
    assert (tmp_path / "endpoint.json").stat().st_mode & 0o777 == 0o600
    assert "secret-token" not in repr(ENDPOINT)


def test_a_removed_endpoint_is_not_found(tmp_path):
    lock = FolderLock(tmp_path)
    lock.acquire()
    write_endpoint(tmp_path, ENDPOINT)
    remove_endpoint(tmp_path)
    remove_endpoint(tmp_path)
    assert find_endpoint(tmp_path) is None
