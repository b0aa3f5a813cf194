"""What a policy takes out: entity types and how sure a finding must be. Pure."""

from dataclasses import dataclass

from core.config import RedactionSettings

# Taken out under `strict` only: most documents are about them.
STRICT_ENTITIES = ("ORGANIZATION", "LOCATION", "DATE_TIME")
# Words of the deny list that no recogniser has a type for.
DENIED = "DENIED"
_STRICT_THRESHOLD = 0.3


@dataclass(frozen=True, slots=True)
class Policy:
    """The entity types to find and the least confidence of each."""

    entities: tuple[str, ...]
    threshold: float
    thresholds: dict[str, float]

    def accepts(self, entity: str, score: float) -> bool:
        """Whether a finding of this type is sure enough."""
        return score >= self.thresholds.get(entity, self.threshold)


def policy_of(settings: RedactionSettings) -> Policy:
    """The policy that the settings describe."""
    if settings.policy != "strict":
        return Policy(tuple(sorted(set(settings.entities))), settings.threshold, dict(settings.thresholds))
    entities = tuple(sorted({*settings.entities, *STRICT_ENTITIES}))
    return Policy(entities, min(settings.threshold, _STRICT_THRESHOLD), dict(settings.thresholds))
