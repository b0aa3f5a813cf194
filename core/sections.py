"""What the sections of the settings tree have in common."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict

from core.access import Tier


def _tier(value: object) -> object:
    return Tier.parse(value) if isinstance(value, str) else value


TierSetting = Annotated[Tier, BeforeValidator(_tier)]


class Section(BaseModel):
    """Base of every section: unknown keys are refused, values are frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True)
