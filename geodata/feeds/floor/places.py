"""Which area a delivered place belongs to: the deepest that contains it, or else its patrol's own, if that is near."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

NEAR_KM = 20

# The points are made first: a function of them beside `&&` would count as leaky, and the policy would forbid the index.
# The candidates are sorted before any polygon is looked into: the deepest usually answers, and it is the smallest.
_DEEPEST = text(
    """WITH p AS MATERIALIZED (
           SELECT nth, ST_SetSRID(ST_MakePoint(lon, lat), 4326) AS point
           FROM unnest(CAST(:lons AS float8[]), CAST(:lats AS float8[])) WITH ORDINALITY AS r(lon, lat, nth))
       SELECT p.nth, c.id
       FROM p CROSS JOIN LATERAL (
           SELECT id FROM (SELECT id, place FROM area WHERE place && p.point ORDER BY nlevel(path) DESC, id OFFSET 0) a
           WHERE ST_Covers(a.place, p.point) LIMIT 1) c"""
)
_NEAR = text(
    """SELECT r.nth
       FROM unnest(CAST(:areas AS int[]), CAST(:lons AS float8[]), CAST(:lats AS float8[]))
            WITH ORDINALITY AS r(area, lon, lat, nth)
       JOIN area a ON a.id = r.area
       WHERE ST_DWithin(CAST(a.place AS geography),
                        CAST(ST_SetSRID(ST_MakePoint(r.lon, r.lat), 4326) AS geography), :near_m)"""
)


async def areas_of(
    connection: AsyncConnection, places: Sequence[tuple[float, float]], own: Sequence[int | None]
) -> list[int | None]:
    """Return the area's id for each lon/lat in degrees; `own` are the areas to fall back to within NEAR_KM of them.

    None stands for a place in no visible area and far from its own.
    """
    lons, lats = [lon for lon, _ in places], [lat for _, lat in places]
    inside = {row.nth - 1: row.id for row in await connection.execute(_DEEPEST, {"lons": lons, "lats": lats})}
    outside = [nth for nth in range(len(places)) if nth not in inside and own[nth] is not None]
    if outside:
        asked = {
            "areas": [own[i] for i in outside],
            "lons": [lons[i] for i in outside],
            "lats": [lats[i] for i in outside],
        }
        near = await connection.execute(_NEAR, asked | {"near_m": NEAR_KM * 1000})
        inside |= {outside[row.nth - 1]: own[outside[row.nth - 1]] for row in near}
    return [inside.get(nth) for nth in range(len(places))]
