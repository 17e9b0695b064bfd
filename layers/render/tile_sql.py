"""From a layer's declaration to the one SQL function that cuts its vector tiles."""

from dataclasses import dataclass
from functools import cache
from hashlib import blake2b

from sqlalchemy import LargeBinary, func, literal_column, select, true, type_coerce
from sqlalchemy.dialects.postgresql.asyncpg import dialect

from layers.declaration import TILE_MARGIN, Layer, View

EXTENT = 4096
BUFFER = int(EXTENT * TILE_MARGIN)


@dataclass(frozen=True, slots=True)
class TileFunction:
    """A temporary function of the reader's own connection: scope first, then the layer's query, in one round trip.

    Setting the scope inside the same call is what lets every tile be its own transaction with its own scope at the
    price of one message (docs/decisions: 0.07 ms of server time against 0.24–0.35 for a transaction block).
    """

    name: str
    definition: str
    call: str
    uses_present: bool
    uses_today: bool


@cache
def tile_function(layer: Layer, zoom: int, *, past: bool, measure: str) -> TileFunction:
    """Return the function for one layer at one zoom, now or in the past; equal SQL gives the same function."""
    query = tile_query(layer, View.of_tile(zoom, past=past, measure=measure))
    body = _body(query)
    name = f"tile_{layer.id}_{blake2b(body.encode(), digest_size=6).hexdigest()}"
    return TileFunction(
        name=name,
        definition=f"CREATE OR REPLACE FUNCTION pg_temp.{name}{_ARGUMENTS} RETURNS bytea LANGUAGE plpgsql AS $tile$\n"
        f"{body}\n$tile$",
        call=f"SELECT pg_temp.{name}($1, $2, $3, $4, $5, $6, $7, $8)",
        uses_present="v_present" in query,
        uses_today="v_today" in query,
    )


@cache
def by_the_clock(layer: Layer) -> bool:
    """Say whether tiles of now become old by time alone: a post falls silent because nobody says anything."""
    measures = [measure.id for measure in layer.measures] or [""]
    return any(tile_function(layer, layer.max_zoom, past=False, measure=one).uses_present for one in measures)


_DIALECT = dialect()  # type: ignore[no-untyped-call]
_ARGUMENTS = (
    "(v_paths text, v_home_paths text, v_z int, v_x int, v_y int, "
    "v_present timestamptz, v_today date, v_moment timestamptz)"
)


def tile_query(layer: Layer, view: View) -> str:
    """Return the query that cuts one tile of a layer; its free names are the arguments and variables of the function.

    The layer's own query stays a subquery, where geometries are handed on as they are (at the top they would become
    text and back), and `OFFSET 0` keeps PostgreSQL from cutting each geometry twice: once to see whether it is left over,
    once to draw it.
    """
    found = layer.statement(view).subquery("s")
    shape = func.ST_AsMVTGeom(found.c.geom, literal_column("v_tile"), EXTENT, BUFFER, true())
    columns = [found.c[name] for name in layer.columns()]
    drawn = select(found.c.id, *columns, type_coerce(shape, LargeBinary).label("geom")).offset(literal_column("0"))
    cut = drawn.compile(dialect=_DIALECT, compile_kwargs={"literal_binds": True})
    return f"SELECT ST_AsMVT(f, '{layer.id}', {EXTENT}, 'geom', 'id') FROM ({cut}) f WHERE f.geom IS NOT NULL"  # noqa: S608


def _body(query: str) -> str:
    return f"""DECLARE
    v_tile geometry := ST_TileEnvelope(v_z, v_x, v_y);
    v_box geometry := ST_TileEnvelope(v_z, v_x, v_y, margin => {TILE_MARGIN});
BEGIN
    PERFORM set_config('app.paths', v_paths, true), set_config('app.home_paths', v_home_paths, true);
    RETURN ({query});
END"""
