"""BLAS with one thread while a model runs, and as before after it."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from threadpoolctl import threadpool_info

from inference.nlp.one_thread import one_thread


def thread_counts() -> list[int]:
    np.zeros(1)
    return [one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"]


def inside() -> list[int]:
    with one_thread():
        return thread_counts()


def test_inside_there_is_one_thread_and_afterwards_what_there_was() -> None:
    before = thread_counts()
    assert set(inside()) <= {1}
    assert thread_counts() == before


def test_so_it_is_for_blocks_of_several_threads() -> None:
    before = thread_counts()
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda _: inside(), range(20)))
    assert all(set(counts) <= {1} for counts in found)
    assert thread_counts() == before
