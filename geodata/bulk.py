"""Many rows at once: COPY in, with a table's indexes and foreign keys resting meanwhile and checked afterwards."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from psycopg import sql
from sqlalchemy import Connection, exists, select, text
from sqlalchemy import table as sql_table

_CONSTRAINTS = text(
    """SELECT conrelid::regclass::text AS "table", conname AS name, pg_get_constraintdef(oid) AS definition
       FROM pg_constraint WHERE conparentid = 0 AND (contype IN ('f', 'x') AND conrelid = ANY (CAST(:tables AS regclass[]))
           OR :keys AND (contype IN ('p', 'u') AND conrelid = ANY (CAST(:tables AS regclass[]))
                         OR contype = 'f' AND confrelid = ANY (CAST(:tables AS regclass[]))))
       ORDER BY array_position('{f,x,u,p}', contype::text), 1, 2"""
)
_INDEXES = text(
    """SELECT c.relname AS name, pg_get_indexdef(i.indexrelid) AS definition
       FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
       WHERE i.indrelid = ANY (CAST(:tables AS regclass[]))
         AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
       ORDER BY 1"""
)
_TRIGGERS = text(
    """SELECT tgrelid::regclass::text AS "table", tgname AS name, pg_get_triggerdef(oid) AS definition
       FROM pg_trigger WHERE tgrelid = ANY (CAST(:tables AS regclass[])) AND tgname = ANY (:names) ORDER BY 1, 2"""
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
    taken = set_aside(connection, [table])
    yield
    put_back(connection, taken)


def set_aside(
    connection: Connection, tables: Sequence[str], *, keys: bool = False, triggers: Sequence[str] = ()
) -> list[str]:
    """Take from empty tables what looks at rows as they come; return the statements that put it back.

    That is secondary indexes, foreign keys and exclusion constraints; with `keys` also keys and what other tables refer
    to them by. Triggers go by name: what they do is then up to the caller. Others see nothing of the tables meanwhile.
    """
    asked = {"tables": list(tables)}
    constraints = connection.execute(_CONSTRAINTS, {**asked, "keys": keys}).all()
    indexes = connection.execute(_INDEXES, asked).all()
    named = connection.execute(_TRIGGERS, {**asked, "names": list(triggers)}).all()
    for row in named:
        connection.exec_driver_sql(f'DROP TRIGGER "{row.name}" ON {row.table}')
    for row in constraints:
        connection.exec_driver_sql(f'ALTER TABLE {row.table} DROP CONSTRAINT "{row.name}"')
    for row in indexes:
        connection.exec_driver_sql(f'DROP INDEX "{row.name}"')
    return [
        *(f'ALTER TABLE {row.table} ADD CONSTRAINT "{row.name}" {row.definition}' for row in reversed(constraints)),
        # Of a partitioned table PostgreSQL says ONLY, which would leave the partitions without.
        *(row.definition.replace(" ON ONLY ", " ON ", 1) for row in indexes),
        *(row.definition for row in named),
    ]


def put_back(connection: Connection, taken: Sequence[str]) -> None:
    """Put back what was set aside, which checks every row in one pass. Raises IntegrityError where one does not fit."""
    connection.execute(text("SET LOCAL maintenance_work_mem = '512MB'"))
    for statement in taken:
        connection.exec_driver_sql(statement.replace("%", "%%"))


def escape(value: str) -> str:
    """Return a text as COPY's text format wants it."""
    return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
