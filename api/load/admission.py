"""The limits of one API process, made from the settings."""

import math
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from api.load.gate import Gate
from api.load.rates import Rates
from api.load.request_classes import QUEUED, RequestClass
from core.config import Settings
from core.limit_settings import LimitSettings
from core.ports import Clock
from store.limits.opening import create_counter

_PER_CORE = 4
# With a model most of an answer is waiting for it.
_ANSWERS_OF_A_MODEL = 32


@dataclass(frozen=True, slots=True)
class Limits:
    """What bounds requests: rates of callers, gates by class, seconds by class."""

    rates: Rates
    gates: Mapping[RequestClass, Gate]
    seconds: Mapping[RequestClass, float]
    request_count: int
    body_timeout_s: float


def create_limits(settings: Settings, clock: Clock) -> Limits:
    """The limits of this process.

    Raises:
        SettingsError: The cache's address is wrong.
        MissingExtraError: It needs a client that is not installed.
    """
    limits = settings.limits
    has_model = settings.llm.model is not None
    alone = settings.cache.url is None
    rates = Rates(
        limits,
        create_counter(settings.cache, limits, clock),
        share_count=settings.api.worker_count if alone else 1,
        has_model=has_model,
    )
    slots = slot_counts(limits, cores=cores_of(settings.api.worker_count), has_model=has_model)
    return Limits(
        rates,
        _gates(limits, slots, rates.weight_of),
        seconds_of(limits),
        limits.concurrent_requests,
        settings.api.body_timeout_s,
    )


def slot_counts(limits: LimitSettings, *, cores: int, has_model: bool) -> dict[RequestClass, int]:
    """How many of each class are served at once by a process that has so many cores to itself."""
    derived = _PER_CORE * cores
    return {
        RequestClass.SEARCH: limits.concurrent_searches or derived,
        RequestClass.ANSWER: limits.concurrent_answers or (_ANSWERS_OF_A_MODEL if has_model else derived),
        RequestClass.UPLOAD: limits.concurrent_uploads,
    }


def seconds_of(limits: LimitSettings) -> dict[RequestClass, float]:
    """How long a request of each class may take."""
    return {
        RequestClass.SEARCH: limits.search_s,
        RequestClass.ANSWER: limits.answer_s,
        RequestClass.UPLOAD: limits.upload_s,
        RequestClass.TOOL: limits.answer_s,
        RequestClass.OTHER: limits.request_s,
        RequestClass.FREE: limits.request_s,
    }


def cores_of(worker_count: int) -> int:
    """The cores that each of so many processes can count on, at least one."""
    return max(1, math.floor((os.cpu_count() or 1) / worker_count))


def _gates(
    limits: LimitSettings, slots: Mapping[RequestClass, int], weight_of: Callable[[str], float]
) -> dict[RequestClass, Gate]:
    gates = {
        kind: Gate(
            kind.value,
            slot_count=slots[kind],
            room_count=limits.queue_length,
            wait_s=limits.queue_wait_s,
            weight_of=weight_of,
        )
        for kind in QUEUED
    }
    return {**gates, RequestClass.TOOL: gates[RequestClass.SEARCH]}
