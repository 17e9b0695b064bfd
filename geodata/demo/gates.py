"""The demo city's gates and closures: four gates a compound, one entrance a village grid, streets blocked before some gates.

They are told from the buildings that stand there and drawn by the code of their gate, so that they are the same on every
machine. Each gate has been open for twenty days; most were closed since, and one of each compound is the entrance left.
"""

from datetime import UTC, datetime
from uuid import uuid4

import numpy as np
from sqlalchemy import Connection, text

from geodata import gates
from geodata.database import Database
from geodata.demo import names
from geodata.demo.rules.states import DAYS, Clock
from geodata.scope import Scope

SENDER = "demo"
_BECOMES = {
    "open": ("closed", "control"),
    "closed": ("open", "lifted"),
}
"""What a gate turns into in the live demo, and why; the one entrance of a compound stays what it is."""
_GATES = text(
    """
    WITH home AS (
        -- Flats of one compound share their address but for the block; the houses of a grid are one village.
        SELECT area_id, path, kind <> 'house' AS flats,
               CASE WHEN kind <> 'house' THEN left(address, length(address) - length(name)) END AS compound,
               ST_Extent(place) AS box
        FROM building GROUP BY 1, 2, 3, 4
    ), compound AS (
        SELECT *, row_number() OVER (PARTITION BY area_id ORDER BY flats DESC, compound) AS nth, count(*) OVER grid AS parts
        FROM home WINDOW grid AS (PARTITION BY area_id)
    ), side AS (
        SELECT c.*, s.nth AS side, s.x, s.y, s.name AS side_name
        FROM compound c JOIN (VALUES (1, 0.5, 0.0), (2, 0.5, 1.0), (3, 1.0, 0.5), (4, 0.0, 0.5)) AS place(nth, x, y)
             ON c.flats OR place.nth = 1
        JOIN LATERAL (SELECT place.nth, place.x, place.y, CASE WHEN c.flats THEN (CAST(:sides AS text[]))[place.nth]
                             ELSE CAST(:entrance AS text) END AS name) s ON true
        -- A quarter of old houses beside flats has no gate of its own.
        WHERE c.flats OR c.parts = 1
    )
    INSERT INTO gate (code, name, kind, state, since, area_id, path, place)
    SELECT 'G' || a.code || '-' || s.nth || s.side, coalesce(regexp_replace(s.compound, '^.*[0-9]+号', ''), '') || s.side_name,
           CASE WHEN s.side = 4 THEN 'exit' ELSE 'gate' END, 'open', to_timestamp(:begin), s.area_id, s.path,
           ST_ClosestPoint(a.place, ST_SetSRID(ST_MakePoint(
               ST_XMin(s.box) - 0.00012 + s.x * (ST_XMax(s.box) - ST_XMin(s.box) + 0.00024),
               ST_YMin(s.box) - 0.0001 + s.y * (ST_YMax(s.box) - ST_YMin(s.box) + 0.0002)), 4326))
    FROM side s JOIN area a ON a.id = s.area_id ORDER BY a.code, s.nth, s.side
    """
)
_STATES = text(
    """
    WITH drawn AS (
        SELECT *, ('x' || left(md5(left(code, -1)), 7))::bit(28)::int AS compound_chance,
               ('x' || left(md5(code), 7))::bit(28)::int AS chance, right(code, 1) AS side FROM gate
    ), story AS (
        SELECT *, CASE WHEN compound_chance % 10 < 3 THEN 'open' WHEN side = (1 + compound_chance % 4)::text
                       OR name = CAST(:entrance AS text) THEN 'single_entrance' ELSE 'closed' END AS became,
               to_timestamp(:begin) + make_interval(hours => 24 + compound_chance % 200, mins => chance % 600) AS began
        FROM drawn
    ), changed AS (
        UPDATE gate g SET state = s.became, since = s.began FROM story s WHERE s.id = g.id AND s.became <> 'open'
    )
    INSERT INTO gate_state (gate_id, area_id, path, state, valid, reason, entered_by, entered_at)
    SELECT s.id, s.area_id, s.path, 'open', tstzrange(to_timestamp(:begin), CASE WHEN s.became <> 'open' THEN s.began END),
           'as_usual', 'demo', to_timestamp(:begin) FROM story s
    UNION ALL
    SELECT s.id, s.area_id, s.path, s.became, tstzrange(s.began, NULL),
           CASE s.became WHEN 'closed' THEN 'control' ELSE 'entrance' END, coalesce(a.leader, 'demo'), s.began
    FROM story s JOIN area a ON a.id = s.area_id WHERE s.became <> 'open'
    """
)
_CLOSURES = text(
    """
    WITH before AS (
        SELECT g.*, ('x' || left(md5(g.code || 'street'), 7))::bit(28)::int AS chance FROM gate g WHERE g.state <> 'open'
    ), street AS (
        SELECT b.*, ST_X(b.place) AS x, ST_Y(b.place) AS y, 0.0003 + (b.chance % 7) * 0.0001 AS reach,
               right(b.code, 1) IN ('1', '2') AS along
        FROM before b WHERE b.chance % 9 = 0
    ), shape AS (
        SELECT s.*, CASE WHEN s.chance % 5 = 1 THEN ST_MakeEnvelope(x - reach, y - reach / 2, x + reach, y + reach / 2, 4326)
                         WHEN along THEN ST_SetSRID(ST_MakeLine(ST_MakePoint(x - reach, y), ST_MakePoint(x + reach, y)), 4326)
                         ELSE ST_SetSRID(ST_MakeLine(ST_MakePoint(x, y - reach), ST_MakePoint(x, y + reach)), 4326) END AS drawn
        FROM street s
    ), inside AS (
        SELECT s.*, ST_Intersection(s.drawn, a.place) AS kept, a.leader FROM shape s JOIN area a ON a.id = s.area_id
    )
    INSERT INTO closure (kind, valid, reason, entered_by, entered_at, end_reason, ended_by, area_id, path, place)
    SELECT CASE WHEN chance % 4 = 0 THEN 'controlled_exit' ELSE 'blocked_street' END,
           tstzrange(since, CASE WHEN chance % 8 = 3 THEN to_timestamp(:ended) END), 'control', coalesce(leader, 'demo'),
           since, CASE WHEN chance % 8 = 3 THEN 'lifted' END, CASE WHEN chance % 8 = 3 THEN coalesce(leader, 'demo') END,
           area_id, path, kept
    FROM inside WHERE GeometryType(kept) IN ('LINESTRING', 'POLYGON') AND since < to_timestamp(:ended) ORDER BY code
    """
)


def insert(connection: Connection, at: Clock) -> None:
    """Put gates around every compound that stands, with their history, and closures before some of them."""
    words = names.vocabulary()["gate"]
    begin = datetime.fromtimestamp(at.midnight - DAYS * 86_400, UTC).timestamp()
    facts = {"begin": begin, "entrance": words["entrance"]}
    connection.execute(_GATES, facts | {"sides": words["sides"]})
    connection.execute(_STATES, facts)
    connection.execute(_CLOSURES, {"ended": at.midnight - 2 * 86_400})


async def turn_one(database: Database, scope: Scope, dice: np.random.Generator, now: datetime) -> None:
    """Open or close one gate of the city, as whoever stands there would."""
    async with database.writing(scope) as connection:
        last = await connection.scalar(text("SELECT coalesce(max(id), 0) FROM gate")) or 0
        first = int(dice.integers(1, last + 1)) if last else 0
        some = text("SELECT id, state FROM gate WHERE id >= :first AND state <> 'single_entrance' ORDER BY id LIMIT 1")
        found = (await connection.execute(some, {"first": first})).one_or_none()
        if found is not None:
            state, reason = _BECOMES[found.state]
            await gates.set_state(connection, found.id, state, reason=reason, by=SENDER, client_id=uuid4(), now=now)
