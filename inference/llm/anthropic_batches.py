"""Anthropic's message batches: prompts in one request, answered within a day, results as lines."""

import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

from core.batches import BatchItem, BatchResult, BatchState, BatchStatus, OrderGoneError
from inference.llm import anthropic_messages
from inference.llm.anthropic_chat import AnthropicChat
from inference.llm.batch_codes import error_code
from inference.llm.batch_failures import about_order, placing
from inference.llm.batch_portions import portions


class AnthropicBatches:
    """Implements BatchProvider by the connections of a chat adapter."""

    def __init__(self, chat: AnthropicChat) -> None:
        self._chat = chat

    def portions(self, items: Sequence[BatchItem]) -> list[tuple[BatchItem, ...]]:
        """At most 50,000 prompts and 100 MB in an order; the provider takes twice that."""
        return portions(items, [len(json.dumps(self._request(item))) for item in items])

    async def submit(self, items: Sequence[BatchItem], *, key: str) -> str:
        """Order. The provider has no place for `key` but the header."""
        requests = [self._request(item) for item in items]
        with placing(self._chat, is_paid=True):
            order = await self._batches().create(requests=requests, extra_headers={"Idempotency-Key": key})
            return str(order.id)

    async def state(self, order_id: str) -> BatchState:
        """How an order stands. One that has ended counts as expired or cancelled where it has nothing else."""
        with about_order(self._chat):
            order = await self._batches().retrieve(order_id)
            counts = order.request_counts
            looked_at_count = counts.succeeded + counts.errored
            missed_count = counts.canceled + counts.expired
            status = BatchStatus.RUNNING
            if order.processing_status == "ended":
                status = _ended(
                    looked_at_count, cancelled_count=counts.canceled, expired_count=counts.expired
                )
            item_count = looked_at_count + missed_count + counts.processing
            return BatchState(status, item_count, counts.succeeded, counts.errored + missed_count)

    async def results(self, order_id: str) -> AsyncIterator[BatchResult]:
        """Read line by line as they come."""
        with about_order(self._chat):
            order = await self._batches().retrieve(order_id)
            if not order.results_url:
                raise OrderGoneError(f"{self._chat.name} has no results of the order (any more)")
            lines = await self._batches().results(order_id)
            async for line in lines:
                yield self._result(str(line.custom_id), line.result)

    async def cancel(self, order_id: str) -> None:
        """Ask for its end; one that has ended already stays as it is."""
        with about_order(self._chat):
            try:
                await self._batches().cancel(order_id)
            except (self._chat.sdk.ConflictError, self._chat.sdk.BadRequestError):
                return

    async def forget(self, order_id: str) -> None:
        """Delete the order with its prompts and results."""
        with self._chat.reported():
            try:
                await self._batches().delete(order_id)
            except self._chat.sdk.NotFoundError:
                return

    def _batches(self) -> Any:
        return self._chat.client().messages.batches

    def _request(self, item: BatchItem) -> dict[str, Any]:
        params = anthropic_messages.request(item.prompt, model=self._chat.model)
        return {"custom_id": item.key, "params": params}

    def _result(self, key: str, result: Any) -> BatchResult:
        if result.type != "succeeded":
            error = getattr(getattr(result, "error", None), "error", None)
            return BatchResult(key, error=error_code(getattr(error, "type", result.type)))
        try:
            answer = anthropic_messages.completion(result.message, provider=self._chat.name)
        except (ValueError, TypeError, AttributeError):
            return BatchResult(key, error="unreadable")
        return BatchResult(key, answer)


def _ended(looked_at_count: int, *, cancelled_count: int, expired_count: int) -> BatchStatus:
    if looked_at_count:
        return BatchStatus.ENDED
    if cancelled_count:
        return BatchStatus.CANCELLED
    return BatchStatus.EXPIRED if expired_count else BatchStatus.ENDED
