"""Decisions about prompts in memory."""

from core.errors import DependencyDownError, InvalidInputError
from core.prompt_releases import PromptRelease


class FakePromptReleases:
    """Implements PromptReleases. While `is_down` it answers nobody; `asked_count` says how often it was asked."""

    def __init__(self, *releases: PromptRelease) -> None:
        self.kept = {release.name: release for release in releases}
        self.is_down = False
        self.asked_count = 0

    async def all(self) -> dict[str, PromptRelease]:
        self.asked_count += 1
        if self.is_down:
            raise DependencyDownError("the catalog does not answer")
        return dict(self.kept)

    async def decide(self, release: PromptRelease) -> None:
        before = self.kept.get(release.name)
        if release.revision != (before.revision if before else 0) + 1:
            raise InvalidInputError("somebody else has decided meanwhile")
        self.kept[release.name] = release
