"""The demo city's sweeps: one that a county has finished, and one of the whole city under way, some grids behind its pace.

Who was asked follows from the household's id and its grid's, so that it is the same on every machine; nobody of whom it is
not known how they are was asked. All answers lie before today, so that moving them by whole days never leads ahead of now.
"""

from datetime import timedelta

from sqlalchemy import Connection, text

from geodata import bulk
from geodata.demo import names
from geodata.demo.divisions import CITY
from geodata.demo.rules.states import Clock, day_of

FINISHED_DAYS = (12, 6)
"""Days ago on which the finished round began, and ended."""
UNDER_WAY_DAYS = (4, -3)
TARGET = 0.98
COUNTY = "411202"
_ROUND = text(
    "INSERT INTO sweep (number, name, starts_on, ends_on, target, created_by, area_id, path) "
    "SELECT :number, :name, :starts_on, :ends_on, :target, 'demo', id, path FROM area WHERE code = :code RETURNING id"
)
_ASKED = text(
    """
    WITH pace AS (
        -- 0 … 0.999 a grid: how much better or worse than the rest it does.
        SELECT id, path, (id * 2654435761 % 1000) / 1000.0 AS luck FROM area
        WHERE path <@ (SELECT path FROM sweep WHERE id = :round) AND level = 'grid'
    )
    INSERT INTO sweep_answer (sweep_id, household_id, at, entered_by, area_id, path)
    SELECT :round, h.id,
           CAST(:begin AS date)::timestamp AT TIME ZONE (SELECT city_zone())
               + make_interval(days => (h.id * 40503 % :days)::int, mins => 480 + (h.id * 2246822519 % 660)::int),
           'demo', h.area_id, h.path
    FROM household h JOIN pace p ON p.id = h.area_id JOIN scheme_state s ON s.id = h.state_id
    WHERE s.surveyed AND (h.id * 3266489917 % 1000) / 1000.0 < :share + (p.luck - 0.5) * :spread
    """
)


def insert(connection: Connection, at: Clock) -> None:
    """Open both rounds and note whom they have asked so far."""
    words = names.vocabulary()["sweep"]
    with bulk.resting(connection, "sweep_answer"):
        for code, (begin, end), number, share, spread in (
            (COUNTY, FINISHED_DAYS, 1, 1.02, 0.06),
            (CITY, UNDER_WAY_DAYS, 2, 0.6, 0.36),
        ):
            starts_on, ends_on = day_of(at.today - begin), day_of(at.today - end)
            facts = {"number": number, "starts_on": starts_on, "ends_on": ends_on, "target": TARGET, "code": code}
            found = connection.scalar(_ROUND, facts | {"name": words["name"].format(number=number)})
            # Whole days that lie before today.
            days = begin - max(end, 0) + (end >= 0)
            connection.execute(
                _ASKED, {"round": found, "begin": starts_on, "days": days, "share": share, "spread": spread}
            )


def move(connection: Connection, days: int) -> None:
    """Move the rounds and whom they asked by whole days, with the rest of the demo."""
    connection.execute(
        text("UPDATE sweep SET starts_on = starts_on + :days, ends_on = ends_on + :days"), {"days": days}
    )
    connection.execute(text("UPDATE sweep_answer SET at = at + :days"), {"days": timedelta(days=days)})
