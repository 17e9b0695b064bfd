"""A million households out of a department's file, with everything mended and checked, against COPY of the clean rows."""

import asyncio
import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import geopandas
import pandas as pd
from sqlalchemy import create_engine, make_url, text

from bench.figures import Figure, Stage, bench
from geodata import bulk
from geodata.coordinates import many_wgs84_to_gcj02
from geodata.database import Database
from geodata.imports import Options, import_file
from geodata.model import Role
from geodata.scope import Scope

COLUMNS = ("id", "building_id", "area_id", "path", "unit", "floor", "room", "state_id", "since", "due_on", "place")
HEADS = ("网格编码", "地址", "单元", "楼层", "房号", "状态", "起始时间", "经度", "纬度")
_ROWS = """COPY (SELECT a.code, b.address, h.unit, h.floor, h.room, s.zh,
                        to_char(h.since AT TIME ZONE city_zone(), 'YYYY"年"FMMM"月"FMDD"日"'),
                        ST_X(h.place), ST_Y(h.place)
                 FROM household h JOIN building b ON b.id = h.building_id JOIN area a ON a.id = h.area_id
                 JOIN scheme_state s ON s.id = h.state_id ORDER BY h.id) TO STDOUT (FORMAT csv)"""
CHUNK = 4_000_000
"""Bytes of COPY text that are sent at once."""


@bench
def importing(stage: Stage) -> list[Figure]:
    """Import the city's households as a register of the police: names in Chinese, Amap's coordinates, Chinese dates."""
    city = Database(stage.database_url("city"))
    with TemporaryDirectory(prefix="wangge-bench-") as folder:
        file = Path(folder) / "户籍.csv"
        _write(city, file)
        before = _bare(city)
        theirs = _to_postgis(city)
        with _empty(city) as url:
            ours, peak = _ours(url, file)
        # One COPY alone may meet a slow moment of the machine, which would flatter the import.
        limit = max(before, _bare(city))
    city.dispose()
    return [
        Figure("import of a million households against COPY", ours, limit, "rows/s", ">= 0.3"),
        Figure("the same against geopandas.to_postgis", ours, theirs, "rows/s", ">= 5"),
        Figure("peak memory of that import", peak, None, "MB", "<= 1000"),
    ]


def _write(city: Database, file: Path) -> None:
    """Write the register, in the coordinates of a map maker."""
    plain = file.with_suffix(".plain")
    with city.owner() as connection, plain.open("wb") as out:
        driver: Any = connection.connection.driver_connection
        with driver.cursor().copy(_ROWS) as copy:
            for part in copy:
                out.write(part)
    rows = pd.read_csv(plain, names=list(HEADS), dtype=dict.fromkeys(HEADS[:7], str))
    lon, lat = many_wgs84_to_gcj02(rows["经度"].to_numpy(), rows["纬度"].to_numpy())
    rows["经度"], rows["纬度"] = lon.round(7), lat.round(7)
    rows.to_csv(file, index=False)
    plain.unlink()


def _bare(city: Database) -> float:
    """Return rows a second of COPY of the clean rows into a bare table with its index."""
    with city.owner() as connection:
        driver: Any = connection.connection.driver_connection
        with driver.cursor().copy(f"COPY household ({', '.join(COLUMNS)}) TO STDOUT") as copy:
            lines = b"".join(bytes(part) for part in copy).decode()
        connection.execute(text("CREATE TABLE bare_household (LIKE household INCLUDING GENERATED INCLUDING DEFAULTS)"))
        began = time.perf_counter()
        parts = (lines[start : start + CHUNK] for start in range(0, len(lines), CHUNK))
        rows = bulk.copy_rows(connection, "bare_household", COLUMNS, parts)
        connection.execute(text("CREATE INDEX ON bare_household USING gist (mercator)"))
        seconds = time.perf_counter() - began
        connection.execute(text("DROP TABLE bare_household"))
    return rows / seconds


def _to_postgis(city: Database) -> float:
    """Return rows a second of geopandas, which has the clean rows with their geometry in memory already."""
    engine = create_engine(make_url(city.url).set(drivername="postgresql+psycopg"))
    columns = "id, building_id, area_id, path::text, unit, floor, room, state_id, since, due_on, place"
    frame = geopandas.read_postgis(f"SELECT {columns} FROM household", engine, geom_col="place")
    began = time.perf_counter()
    frame.to_postgis("bench_household", engine, if_exists="replace", chunksize=50_000)
    seconds = time.perf_counter() - began
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE bench_household"))
    engine.dispose()
    return len(frame) / seconds


@contextmanager
def _empty(city: Database) -> Iterator[str]:
    """Yield the URL of the same city without a household."""
    name = "wangge_bench_import"
    own = make_url(city.url)
    city.dispose()
    first = Database(own.set(database="postgres").render_as_string(hide_password=False))
    with first.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name}")
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {own.database} STRATEGY file_copy")
        url = own.set(database=name).render_as_string(hide_password=False)
        database = Database(url)
        with database.owner() as inside:
            inside.execute(text("TRUNCATE household, grid_tally, grid_due, grid_begun CASCADE"))
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as inside:
            inside.exec_driver_sql("VACUUM ANALYZE building, area")
        database.dispose()
        yield url
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    first.dispose()


def _ours(url: str, file: Path) -> tuple[float, float]:
    """Return rows a second and the peak of memory in MB, of a program that does nothing else."""
    spawn = multiprocessing.get_context("spawn")
    inward, outward = spawn.Pipe(duplex=False)
    program = spawn.Process(target=_child, args=(url, file, outward))
    program.start()
    outward.close()
    told: tuple[float, float] = inward.recv()
    program.join()
    return told


def _child(url: str, file: Path, told: Any) -> None:
    told.send(asyncio.run(_import(url, file)))


async def _import(url: str, file: Path) -> tuple[float, float]:
    database = Database(url)
    with database.owner() as connection:
        paths = tuple(connection.scalars(text("SELECT path::text FROM area WHERE parent_id IS NULL")))
    began = time.perf_counter()
    scope = Scope(Role.ADMIN, paths)
    report = await import_file(database, scope, "households", file, Options(), sender="bench", by="bench")
    seconds = time.perf_counter() - began
    await database.close()
    assert not report.refused, report.refused[:3]
    return report.accepted / seconds, _peak_mb()


def _peak_mb() -> float:
    """Return the most memory that this program has held, not what its parent held when it was made."""
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(lines["VmHWM"].split()[0]) / 1024
