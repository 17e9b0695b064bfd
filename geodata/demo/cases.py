"""Confirmed cases of the demo city: where they were and how they travelled in the last two weeks, by rule of code and day.

Nobody is behind any of it; numbers of trains and flights are invented.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, text

from geodata import trips
from geodata.demo import names
from geodata.demo.chance import seed
from geodata.demo.divisions import CITY
from geodata.demo.rules.states import Clock, day_of

DAYS = 14
PLACES = 60
"""About so many places in the last two weeks, whatever the size of the city."""
_PLACES = text(
    """
    WITH homes AS (SELECT DISTINCT area_id FROM grid_tally),
    every AS (SELECT greatest(1, count(*) * :days / :places)::int AS nth FROM homes),
    stays AS (
        SELECT a.id, a.path, a.code, a.place, d.day, d.began, c.chance,
               (ARRAY['home_area', 'venue', 'venue', 'work', 'transport', 'hospital'])[1 + c.chance / 7 % 6] AS kind
        FROM homes JOIN area a ON a.id = homes.area_id CROSS JOIN every CROSS JOIN generate_series(0, :days - 1) n
        CROSS JOIN LATERAL (SELECT (to_timestamp(:midnight) AT TIME ZONE (SELECT city_zone()))::date - n AS day) g
        CROSS JOIN LATERAL (SELECT ('x' || left(md5(a.code || 'case' || g.day), 7))::bit(28)::int AS chance) c
        CROSS JOIN LATERAL (SELECT g.day, g.day::timestamp AT TIME ZONE (SELECT city_zone())
                                   + make_interval(mins => 420 + c.chance / 11 % 700) AS began) d
        WHERE c.chance % every.nth = 0
    )
    INSERT INTO case_place (code, kind, began, ended, published, first_reported_at, reported_at, place, area_id, path)
    SELECT 'CP' || to_char(day, 'YYYYMMDD') || '-' || code, kind, began, began + stay, chance % 3 > 0, told, told,
           CASE WHEN kind = 'home_area' THEN ST_PointOnSurface(place) ELSE spot END, id, path
    FROM stays
    CROSS JOIN LATERAL (SELECT make_interval(mins => 10 + chance / 13 % 170) AS stay) s
    CROSS JOIN LATERAL (SELECT began + s.stay + make_interval(mins => 60 + chance / 17 % 1200) AS told) t
    CROSS JOIN LATERAL (SELECT ST_PointOnSurface(b.place) AS spot FROM building b WHERE b.area_id = stays.id
                        ORDER BY md5(b.id::text || chance) LIMIT 1) p
    WHERE told <= to_timestamp(:now) ON CONFLICT DO NOTHING
    """
)
_SECRET = text("SELECT value FROM setting WHERE name = 'plate_secret'")
_TRIP = text(
    """
    INSERT INTO case_trip (code, means, number, day, from_station, to_station, carriage, reported_at, area_id, path)
    SELECT :code, :means, :number, :day, :from_station, :to_station, :carriage, :reported_at, id, path
    FROM area WHERE code = :area ON CONFLICT DO NOTHING
    """
)


def fill(connection: Connection, at: Clock) -> None:
    """Put in what was told of the last two weeks up to now; what is there already stays."""
    connection.execute(_PLACES, {"days": DAYS, "places": PLACES, "midnight": at.midnight, "now": at.now})
    told = [ride for back in range(DAYS) for ride in _rides(connection, at, back)]
    if told:
        connection.execute(_TRIP, told)


def _rides(connection: Connection, at: Clock, back: int) -> list[dict[str, object]]:
    """Return the trips of the day so many days ago, as far as they were told by now."""
    day = day_of(at.today - back)
    evening = datetime.fromtimestamp(at.midnight, UTC) - timedelta(days=back) + timedelta(hours=18)
    if evening.timestamp() > at.now:
        return []
    secret = connection.scalar(_SECRET) or ""
    rides = []
    for nth, (means, number, start, end) in enumerate(names.vocabulary()["trip"]["rides"]):
        if seed(str(day), number, "trip") % 4 == 0:
            plain = trips.normal(means, number) or number
            told = {"code": f"CT{day:%Y%m%d}-{nth + 1}", "means": means, "day": day, "area": CITY}
            told |= {"from_station": start, "to_station": end, "reported_at": evening}
            told |= {"carriage": str(1 + seed(str(day), number) % 16) if means == "train" else None}
            rides.append(told | {"number": trips.hidden(plain, secret) if means == "car" else plain})
    return rides
