"""Tiles: how near the database's own limit, how fast from cache, how large at most."""

import math
from contextlib import closing

from sqlalchemy import Engine, text

from bench.figures import Figure, Stage, bench
from bench.server import pgbench, serving, wrk
from geodata.database import Database
from layers.declaration import TILE_MARGIN, View
from layers.registry import all_layers
from layers.render.tile_sql import tile_query

ZOOMS = (13, 14, 15, 16)
SAMPLES = {"households": 40, "checkpoints": 18}
"""Places drawn from each layer; each gives one tile a zoom: about 230 tiles."""
ROUNDS, SECONDS = 9, 5


@bench
def tiles(stage: Stage) -> list[Figure]:
    """Uncached tiles with sign-in and scope against the bare prepared SQL, and cached against uncached."""
    url = stage.database_url("city")
    asked = tiles_over(url)
    paths = [f"/tiles/{layer}/{z}/{x}/{y}.mvt" for layer, z, x, y in asked]
    script = "".join(_statement(*tile) for tile in asked)
    with serving(url, TILE_CACHE_MB="0") as server:
        wrk(server, paths, connections=8, seconds=5)
        pairs = [
            (
                wrk(server, paths, connections=8, seconds=SECONDS),
                pgbench(url, script, clients=8, seconds=SECONDS, per_transaction=len(asked)),
            )
            for _ in range(ROUNDS)
        ]
    # The machine's speed drifts by half within a minute, so each pair is its own comparison.
    ours, limit = sorted(pairs, key=lambda pair: pair[0] / pair[1])[ROUNDS // 2]
    with serving(url) as server:
        wrk(server, paths, connections=8, seconds=5)
        cached = wrk(server, paths, connections=8, seconds=5)
    return [
        Figure("tiles uncached, 8 connections, scoped", ours, limit, "tiles/s", ">= 0.8"),
        Figure("tiles cached against uncached", cached, ours, "tiles/s", ">= 6"),
    ]


@bench
def bodies(stage: Stage) -> list[Figure]:
    """The largest compressed body of any tile of any layer at any zoom of the whole city."""
    url = stage.database_url("city")
    largest = 0
    worst = ""
    with serving(url) as server, closing(server.client()) as client:
        west, south, east, north = _extent(url)
        for layer in client.get("/api/layers").json():
            for z in range(layer["min_zoom"], layer["max_zoom"] + 1):
                for x, y in _densest(url, layer["id"], z) if z > 10 else _range(west, south, east, north, z):
                    answer = client.get(f"/tiles/{layer['id']}/{z}/{x}/{y}.mvt", headers={"accept-encoding": "gzip"})
                    size = int(answer.headers.get("content-length", 0))
                    if size > largest:
                        largest, worst = size, f"{layer['id']}/{z}/{x}/{y}"
    return [
        Figure(f"largest tile body ({worst.split('/')[0]} z{worst.split('/')[1]})", largest / 1000, 300, "kB", "<= 1")
    ]


def tiles_over(url: str) -> list[tuple[str, int, int, int]]:
    """Return tiles of both layers over the places of a fixed sample of their rows."""
    found: list[tuple[str, int, int, int]] = []
    with _engine(url).connect() as connection:
        for layer, samples in SAMPLES.items():
            table = layer.removesuffix("s")
            rows = connection.execute(
                text(f"SELECT ST_X(place), ST_Y(place) FROM {table} ORDER BY md5(id::text) LIMIT {samples}")
            )
            found += [(layer, z, *_address(lon, lat, z)) for lon, lat in rows for z in ZOOMS]
    return found


def _statement(layer_id: str, z: int, x: int, y: int) -> str:
    """Return the layer's own query for one tile as a pgbench command, without scope: the limit."""
    layer = all_layers()[layer_id]
    query = tile_query(layer, View.of_tile(z, past=False))
    for name, value in {
        "v_present": "date_trunc('minute', now())",
        "v_today": "local_day(now())",
        "v_box": f"ST_TileEnvelope(:z, :x, :y, margin => {TILE_MARGIN})",
        "v_tile": "ST_TileEnvelope(:z, :x, :y)",
    }.items():
        query = query.replace(name, value)
    return f"\\set z {z}\n\\set x {x}\n\\set y {y}\n{' '.join(query.split())};\n"


def _address(lon: float, lat: float, z: int) -> tuple[int, int]:
    side = 1 << z
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return int((lon + 180) / 360 * side), int(y * side)


def _range(west: float, south: float, east: float, north: float, z: int) -> list[tuple[int, int]]:
    left, top = _address(west, north, z)
    right, bottom = _address(east, south, z)
    return [(x, y) for x in range(left, right + 1) for y in range(top, bottom + 1)]


def _densest(url: str, layer_id: str, z: int) -> list[tuple[int, int]]:
    """Return the tiles with most households or, for other layers, the same: where people live, everything is dense."""
    side = 40075016.685578488 / (1 << z)
    with _engine(url).connect() as connection:
        rows = connection.execute(
            text(
                "SELECT floor((ST_X(mercator) + 20037508.342789244) / :side)::int AS x, "
                "floor((20037508.342789244 - ST_Y(mercator)) / :side)::int AS y FROM "
                + ("checkpoint" if layer_id == "checkpoints" else "household")
                + " GROUP BY 1, 2 ORDER BY count(*) DESC LIMIT 12"
            ),
            {"side": side},
        )
        return [(x, y) for x, y in rows]


def _extent(url: str) -> tuple[float, float, float, float]:
    with _engine(url).connect() as connection:
        row = connection.execute(
            text("SELECT ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e) FROM (SELECT ST_Extent(place) e FROM area) a")
        ).one()
        return (row[0], row[1], row[2], row[3])


def _engine(url: str) -> Engine:
    return Database(url).engine
