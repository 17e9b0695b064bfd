"""Loading households, with every rule and count kept, against COPY of the same rows into a bare table with its index."""

import time

from sqlalchemy import text

from bench.figures import Figure, Stage, bench
from geodata import bulk
from geodata.database import Database

COLUMNS = ("id", "building_id", "area_id", "path", "unit", "floor", "room", "state_id", "since", "due_on", "place")
CHUNK = 4000


@bench
def loading(stage: Stage) -> list[Figure]:
    """Load the city's million households again, both ways, in turn."""
    database = Database(stage.database_url("city"))
    ours, limit = [], []
    rows, lines = _lines(database)
    for _ in range(2):
        limit.append(rows / _bare(database, lines))
        ours.append(rows / _whole(database, lines))
    database.dispose()
    return [Figure("loading households", max(ours), max(limit), "rows/s", ">= 0.4")]


def _lines(database: Database) -> tuple[int, list[str]]:
    with database.owner() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        with driver.cursor().copy(f"COPY household ({', '.join(COLUMNS)}) TO STDOUT") as copy:
            lines = [bytes(line).decode() for line in copy]
    return len(lines), ["".join(lines[i : i + CHUNK]) for i in range(0, len(lines), CHUNK)]


def _bare(database: Database, lines: list[str]) -> float:
    with database.owner() as connection:
        connection.execute(text("CREATE TABLE bare_household (LIKE household INCLUDING GENERATED INCLUDING DEFAULTS)"))
        began = time.perf_counter()
        bulk.copy_rows(connection, "bare_household", COLUMNS, lines)
        connection.execute(text("CREATE INDEX ON bare_household USING gist (mercator)"))
        seconds = time.perf_counter() - began
        connection.execute(text("DROP TABLE bare_household"))
    return seconds


def _whole(database: Database, lines: list[str]) -> float:
    """Time the real load in a transaction that is then given up, so that the city stays as it was."""
    with database.engine.connect() as connection:
        transaction = connection.begin()
        connection.execute(text("TRUNCATE household, household_state, grid_tally, grid_due, sweep_answer, grid_sweep"))
        began = time.perf_counter()
        with bulk.resting(connection, "household"):
            bulk.copy_rows(connection, "household", COLUMNS, lines)
        seconds = time.perf_counter() - began
        transaction.rollback()
    return seconds
