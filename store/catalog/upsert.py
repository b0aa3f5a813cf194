"""Insert-or-replace for both databases."""

from functools import cache

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite


# Building the statement takes longer than SQLite takes to execute it.
@cache
def insert_or_replace(table: sa.Table, dialect: str) -> sa.Insert:
    """An insert that replaces every column of a row with the same primary key."""
    insert = _insert(table, dialect)
    key = [column.name for column in table.primary_key]
    replaced = {column.name: insert.excluded[column.name] for column in table.c if column.name not in key}
    return insert.on_conflict_do_update(index_elements=key, set_=replaced)


def insert_or_replace_where(table: sa.Table, dialect: str, *, where: sa.ColumnElement[bool]) -> sa.Insert:
    """Like `insert_or_replace`, but a row that is there is replaced only if it meets the condition."""
    insert = _insert(table, dialect)
    key = [column.name for column in table.primary_key]
    replaced = {column.name: insert.excluded[column.name] for column in table.c if column.name not in key}
    return insert.on_conflict_do_update(index_elements=key, set_=replaced, where=where)


@cache
def insert_if_new(table: sa.Table, dialect: str) -> sa.Insert:
    """An insert that leaves a row with the same primary key as it is."""
    key = [column.name for column in table.primary_key]
    return _insert(table, dialect).on_conflict_do_nothing(index_elements=key)


@cache
def insert_unless_taken(table: sa.Table, dialect: str) -> sa.Insert:
    """An insert that leaves rows out which any unique key of the table is against."""
    return _insert(table, dialect).on_conflict_do_nothing()


def _insert(table: sa.Table, dialect: str) -> sqlite.Insert | postgresql.Insert:
    # The two have the same methods, but SQLAlchemy gives them no common type.
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


@cache
def advanced(table: sa.Table, dialect: str, *, key: str, counter: str) -> sa.Insert:
    """An insert that counts a row's counter up by one, from 0 where there is no row, and returns it.

    The row is the writer's own until its transaction ends: numbers are given in the order of commits.
    """
    insert = _insert(table, dialect).values({counter: 1})
    counted = {counter: table.c[counter] + 1}
    return insert.on_conflict_do_update(index_elements=[key], set_=counted).returning(table.c[counter])
