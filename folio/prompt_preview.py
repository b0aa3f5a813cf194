"""A prompt with example values, and how many tokens it has for each model that is configured."""

from dataclasses import dataclass, field

from core.config import Settings
from core.prompts import RenderedPrompt
from generation.prompts.book import primary
from generation.prompts.examples import example_of
from generation.prompts.shelf import ShelvedPrompt
from inference.llm.token_counts import counter_for, estimate

ESTIMATE = "estimate"


@dataclass(frozen=True, slots=True)
class PromptPreview:
    """`token_counts` by model; where none is configured, the estimate alone."""

    rendered: RenderedPrompt
    token_counts: dict[str, int] = field(default_factory=dict)


def preview(settings: Settings, prompt: ShelvedPrompt, *, language: str = "") -> PromptPreview:
    """The prompt with its example values.

    Raises:
        SettingsError: There are none, or the prompt or a tokenizer cannot be used.
    """
    example = example_of(prompt.folder, prompt.name)
    rendered = prompt.render(example.values, language=primary(language))
    text = "\n".join(message.text for message in rendered.messages)
    llm = settings.llm
    models = [one for one in (llm, llm.fast, *llm.fallbacks) if one is not None and one.model is not None]
    counts = {one.model or "": counter_for(one.tokenizer_file, section="llm")(text) for one in models}
    return PromptPreview(rendered, counts or {ESTIMATE: estimate(text)})
