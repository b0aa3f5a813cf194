"""The prompts that a host offers its user."""

from collections.abc import Mapping

from mcp import types

from core.errors import InvalidInputError, NotFoundError
from folio.mcp.results import NOTICE
from retrieval.question import MAX_QUERY_CHARS

_ANSWER = "answer_with_citations"
PROMPTS = (
    types.Prompt(
        name=_ANSWER,
        title="Answer with citations",
        description="Answers a question from the company's documents alone, and cites every sentence.",
        arguments=[types.PromptArgument(name="question", description="in plain words", required=True)],
    ),
)
_TEXT = """Answer the question below from the documents that Folio finds, and from nothing else.
1. Call `search` with the question; search again with other words if the passages do not answer it. `fetch` what you need whole.
2. Write short sentences. After each one put the number of its source, as [1], and list the sources with title and url at the end.
3. Where the documents do not say it, say that they do not. Where they contradict each other, show both.
4. {notice}

Question: {question}"""


def prompt_messages(name: str, arguments: Mapping[str, str]) -> types.GetPromptResult:
    """The prompt for a question.

    Raises:
        NotFoundError: There is no prompt of this name.
        InvalidInputError: The question is missing or too long.
    """
    if name != _ANSWER:
        raise NotFoundError(f"there is no such prompt; there is: {_ANSWER}")
    question = arguments.get("question", "").strip()
    if not 1 <= len(question) <= MAX_QUERY_CHARS:
        raise InvalidInputError(f"`question` must have 1 to {MAX_QUERY_CHARS} characters")
    text = _TEXT.format(notice=NOTICE, question=question)
    message = types.PromptMessage(role="user", content=types.TextContent(text=text))
    return types.GetPromptResult(description=PROMPTS[0].description, messages=[message])
