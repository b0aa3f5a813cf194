"""What failures of the database mean to a caller."""

import pytest
import sqlalchemy as sa

from core.errors import InvalidInputError
from store.catalog.failures import reported


class PostgresError(Exception):
    def __init__(self, sqlstate: str) -> None:
        super().__init__("words of the server")
        self.sqlstate = sqlstate


@pytest.mark.parametrize("sqlstate", ["22021", "22P05"])
def test_a_text_that_postgres_cannot_hold_is_the_callers_to_mend(sqlstate: str):
    with pytest.raises(InvalidInputError, match="NUL") as error, reported("a place"):
        raise sa.exc.DBAPIError("SELECT", {}, PostgresError(sqlstate))
    assert "words" not in error.value.detail


def test_what_is_not_known_stays_as_it_is():
    with pytest.raises(sa.exc.DBAPIError), reported("a place"):
        raise sa.exc.DBAPIError("SELECT", {}, PostgresError("42601"))
