"""The server of the protocol: it lists and calls the tools, gives documents as resources, and one prompt.

Every request is served by itself: nothing is kept between two, so any replica can serve the next one.
"""

import logging
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from mcp import types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError

from core.errors import FolioError, NotFoundError, TransientError
from core.personal_shapes import without_personal_shapes
from folio.mcp.arguments import ListDocumentsArguments
from folio.mcp.place_ids import URI_TEMPLATE, parse_uri
from folio.mcp.prompts import PROMPTS, prompt_messages
from folio.mcp.reader import Reader
from folio.mcp.results import NOTICE, ToolResult
from folio.mcp.tools import TOOLS, parsed

_LOG = logging.getLogger(__name__)
_VERSION = "1.0"
_INSTRUCTIONS = (
    "Folio answers from a company's own documents, and shows only those that the caller may read. Use `search` and `fetch` to "
    "read, `ask` for an answer whose sentences are checked and cited. Cite the `url` of what you use. "
    + NOTICE
)
_BUG = "an unexpected error; Folio's log has more"

Context = ServerRequestContext[Any, Any]
Done = TypeVar("Done")


@dataclass(frozen=True, slots=True)
class _Handlers:
    """The requests of the protocol. `reader_of` says on whose behalf a request reads."""

    reader_of: Callable[[Context], Reader]

    async def list_tools(
        self, context: Context, params: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        del context, params
        return types.ListToolsResult(tools=[tool.declaration() for tool in TOOLS.values()])

    async def call_tool(self, context: Context, params: types.CallToolRequestParams) -> types.CallToolResult:
        tool = TOOLS.get(params.name)
        if tool is None:
            raise MCPError(types.INVALID_PARAMS, f"there is no such tool; there are: {', '.join(TOOLS)}")
        try:
            result = await tool.call(self.reader_of(context), params.arguments or {})
        except FolioError as error:
            return _failed(_said(error))
        except Exception as error:  # noqa: BLE001 - the process boundary: what a bug says may quote a document
            _log_bug(error)
            return _failed(_BUG)
        return _succeeded(result)

    async def list_templates(
        self, context: Context, params: types.PaginatedRequestParams | None
    ) -> types.ListResourceTemplatesResult:
        del context, params
        template = types.ResourceTemplate(
            uri_template=URI_TEMPLATE,
            name="document",
            title="A document",
            description="The text of a document, the first page of a long one; `?page=2` the next. " + NOTICE,
            mime_type="text/plain",
        )
        return types.ListResourceTemplatesResult(resource_templates=[template])

    async def list_resources(
        self, context: Context, params: types.PaginatedRequestParams | None
    ) -> types.ListResourcesResult:
        cursor = params.cursor if params else None

        async def listed() -> types.ListResourcesResult:
            wanted = parsed(ListDocumentsArguments, {"cursor": cursor})
            page = await self.reader_of(context).list_documents(wanted)
            resources = [
                types.Resource(uri=one.url, name=one.path, title=one.title, mime_type="text/plain")
                for one in page.documents
            ]
            return types.ListResourcesResult(resources=resources, next_cursor=page.next_cursor)

        return await _or_protocol_error(listed)

    async def read_resource(
        self, context: Context, params: types.ReadResourceRequestParams
    ) -> types.ReadResourceResult:
        async def read() -> types.ReadResourceResult:
            found = await self.reader_of(context).read(parse_uri(params.uri))
            content = types.TextResourceContents(uri=params.uri, mime_type="text/plain", text=found.text)
            return types.ReadResourceResult(contents=[content])

        return await _or_protocol_error(read)

    async def list_prompts(
        self, context: Context, params: types.PaginatedRequestParams | None
    ) -> types.ListPromptsResult:
        del context, params
        return types.ListPromptsResult(prompts=list(PROMPTS))

    async def get_prompt(
        self, context: Context, params: types.GetPromptRequestParams
    ) -> types.GetPromptResult:
        del context

        async def made() -> types.GetPromptResult:
            return prompt_messages(params.name, params.arguments or {})

        return await _or_protocol_error(made)


def create_server(reader_of: Callable[[Context], Reader]) -> Server[Any]:
    """The server; `reader_of` gives for a request the reader of whoever sent it.

    It raises a FolioError for a request that has no principal: the caller sees an error and no data.
    """
    handlers = _Handlers(reader_of)
    server: Server[Any] = Server(
        "folio",
        version=_VERSION,
        title="Folio",
        instructions=_INSTRUCTIONS,
        on_list_tools=handlers.list_tools,
        on_call_tool=handlers.call_tool,
        on_list_resources=handlers.list_resources,
        on_list_resource_templates=handlers.list_templates,
        on_read_resource=handlers.read_resource,
        on_list_prompts=handlers.list_prompts,
        on_get_prompt=handlers.get_prompt,
    )
    # Its spans are named by what a client sends as a tool's name, which may be anything.
    server.middleware.clear()
    return server


async def _or_protocol_error(work: Callable[[], Awaitable[Done]]) -> Done:
    try:
        return await work()
    except FolioError as error:
        code = types.INTERNAL_ERROR if isinstance(error, TransientError) else types.INVALID_PARAMS
        raise MCPError(code, _said(error)) from None
    except Exception as error:  # noqa: BLE001 - the process boundary: what a bug says may quote a document
        _log_bug(error)
        raise MCPError(types.INTERNAL_ERROR, _BUG) from None


def _succeeded(result: ToolResult) -> types.CallToolResult:
    # Hosts that know no structured content read the same as JSON text.
    text = types.TextContent(text=result.model_dump_json())
    return types.CallToolResult(content=[text], structured_content=result.model_dump(mode="json"))


def _failed(message: str) -> types.CallToolResult:
    return types.CallToolResult(content=[types.TextContent(text=message)], is_error=True)


def _said(error: FolioError) -> str:
    detail = without_personal_shapes(error.detail.encode("utf-8", "replace").decode())
    code = "not_found" if isinstance(error, NotFoundError) else error.code
    return f"{code}: {detail}"


def _log_bug(error: Exception) -> None:
    where = "".join(traceback.format_tb(error.__traceback__))
    _LOG.error("an MCP request failed: unexpected %s\n%s", type(error).__name__, where)
