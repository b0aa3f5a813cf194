"""Edge's messages, sorted into Qdrant's statuses."""

import pytest

from store.vectors.embedded.errors import from_edge, unsupported


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (
            Exception("Vector dimension error: expected dim: 4, got 3"),
            400,
            "Wrong input: Vector dimension error: expected dim: 4, got 3",
        ),
        (ValueError("invalid JSON path a[["), 400, "Wrong input: invalid JSON path a[["),
        (TypeError("first line\n- second line"), 400, "Wrong input: first line"),
        (Exception("Wrong input: no"), 400, "Wrong input: no"),
        (Exception("No point with id 99"), 404, "Not found: No point with id 99"),
        (
            Exception("Service runtime error: mmap"),
            500,
            "Service internal error: Service runtime error: mmap",
        ),
    ],
)
def test_an_error_of_edge_gets_its_status(error, status, message):
    sorted_ = from_edge(error)
    assert (sorted_.status, str(sorted_)) == (status, message)


@pytest.mark.parametrize(
    "text", ["Service runtime error: No space left on device (os error 28)", "IO: os error 122"]
)
def test_a_full_disk_is_named_and_keeps_its_own_status(text):
    error = from_edge(Exception(text))
    assert error.status == 507
    assert "no space left on device" in str(error)


def test_what_is_missing_is_named_with_the_way_out():
    error = unsupported("GET /snapshots")
    assert error.status == 501
    assert "GET /snapshots is not supported by the embedded store; use a Qdrant server" in str(error)
