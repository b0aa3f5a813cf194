"""Folio inside LlamaIndex: a retriever over a knowledge base, and its language model.

A query engine that is built on them reads what the principal may read, and every call of the model goes through Folio's gateway: its
limits, budgets and records hold. Both belong to the event loop in which they were made: its own code takes the methods with `a`
(`aretrieve`, `aquery`); the others are for other threads.
"""

import asyncio
from collections.abc import AsyncGenerator, Coroutine, Generator, Sequence
from contextlib import aclosing
from typing import Any, TypeVar

from llama_index.core.base.llms.types import (
    ChatMessage,
    ChatResponse,
    CompletionResponse,
    LLMMetadata,
    MessageRole,
)
from llama_index.core.llms.llm import LLM
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode
from pydantic import PrivateAttr

from core.access import Principal
from core.errors import InvalidInputError
from core.filters import Condition
from core.language_model_ports import LanguageModel
from core.language_models import CallPurpose, Completion, Message, Prompt, Role
from core.search import Hit
from folio.knowledge_base import KnowledgeBase

Result = TypeVar("Result")

_FEATURE = "llama_index"
_ROLES = {
    MessageRole.SYSTEM: Role.SYSTEM,
    MessageRole.DEVELOPER: Role.SYSTEM,
    MessageRole.ASSISTANT: Role.ASSISTANT,
    MessageRole.MODEL: Role.ASSISTANT,
}


class FolioRetriever(BaseRetriever):
    """The passages of `KnowledgeBase.search` as nodes: inside the principal's filter, best first."""

    def __init__(
        self,
        knowledge_base: KnowledgeBase,
        *,
        principal: Principal | None = None,
        limit: int = 10,
        narrowed: Condition | None = None,
    ) -> None:
        """Over an open knowledge base, on behalf of a principal (by default, the operator); make it in a running loop."""
        super().__init__()
        self._knowledge_base = knowledge_base
        self._principal = principal
        self._limit = limit
        self._narrowed = narrowed
        self._loop = asyncio.get_running_loop()

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        found = await self._knowledge_base.search(
            query_bundle.query_str, limit=self._limit, principal=self._principal, narrowed=self._narrowed
        )
        return [_node(hit) for hit in found.hits]

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return _from_another_thread(self._aretrieve(query_bundle), self._loop)


class FolioLLM(LLM):
    """Folio's language model gateway as a LlamaIndex LLM. Tools are not passed on."""

    _model: LanguageModel = PrivateAttr()
    _purpose: CallPurpose = PrivateAttr()
    _metadata: LLMMetadata = PrivateAttr()
    _loop: asyncio.AbstractEventLoop = PrivateAttr()

    def __init__(
        self, model: LanguageModel, *, principal: Principal, context_tokens: int, answer_tokens: int = 1024
    ) -> None:
        """Calls are recorded for the principal as the feature `llama_index`; make it in a running loop."""
        super().__init__()
        self._model = model
        self._purpose = CallPurpose(principal.tenant, _FEATURE, principal.subject)
        self._loop = asyncio.get_running_loop()
        self._metadata = LLMMetadata(
            context_window=context_tokens, num_output=answer_tokens, is_chat_model=True, model_name="folio"
        )

    @classmethod
    async def of(cls, knowledge_base: KnowledgeBase, *, principal: Principal | None = None) -> "FolioLLM":
        """The model of an open knowledge base.

        Raises:
            SettingsError: None is configured.
        """
        settings = knowledge_base.settings
        return cls(
            await knowledge_base.language_model(),
            principal=principal or settings.principal(),
            context_tokens=settings.llm.context_tokens,
            answer_tokens=settings.answers.answer_tokens,
        )

    @property
    def metadata(self) -> LLMMetadata:
        """What the model can read and write."""
        return self._metadata

    async def achat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        """The whole answer to a conversation. Takes `temperature`, `max_tokens` and `stop`."""
        done = await self._model.complete(self._prompt(messages, kwargs), purpose=self._purpose)
        return _response(done)

    async def astream_chat(
        self, messages: Sequence[ChatMessage], **kwargs: Any
    ) -> AsyncGenerator[ChatResponse, None]:
        """The same in pieces: each response has the text so far, and as `delta` what is new in it."""
        prompt = self._prompt(messages, kwargs)

        async def pieces() -> AsyncGenerator[ChatResponse, None]:
            said = ""
            stream = self._model.stream(prompt, purpose=self._purpose)
            async with aclosing(stream) as parts:  # type: ignore[type-var]  # the port's iterators are generators
                async for part in parts:
                    if not isinstance(part, Completion):
                        said += part.text
                        message = ChatMessage(role=MessageRole.ASSISTANT, content=said)
                        yield ChatResponse(message=message, delta=part.text)

        return pieces()

    async def acomplete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        """The whole answer to a text."""
        del formatted
        found = await self.achat([ChatMessage(role=MessageRole.USER, content=prompt)], **kwargs)
        return CompletionResponse(text=found.message.content or "", raw=found.raw)

    async def astream_complete(
        self, prompt: str, formatted: bool = False, **kwargs: Any
    ) -> AsyncGenerator[CompletionResponse, None]:
        """The same in pieces."""
        del formatted
        stream = await self.astream_chat([ChatMessage(role=MessageRole.USER, content=prompt)], **kwargs)

        async def pieces() -> AsyncGenerator[CompletionResponse, None]:
            async with aclosing(stream) as parts:
                async for part in parts:
                    yield CompletionResponse(text=part.message.content or "", delta=part.delta)

        return pieces()

    def chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        """Like `achat`, for another thread."""
        return _from_another_thread(self.achat(messages, **kwargs), self._loop)

    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        """Like `acomplete`, for another thread."""
        return _from_another_thread(self.acomplete(prompt, formatted, **kwargs), self._loop)

    def stream_chat(
        self, messages: Sequence[ChatMessage], **kwargs: Any
    ) -> Generator[ChatResponse, None, None]:
        """Like `astream_chat`, for another thread."""
        return _drawn(_from_another_thread(self.astream_chat(messages, **kwargs), self._loop), self._loop)

    def stream_complete(
        self, prompt: str, formatted: bool = False, **kwargs: Any
    ) -> Generator[CompletionResponse, None, None]:
        """Like `astream_complete`, for another thread."""
        stream = _from_another_thread(self.astream_complete(prompt, formatted, **kwargs), self._loop)
        return _drawn(stream, self._loop)

    def _prompt(self, messages: Sequence[ChatMessage], options: dict[str, Any]) -> Prompt:
        said = tuple(
            Message(_ROLES.get(message.role, Role.USER), message.content or "") for message in messages
        )
        stop = options.get("stop") or ()
        return Prompt(
            said,
            max_tokens=options.get("max_tokens") or self._metadata.num_output,
            temperature=options.get("temperature") or 0.0,
            stop=(stop,) if isinstance(stop, str) else tuple(stop),
        )


def _node(hit: Hit) -> NodeWithScore:
    """A passage with what cites it. Offsets are those of the stored text."""
    names = (
        "doc_id", "version", "ordinal", "external_id", "path", "title", "heading", "page", "start", "end",
    )  # fmt: skip
    metadata = {name: getattr(hit, name) for name in names}
    # What a model is to read beside the text: the rest is for whoever shows the answer.
    hidden = [name for name in names if name not in {"title", "heading", "page"}]
    node = TextNode(
        id_=f"{hit.doc_id}:{hit.version}:{hit.ordinal}",
        text=hit.text,
        metadata=metadata,
        excluded_llm_metadata_keys=hidden,
        excluded_embed_metadata_keys=hidden,
    )
    return NodeWithScore(node=node, score=hit.score)


def _response(done: Completion) -> ChatResponse:
    message = ChatMessage(role=MessageRole.ASSISTANT, content=done.text)
    usage = {"prompt_tokens": done.usage.input_count, "completion_tokens": done.usage.output_count}
    return ChatResponse(message=message, raw={"model": done.model, "usage": usage})


def _from_another_thread(work: Coroutine[Any, Any, Result], loop: asyncio.AbstractEventLoop) -> Result:
    try:
        inside = asyncio.get_running_loop() is loop
    except RuntimeError:
        inside = False
    if inside:
        work.close()
        raise InvalidInputError(
            "this would wait for its own event loop: use the method that begins with `a` (aretrieve, achat, aquery), or "
            "call it in another thread"
        )
    return asyncio.run_coroutine_threadsafe(work, loop).result()


def _drawn(
    stream: AsyncGenerator[Result, None], loop: asyncio.AbstractEventLoop
) -> Generator[Result, None, None]:
    """An iterator of the loop, drawn from outside; the end of this one is the end of that."""
    try:
        while (piece := asyncio.run_coroutine_threadsafe(_next(stream), loop).result()) is not None:
            yield piece
    finally:
        asyncio.run_coroutine_threadsafe(stream.aclose(), loop).result()


async def _next(stream: AsyncGenerator[Result, None]) -> Result | None:
    return await anext(stream, None)
