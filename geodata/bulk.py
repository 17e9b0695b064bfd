"""Many rows at once: COPY in, with a table's indexes and foreign keys resting meanwhile and checked afterwards."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from psycopg import sql
from sqlalchemy import Connection, exists, select, text
from sqlalchemy import table as sql_table

_INDEXES = text(
    """SELECT c.relname AS name, pg_get_indexdef(i.indexrelid) AS definition
       FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
       WHERE i.indrelid = to_regclass(:table)
         AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u'))
         AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype = 'x')
       ORDER BY 1"""
)
_CONSTRAINTS = text(
    """SELECT conname AS name, pg_get_constraintdef(oid) AS definition
       FROM pg_constraint WHERE conrelid = to_regclass(:table) AND contype IN ('f', 'x') AND conparentid = 0
       ORDER BY contype DESC, 1"""
)


def copy_rows(connection: Connection, table: str, columns: Sequence[str], chunks: Iterable[str]) -> int:
    """Send chunks of COPY text (tab-separated lines) into a table in the caller's transaction; return the row count.

    A line that the database refuses raises psycopg's error and leaves nothing of the transaction behind.
    """
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    driver = connection.connection.driver_connection
    assert driver is not None
    with driver.cursor() as cursor:
        with cursor.copy(statement) as copy:
            for chunk in chunks:
                copy.write(chunk)
        return int(cursor.rowcount)


@contextmanager
def resting(connection: Connection, table: str) -> Iterator[None]:
    """Take a table's secondary indexes, foreign keys and exclusion constraints away, and put them back at the end.

    For the first load of an empty table only: putting them back checks every row in one pass, which costs a tenth of
    checking each row as it comes. On a table with rows this does nothing, since others may be reading it.
    """
    if connection.scalar(select(exists().select_from(sql_table(table)))):
        yield
        return
    constraints = connection.execute(_CONSTRAINTS, {"table": table}).all()
    indexes = connection.execute(_INDEXES, {"table": table}).all()
    for constraint in constraints:
        _run(connection, 'ALTER TABLE "{}" DROP CONSTRAINT "{}"', table, constraint.name)
    for index in indexes:
        _run(connection, 'DROP INDEX "{}"', index.name)
    yield
    connection.execute(text("SET LOCAL maintenance_work_mem = '512MB'"))
    for index in indexes:
        # Of a partitioned table PostgreSQL says ONLY, which would leave the partitions without.
        connection.exec_driver_sql(index.definition.replace(" ON ONLY ", " ON ", 1).replace("%", "%%"))
    for constraint in constraints:
        _run(connection, 'ALTER TABLE "{}" ADD CONSTRAINT "{}" ' + constraint.definition, table, constraint.name)


def _run(connection: Connection, statement: str, *names: str) -> None:
    # Names come from the catalogue of the database itself.
    connection.exec_driver_sql(statement.format(*names))


def escape(value: str) -> str:
    """Return a text as COPY's text format wants it."""
    return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
