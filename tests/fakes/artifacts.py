"""An in-memory artifact store."""

from datetime import datetime

from core import ids
from core.errors import NotFoundError


class FakeArtifacts:
    """Implements ArtifactStore with a dictionary; `texts` holds what is stored, by key. All of it is old."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}

    async def put(self, text: str) -> str:
        key = ids.text_key(text)
        self.texts[key] = text
        return key

    async def get(self, key: str) -> str:
        if key not in self.texts:
            raise NotFoundError(f"there is no stored text with the key {key}")
        return self.texts[key]

    async def delete(self, key: str) -> None:
        self.texts.pop(key, None)

    async def exists(self, key: str) -> bool:
        return key in self.texts

    async def keys(self, *, before: datetime) -> list[str]:
        return sorted(self.texts)
