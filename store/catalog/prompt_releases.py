"""Which versions of prompts are current and which are tried, in the catalog's database."""

from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.errors import InvalidInputError
from core.prompt_releases import PromptRelease
from store.catalog.engine import Database
from store.catalog.prompt_tables import prompt_releases as releases
from store.catalog.upsert import insert_if_new

_FIRST = 1


class SqlPromptReleases:
    """Implements PromptReleases over SQLite or Postgres."""

    def __init__(self, database: Database) -> None:
        """Use a database that has been migrated."""
        self._database = database

    async def all(self) -> dict[str, PromptRelease]:
        """What was decided, by name of the prompt."""
        async with self._database.reading() as connection:
            rows = (await connection.execute(sa.select(releases))).mappings().all()
        return {row["name"]: PromptRelease(**row) for row in rows}

    async def decide(self, release: PromptRelease) -> None:
        """Put a decision in the place of the one before it.

        Raises:
            InvalidInputError: Somebody else has decided about this prompt meanwhile.
        """
        async with self._database.writing() as connection:
            if not await _written(connection, release):
                raise InvalidInputError(
                    f"somebody else has decided about the prompt '{release.name}' meanwhile: look again with "
                    "`folio prompts list`"
                )


async def _written(connection: AsyncConnection, release: PromptRelease) -> bool:
    """Whether the decision follows the one that is there."""
    values = asdict(release)
    if release.revision == _FIRST:
        statement: sa.Insert | sa.Update = insert_if_new(releases, connection.dialect.name).values(values)
    else:
        before = (releases.c.name == release.name) & (releases.c.revision == release.revision - 1)
        statement = sa.update(releases).where(before).values(values)
    return (await connection.execute(statement)).rowcount == 1
