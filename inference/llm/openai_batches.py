"""OpenAI's batches: a file of prompts is uploaded, answered within a day, and files of answers and errors come back."""

import json
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from core.batches import (
    BatchItem,
    BatchResult,
    BatchState,
    BatchStatus,
    OrderGoneError,
)
from core.errors import FolioError
from inference.llm import openai_messages
from inference.llm.batch_codes import error_code
from inference.llm.batch_failures import about_order, placing
from inference.llm.batch_portions import portions
from inference.llm.openai_chat import OpenAiChat

_ENDPOINT = "/v1/chat/completions"
_WINDOW = "24h"
_STATUS = {
    "validating": BatchStatus.RUNNING,
    "in_progress": BatchStatus.RUNNING,
    "finalizing": BatchStatus.RUNNING,
    "cancelling": BatchStatus.RUNNING,
    "completed": BatchStatus.ENDED,
    "failed": BatchStatus.FAILED,
    "expired": BatchStatus.EXPIRED,
    "cancelled": BatchStatus.CANCELLED,
}


class OpenAiBatches:
    """Implements BatchProvider by the connections of a chat adapter."""

    def __init__(self, chat: OpenAiChat) -> None:
        self._chat = chat

    def portions(self, items: Sequence[BatchItem]) -> list[tuple[BatchItem, ...]]:
        """At most 50,000 prompts and 100 MB in an order."""
        return portions(items, [len(self._line(item)) for item in items])

    async def submit(self, items: Sequence[BatchItem], *, key: str) -> str:
        """Upload the prompts and order. The order carries `key` as its metadata `folio_order`.

        Where the order is refused, the file is deleted again.
        """
        lines = b"".join(map(self._line, items))
        client = self._chat.client()
        with placing(self._chat, is_paid=False):
            file = await client.files.create(file=(f"folio-{key}.jsonl", lines), purpose="batch")
        try:
            with placing(self._chat, is_paid=True):
                order = await client.batches.create(
                    input_file_id=file.id,
                    endpoint=_ENDPOINT,
                    completion_window=_WINDOW,
                    metadata={"folio_order": key},
                    extra_headers={"Idempotency-Key": key},
                )
                return str(order.id)
        except FolioError:
            # Also of an order that may have been placed: it fails without its file, and costs nothing then.
            with suppress(FolioError):
                await self._delete(file.id)
            raise

    async def state(self, order_id: str) -> BatchState:
        """How an order stands."""
        order = await self._retrieved(order_id)
        with self._chat.reported():
            counts = order.request_counts
            status = _STATUS[order.status]
            if counts is None:
                return BatchState(status)
            return BatchState(status, counts.total, counts.completed, counts.failed)

    async def results(self, order_id: str) -> AsyncIterator[BatchResult]:
        """Of both files: the answers, then the errors."""
        order = await self._retrieved(order_id)
        for file_id in (order.output_file_id, order.error_file_id):
            if not file_id:
                continue
            with about_order(self._chat):
                content = await self._chat.client().files.content(file_id)
            for result in self._read(content.content):
                yield result

    async def cancel(self, order_id: str) -> None:
        """Ask for its end; one that has ended already stays as it is."""
        with about_order(self._chat):
            try:
                await self._chat.client().batches.cancel(order_id)
            except self._chat.sdk.ConflictError:
                return

    async def forget(self, order_id: str) -> None:
        """Delete the three files. The order itself stays in the provider's list, without any text."""
        try:
            order = await self._retrieved(order_id)
        except OrderGoneError:
            return
        for file_id in (order.input_file_id, order.output_file_id, order.error_file_id):
            if file_id:
                await self._delete(file_id)

    async def _retrieved(self, order_id: str) -> Any:
        with about_order(self._chat):
            return await self._chat.client().batches.retrieve(order_id)

    async def _delete(self, file_id: str) -> None:
        with self._chat.reported():
            try:
                await self._chat.client().files.delete(file_id)
            except self._chat.sdk.NotFoundError:
                return

    def _line(self, item: BatchItem) -> bytes:
        body = openai_messages.request(item.prompt, model=self._chat.model)
        row = {"custom_id": item.key, "method": "POST", "url": _ENDPOINT, "body": body}
        return json.dumps(row, separators=(",", ":")).encode() + b"\n"

    def _read(self, content: bytes) -> Iterator[BatchResult]:
        """A line that is none is left out: its prompt has no result then."""
        for line in content.splitlines():
            try:
                row = json.loads(line)
                key = str(row["custom_id"])
            except (ValueError, KeyError, TypeError):
                continue
            yield self._result(key, row)

    def _result(self, key: str, row: dict[str, Any]) -> BatchResult:
        response = row.get("response")
        if row.get("error") or not isinstance(response, dict):
            error = row.get("error")
            return BatchResult(key, error=error_code(error.get("code") if isinstance(error, dict) else ""))
        if response.get("status_code") != HTTPStatus.OK:
            return BatchResult(key, error=error_code(f"status_{response.get('status_code')}"))
        try:
            body = self._chat.sdk.types.chat.ChatCompletion.model_validate(response.get("body"))
            answer = openai_messages.completion(body, provider=self._chat.name, model=self._chat.model)
        except (ValueError, TypeError, AttributeError, IndexError):
            return BatchResult(key, error="unreadable")
        return BatchResult(key, answer)
