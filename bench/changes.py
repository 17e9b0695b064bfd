"""The ledger: changes one by one against a bare UPDATE; a grid's list of the day; household tiles ten days ago."""

import re
from contextlib import closing
from datetime import UTC, datetime, timedelta
from statistics import quantiles
from threading import Event, Thread
from time import perf_counter

import psycopg
from sqlalchemy import Connection, text

from bench.figures import Figure, Stage, bench
from bench.server import pgbench, serving, wrk
from bench.summaries import server_time
from bench.tiles import tiles_over
from geodata.database import Database
from geodata.news import PULSE_S

CLIENTS, CHANGES = 8, 10_000
ROUNDS = 5
_BARE = "\\set door random(1, {doors})\nUPDATE bare_household SET state_id = 1 + :door % 6 WHERE id = :door;\n"
_OURS = """\\set door random(1, {doors})
SELECT r.outcome FROM (SELECT set_config('role', 'wangge_app', true), set_config('app.paths', '{path}', true),
set_config('app.home_paths', '{path}', true) OFFSET 0) s, record_change(:door, 'change', (1 + :door % 6)::smallint, 1,
clock_timestamp(), 'survey', 'bench', 'bench', gen_random_uuid(), true, NULL, NULL, NULL, 0) r;
"""
_COUNTS = """SELECT count(*) FROM (
    (SELECT area_id, state_id, households FROM grid_tally WHERE households <> 0
     EXCEPT SELECT area_id, state_id, count(*) FROM household GROUP BY 1, 2)
    UNION ALL
    (SELECT area_id, due_on, households FROM (SELECT area_id, (due_on - date '2000-01-01') AS due_on, households FROM grid_due
     WHERE households <> 0) d
     EXCEPT SELECT area_id, due_on - date '2000-01-01', count(*) FROM household WHERE due_on IS NOT NULL GROUP BY 1, 2)) d"""


@bench
def changes(stage: Stage) -> list[Figure]:
    """Change households all over the city, each by a call of its own through the door of the ledger, inside a scope."""
    url = stage.database_url("city")
    database = Database(url)
    with database.owner() as connection:
        path = connection.scalar(text("SELECT path::text FROM area WHERE parent_id IS NULL"))
        doors = connection.scalar(text("SELECT max(id) FROM household"))
        connection.execute(text("DROP TABLE IF EXISTS bare_household"))
        _bare_table(connection)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE bare_household")
    ours, bare = _OURS.format(doors=doors, path=path), _BARE.format(doors=doors)
    pgbench(url, ours, clients=CLIENTS, per_transaction=1, transactions=200)
    pairs = [
        (
            _with_a_server(url, ours),
            pgbench(url, bare, clients=CLIENTS, per_transaction=1, transactions=CHANGES // CLIENTS),
        )
        for _ in range(ROUNDS)
    ]
    with database.owner() as connection:
        connection.execute(text("SELECT fold_changes()"))
        wrong = connection.scalar(text(_COUNTS))
        connection.execute(text("DROP TABLE bare_household"))
    database.dispose()
    rate, limit = sorted(pairs, key=lambda pair: pair[0] / pair[1])[ROUNDS // 2]
    return [
        Figure("changing households one by one, 8 clients", rate, limit, "changes/s", ">= 0.25"),
        Figure("counts that differ from a recount afterwards", float(wrong or 0), None, "counts", "<= 0"),
    ]


def _with_a_server(url: str, script: str) -> float:
    """Return changes a second while a server's pulse folds them into the counts; the last of them is waited for."""
    over = Event()

    def pulse() -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            while not over.wait(PULSE_S):
                connection.execute("SELECT tell_untold(), fold_waiting()")

    beating = Thread(target=pulse)
    beating.start()
    rate = pgbench(url, script, clients=CLIENTS, per_transaction=1, transactions=CHANGES // CLIENTS)
    over.set()
    beating.join()
    with psycopg.connect(url, autocommit=True) as connection:
        began = perf_counter()
        connection.execute("SELECT tell_untold(), fold_waiting()")
        return CHANGES / (CHANGES / rate + perf_counter() - began)


def _bare_table(connection: Connection) -> None:
    """Make a copy of `household` without any rule, loaded as the real one was: rows first, then the same indexes.

    Indexes that grew row by row have room in every page, and an update of such a table costs half as much.
    """
    connection.execute(text("CREATE TABLE bare_household (LIKE household INCLUDING ALL EXCLUDING INDEXES)"))
    names = "id, building_id, area_id, path, unit, floor, room, state_id, since, due_on, place"
    connection.execute(text(f"INSERT INTO bare_household ({names}) SELECT {names} FROM household ORDER BY id"))
    indexes = text(
        "SELECT replace(indexdef, ' ON public.household ', ' ON bare_household ') FROM pg_indexes "
        "WHERE tablename = 'household'"
    )
    for nth, definition in enumerate(connection.scalars(indexes).all()):
        connection.execute(text(re.sub(r"INDEX \S+", f"INDEX bare_{nth}", definition)))


@bench
def day(stage: Stage) -> list[Figure]:
    """The list of the day of many grids, one after the other, in the city of a million households."""
    url = stage.database_url("city")
    database = Database(url)
    with database.owner() as connection:
        asked = "SELECT code FROM area WHERE level = 'grid' ORDER BY md5(code) LIMIT 300"
        codes = list(connection.scalars(text(asked)))
    database.dispose()
    times = []
    with serving(url) as server, closing(server.client()) as client:
        for nth, code in enumerate([*codes[:20], *codes]):
            began = perf_counter()
            answer = client.get(f"/api/grids/{code}/today")
            if nth >= 20:
                times.append(server_time(answer, perf_counter() - began) * 1000)
    return [Figure("today's list of a grid, p95", quantiles(times, n=20)[-1], None, "ms", "<= 15")]


@bench
def past(stage: Stage) -> list[Figure]:
    """Household tiles ten days ago against now, uncached: both are asked in turn, each pair compared by itself."""
    url = stage.database_url("city")
    asked = [tile for tile in tiles_over(url) if tile[0] == "households"]
    then = (datetime.now(UTC) - timedelta(days=10)).isoformat(timespec="seconds").replace("+00:00", "Z")
    now = [f"/tiles/{layer}/{z}/{x}/{y}.mvt" for layer, z, x, y in asked]
    with serving(url, TILE_CACHE_MB="0") as server:
        wrk(server, now, connections=8, seconds=3)
        pairs = [
            (
                wrk(server, [f"{path}?at={then}" for path in now], connections=8, seconds=4),
                wrk(server, now, connections=8, seconds=4),
            )
            for _ in range(ROUNDS)
        ]
    old, new = sorted(pairs, key=lambda pair: pair[1] / pair[0])[ROUNDS // 2]
    return [Figure("household tiles 10 days ago against now, time", 1000 / old, 1000 / new, "ms", "<= 2")]
