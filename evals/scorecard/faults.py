"""What a run may break on purpose. The product has no switch for any of it: settings, or a part that is put in another's place."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.ports import Embedder
from evals.runs import Stage
from folio.assembly import Parts, create_parts
from folio.live import MakeParts

Overrides = Mapping[str, Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is broken, and the stage that a report should name for it.

    Attributes:
        name: As `--regress` takes it.
        says: What is broken, in a few words.
        stage: The first stage that is worse for it.
        settings: Sections of settings with values that nobody should use.
        make: Makes the parts of a knowledge base, a broken one among them.
    """

    name: str
    says: str
    stage: Stage
    settings: Overrides = field(default_factory=dict)
    make: MakeParts = create_parts


def with_embedder(make: MakeParts, wrap: Callable[[Embedder], Embedder]) -> MakeParts:
    """Parts as `make` makes them, over another embedder than the settings'."""

    def made(*arguments: Any, embedder: Embedder, **named: Any) -> Parts:
        return make(*arguments, embedder=wrap(embedder), **named)

    return made
