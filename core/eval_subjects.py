"""What an evaluation measures and the gate releases, under one name: how the index is made, searched, and written from. Pure.

The three parts have a fingerprint each: another chunker must not wait for an evaluation because somebody tries a prompt.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import orjson
from pydantic import BaseModel

from core.config import Settings
from core.ids import fingerprint

_NOT_MEASURED = "none"
# What says how much, how long or where, and nothing about what comes of it; and what is secret.
_LEFT_OUT = {
    *("api_key", "base_url", "batch_count", "max_limit", "timeout_s", "thread_count", "expansion_s"),
    *("cache", "cache_s", "cache_similarity", "fallback"),
}


class SubjectPart(StrEnum):
    """What can change by itself."""

    INDEX = "index"
    """Model, chunking, redaction, parser, term weights: what is stored of a document."""
    SEARCH = "search"
    """Fusion, reranking, assembly: what is found of it."""
    PROMPTS = "prompts"
    """Prompts, language model, bounds of answers: what is written from it."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is measured. `values` by name, as `index.embedder`; the first word is the part. No secret is in them."""

    values: Mapping[str, str]

    @property
    def fingerprint(self) -> str:
        """The fingerprints of the three parts, in the order of `SubjectPart`, joined by hyphens."""
        return "-".join(self.of(part) for part in SubjectPart)

    def of(self, part: SubjectPart) -> str:
        """The fingerprint of a part (16 hexadecimal digits); `none` where nothing is said of it."""
        own = {name: value for name, value in self.values.items() if name.startswith(f"{part.value}.")}
        return fingerprint(dict(own)) if own else _NOT_MEASURED

    def without(self, part: SubjectPart) -> "Subject":
        """The subject of an evaluation that says nothing about a part."""
        return Subject(
            {name: value for name, value in self.values.items() if not name.startswith(part.value)}
        )


def subject_of(settings: Settings, *, index: Mapping[str, object], prompts: Mapping[str, str]) -> Subject:
    """What these settings put into force.

    Args:
        settings: With the embedding model that is meant: the live one, or the one that is to go live.
        index: Fingerprints of what makes the index, by name: `embedder`, `chunker`, `redactor`, ...
        prompts: By name of the prompt, its version and the hash of its text.
    """
    values = {f"index.{name}": str(value) for name, value in index.items()}
    values["index.weights"] = _told(settings.sparse, only={"k1", "b", "title_weight", "pair_weight"})
    values["search.retrieval"] = _told(settings.retrieval)
    values["search.rerank"] = _told(settings.rerank)
    values["search.rerank_server"] = _place(settings.rerank.base_url)
    values["search.assembly"] = _told(settings.assembly)
    values["search.lexical"] = settings.sparse.backend
    values["search.graph"] = settings.graph.use if settings.graph.enabled else "off"
    values["prompts.answers"] = _told(settings.answers)
    values["prompts.model"] = f"{settings.llm.provider} {settings.llm.model or ''}".strip()
    values["prompts.model_server"] = _place(settings.llm.base_url)
    return Subject(values | {f"prompts.text.{name}": said for name, said in prompts.items()})


PUT_BACK = ("search.retrieval", "search.rerank", "search.assembly", "prompts.answers")
"""Values of a subject that `recorded_settings` brings back: sections of the settings, by the part that they are of."""

NEVER_PUT_BACK = frozenset(
    {
        *("search.rerank_server", "search.lexical", "search.graph"),
        *("prompts.model", "prompts.model_server"),
    }
)
"""Values of a subject that `recorded_settings` leaves as they are: servers, whose addresses are not kept, and stores."""


def recorded_settings(settings: Settings, values: Mapping[str, str]) -> Settings:
    """These settings with the search and the bounds of answers that an earlier subject's values record.

    What they do not record, and what is in `NEVER_PUT_BACK`, stays as it is.

    A value that another version of Folio wrote and this one does not know stays as it is, too.
    """
    update: dict[str, BaseModel] = {}
    for value_name in PUT_BACK:
        name = value_name.partition(".")[2]
        section: BaseModel = getattr(settings, name)
        try:
            said = orjson.loads(values.get(value_name, "{}"))
            known = {key: said[key] for key in said if key in type(section).model_fields}
            update[name] = type(section).model_validate({**section.model_dump(), **known})
        except ValueError:
            continue
    return settings.model_copy(update=update)


def _told(section: BaseModel, *, only: set[str] | None = None) -> str:
    kept = {name: value for name, value in section.model_dump(mode="json").items() if name not in _LEFT_OUT}
    chosen = kept if only is None else {name: kept[name] for name in only}
    return orjson.dumps(chosen, option=orjson.OPT_SORT_KEYS).decode()


def _place(url: str | None) -> str:
    """A server as a fingerprint: there may be a password in its address."""
    return fingerprint({"url": url}) if url else ""
