"""Venues, enterprises, consultations and indicators of the demo city, by rule of code, day and hour.

What counts venues is told by `counts`, so that the live demo tells it through the same door as a real sender.
"""

from datetime import UTC
from typing import Any

from sqlalchemy import Connection, text

from geodata.demo import names, samples
from geodata.demo.rules.states import Clock
from geodata.feeds import indicators

HOURS = 48
DAYS = 14
_GRIDS = """
    SELECT g.id, g.path, g.code, regexp_replace(v.name, '(居民|村民)委员会$', '') AS village, spot.place, c.chance
    FROM (SELECT DISTINCT area_id FROM grid_tally) h JOIN area g ON g.id = h.area_id JOIN area v ON v.id = g.parent_id
    CROSS JOIN LATERAL (SELECT ('x' || left(md5(g.code || :what), 7))::bit(28)::int AS chance) c
    CROSS JOIN LATERAL (SELECT ST_PointOnSurface(b.place) AS place FROM building b
                        WHERE b.area_id = g.id AND c.chance % :every = 0 ORDER BY md5(b.id::text || :what) LIMIT 1) spot
"""
_VENUES = text(
    f"""INSERT INTO venue (code, name, kind, capacity, reported_at, place, area_id, path)
        SELECT 'V' || g.code, replace(replace(:name, '{{village}}', g.village), '{{end}}', (CAST(:ends AS text[]))[k.n]),
               (CAST(:kinds AS text[]))[k.n], 60 + g.chance / 3 % 20 * 40, to_timestamp(:midnight), g.place, g.id, g.path
        FROM ({_GRIDS}) g CROSS JOIN LATERAL (SELECT 1 + g.chance / 5 % cardinality(CAST(:kinds AS text[])) AS n) k
        ORDER BY g.code ON CONFLICT DO NOTHING"""  # noqa: S608 -- our own SQL
)
# Busy by day, empty at night; about one in twenty-five lets more in than it may.
_RULE = """
    SELECT v.id, v.code, v.area_id, v.path, h.hour, h.at,
           round(v.capacity * c.usual * greatest(0, sin(pi() * (l.hour - 6) / 16)) * (0.85 + c.noise / 333.0))::int AS headcount
    FROM venue v CROSS JOIN generate_series(0, :hours - 1) n
    CROSS JOIN LATERAL (SELECT to_timestamp(:now - :now % 3600) - make_interval(hours => n) AS hour) s
    CROSS JOIN LATERAL (SELECT ('x' || left(md5(v.code || s.hour), 7))::bit(28)::int AS chance,
                               ('x' || left(md5(v.code), 7))::bit(28)::int AS own) d
    CROSS JOIN LATERAL (SELECT d.chance % 100 AS noise,
                               CASE WHEN d.own % 25 = 0 THEN 1.25 ELSE 0.25 + d.own % 70 / 100.0 END AS usual) c
    CROSS JOIN LATERAL (SELECT s.hour, s.hour + make_interval(mins => d.own % 50) AS at) h
    CROSS JOIN LATERAL (SELECT extract(hour FROM h.at AT TIME ZONE (SELECT city_zone())) AS hour) l
    WHERE v.code ~ '^V[0-9]{15}$' AND h.at > to_timestamp(:since) AND h.at <= to_timestamp(:now)
"""
_COUNTS = text(
    f"""INSERT INTO venue_hour (venue_id, hour, at, headcount, area_id, path)
        SELECT id, hour, at, headcount, area_id, path FROM ({_RULE}) r ON CONFLICT DO NOTHING"""  # noqa: S608 -- our own SQL
)
_TOLD = text(f"SELECT code, at, headcount FROM ({_RULE}) r ORDER BY at, code")  # noqa: S608 -- our own SQL
_ENTERPRISES = text(
    f"""INSERT INTO enterprise (code, name, industry, reported_at, place, area_id, path)
        SELECT 'E' || g.code, replace(replace(:name, '{{village}}', g.village), '{{end}}', (CAST(:ends AS text[]))[k.n]),
               (CAST(:industries AS text[]))[k.n], to_timestamp(:midnight), g.place, g.id, g.path
        FROM ({_GRIDS}) g CROSS JOIN LATERAL (SELECT 1 + g.chance / 5 % cardinality(CAST(:industries AS text[])) AS n) k
        ORDER BY g.code ON CONFLICT DO NOTHING"""  # noqa: S608 -- our own SQL
)
# Counted from the first day that is known, so that what was once said stays true as the calendar moves on.
_RESUMED = text(
    """INSERT INTO enterprise_day (enterprise_id, day, whitelisted, resumed_on, staff, staff_back, reported_at, area_id, path)
       SELECT e.id, d.day, d.day >= r.day - 4, CASE WHEN d.day >= r.day THEN r.day END, c.staff,
              CASE WHEN d.day >= r.day THEN least(c.staff, c.staff * (d.day - r.day + 3) / 14) ELSE 0 END, t.at,
              e.area_id, e.path
       FROM enterprise e
       CROSS JOIN (SELECT (to_timestamp(:midnight) AT TIME ZONE (SELECT city_zone()))::date AS today) n
       CROSS JOIN (SELECT min(day) AS day FROM enterprise_day) f
       CROSS JOIN generate_series(0, :days - 1) back
       CROSS JOIN LATERAL (SELECT n.today - back AS day, coalesce(f.day, n.today - :days + 1) AS first) d
       CROSS JOIN LATERAL (SELECT ('x' || left(md5(e.code), 7))::bit(28)::int AS own,
                                  ('x' || left(md5(e.code || d.day), 7))::bit(28)::int AS chance) h
       CROSS JOIN LATERAL (SELECT 20 + h.own % 60 * 10 AS staff) c
       CROSS JOIN LATERAL (SELECT d.first - 5 + h.own / 7 % 36 AS day) r
       CROSS JOIN LATERAL (SELECT d.day::timestamp AT TIME ZONE (SELECT city_zone())
                                  + make_interval(mins => 960 + h.chance % 180) AS at) t
       WHERE e.code ~ '^E[0-9]{15}$' AND h.chance % 40 > 0 AND t.at <= to_timestamp(:now) ON CONFLICT DO NOTHING"""
)
_LINKS = text(
    """WITH hospital AS (SELECT *, subpath(path, 0, 2) AS county FROM clinic WHERE kind = 'designated_hospital'),
       central AS (SELECT * FROM hospital ORDER BY code LIMIT 1),
       pair AS (
           SELECT c.id AS asks, h.id AS answers, c.path AS one, h.path AS other FROM clinic c
           JOIN hospital h ON h.county = subpath(c.path, 0, 2) WHERE c.kind = 'fever_clinic'
           UNION ALL SELECT h.id, m.id, h.path, m.path FROM hospital h, central m WHERE h.id <> m.id)
       INSERT INTO consultation (asks_id, answers_id, kind, since, reported_at, area_id, path)
       SELECT asks, answers, (ARRAY['video', 'video', 'telephone', 'visit'])[1 + asks % 4],
              (to_timestamp(:midnight) AT TIME ZONE (SELECT city_zone()))::date - 16, to_timestamp(:midnight),
              ltree2text(subpath(p.path, -1))::int, p.path
       FROM pair CROSS JOIN LATERAL (SELECT lca(one || 'x'::ltree, other || 'x'::ltree) AS path) p
       ORDER BY asks, answers ON CONFLICT DO NOTHING"""
)
_CONSULTED = text(
    """INSERT INTO consultation_day (consultation_id, day, cases, reported_at, area_id, path)
       SELECT c.id, d.day, d.chance % 6, d.at, c.area_id, c.path
       FROM consultation c CROSS JOIN generate_series(0, :days - 1) back
       CROSS JOIN LATERAL (SELECT (to_timestamp(:midnight) AT TIME ZONE (SELECT city_zone()))::date - back AS day) n
       CROSS JOIN LATERAL (SELECT n.day, ('x' || left(md5(c.id::text || n.day), 7))::bit(28)::int AS chance,
                                  n.day::timestamp AT TIME ZONE (SELECT city_zone()) + interval '20 hours' AS at) d
       WHERE d.at <= to_timestamp(:now) ON CONFLICT DO NOTHING"""
)
_FIGURES = text(
    """SELECT a.code AS area, d.day, d.at,
              round((:base + :spread * (c.chance % 201 - 100) / 100.0)::numeric, CASE WHEN :base < 100 THEN 1 ELSE 0 END)::float8
                  AS value
       FROM area a CROSS JOIN generate_series(0, :days - 1) back
       CROSS JOIN LATERAL (SELECT (to_timestamp(:midnight) AT TIME ZONE (SELECT city_zone()))::date - back AS day) n
       CROSS JOIN LATERAL (SELECT n.day, n.day::timestamp AT TIME ZONE (SELECT city_zone()) + interval '19 hours' AS at) d
       CROSS JOIN LATERAL (SELECT ('x' || left(md5(a.code || :code || d.day), 7))::bit(28)::int AS chance) c
       WHERE a.level = :level AND d.at <= to_timestamp(:now) AND a.place IS NOT NULL ORDER BY a.code, d.day"""
)
VENUE_EVERY, ENTERPRISE_EVERY = 5, 3
"""One in so many grids has one."""


def fill(connection: Connection, since: int, at: Clock) -> None:
    """Put in what was told up to now (counts of venues: after `since`, seconds since 1970); what is there stays."""
    words = names.vocabulary()
    when = {"midnight": at.midnight, "now": at.now, "days": DAYS}
    connection.execute(_VENUES, when | words["venue"] | {"what": "venue", "every": VENUE_EVERY})
    connection.execute(_COUNTS, {"now": at.now, "since": since, "hours": HOURS})
    connection.execute(_ENTERPRISES, when | words["enterprise"] | {"what": "enterprise", "every": ENTERPRISE_EVERY})
    for statement in (_RESUMED, _LINKS, _CONSULTED):
        connection.execute(statement, when)
    _tell(connection, [*samples.indicators(), *_figures(connection, when)])


def counts(connection: Connection, since: int, at: Clock) -> list[dict[str, Any]]:
    """Return what venues count after `since` up to now, as they would deliver it."""
    rows = connection.execute(_TOLD, {"now": at.now, "since": since, "hours": HOURS})
    return [{"venue": row.code, "at": row.at.astimezone(UTC).isoformat(), "headcount": row.headcount} for row in rows]


def _figures(connection: Connection, when: dict[str, Any]) -> list[indicators.Indicator]:
    """Return the indicators that counties and the city report each evening."""
    told = []
    for kind in names.vocabulary()["indicator"]:
        asked = {name: kind[name] for name in ("code", "level", "base", "spread")}
        said = {
            name: kind[name] for name in ("code", "title_zh", "title_en", "unit", "target", "better") if name in kind
        }
        for row in connection.execute(_FIGURES, when | asked):
            figure = {"area": row.area, "day": row.day, "value": row.value, "reported_at": row.at}
            # Unchecked, for a demo may be moved to a day that has not come.
            told.append(indicators.Indicator.model_construct(**said, **figure))
    return told


def _tell(connection: Connection, rows: list[indicators.Indicator]) -> None:
    """Put indicators in as the feed does."""
    areas = {row.code: row.id for row in connection.execute(text("SELECT code, id FROM area"))}
    for statement, columns in indicators.putting(rows, areas):
        connection.execute(statement, columns)
