"""Settings of the knowledge graph."""

from typing import Literal

from pydantic import Field

from core.sections import Section
from core.source_settings import Schedule


class CommunitySettings(Section):
    """How entities are grouped."""

    max_size: int = Field(
        50, ge=2, le=10_000, description="largest community of the finest level; larger ones are divided"
    )
    min_size: int = Field(3, ge=2, le=1000, description="smaller ones are not kept")
    resolution: float = Field(1.0, gt=0, le=100, description="resolution of Leiden; higher: more communities")
    summaries: Literal["extractive", "model"] = Field(
        "extractive",
        description="who writes them: sentences of the documents are picked, or a configured language model restates them",
    )
    sentence_count: int = Field(5, ge=1, le=50, description="most sentences of a summary")
    schedule: Schedule = Field("*/15 * * * *", description="cron expression (UTC) of the refresh in Dagster")


class GraphSettings(Section):
    """The knowledge graph: what is read from documents, and how it helps searches."""

    enabled: bool = Field(
        True, description="entities and relations are read from every document that is indexed"
    )
    syntax: bool = Field(
        True,
        description="sentences that name two entities are parsed for relations; off: co-occurrence alone",
    )
    max_entities: int = Field(
        5000, ge=1, le=1_000_000, description="entities of one document; the least named are left out"
    )
    max_rows: int = Field(
        50_000, ge=1, le=10_000_000, description="rows of evidence of one document; the weakest are left out"
    )
    refresh_s: float = Field(
        1.0, ge=0, le=3600, description="how old the view of the graph may be when it is asked"
    )
    use: Literal["auto", "always", "off"] = Field(
        "auto",
        description="whether searches follow the graph: `auto` where the question needs more than one document",
    )
    budget_ms: int = Field(
        2000,
        ge=1,
        le=600_000,
        description="a search waits so long for the graph at most (ms); then it goes on without it, and says so",
    )
    merge_similarity: float = Field(
        0.92,
        ge=0,
        le=1,
        description="cosine from which two names of one kind that say the same words are taken for one; 1: never",
    )
    refine_tokens: int = Field(
        1_000_000,
        ge=0,
        description="most tokens, answers included, that one `folio graph refine` spends on the language model; 0: no bound "
        "but the budget's",
    )
    communities: CommunitySettings = CommunitySettings()
