"""What must hold after any delivery: kept counts equal a recount of the rows."""

from typing import Any

from sqlalchemy import text

from geodata.database import Database
from tests.geodata.counting import of_grids

_TALLY = of_grids("grid_tally", "state_id")
_HOUSEHOLDS = """SELECT area_id, state_id, count(*)::int FROM household GROUP BY 1, 2"""
_DUE = of_grids("grid_due", "due_on")
_FOLLOWED = """SELECT area_id, due_on, count(*)::int FROM household WHERE due_on IS NOT NULL GROUP BY 1, 2"""
_PASSAGES = """SELECT area_id, day, passed, home_quarantine, central_quarantine, turned_back, seconds FROM grid_passages
              WHERE passed + home_quarantine + central_quarantine + turned_back + seconds > 0"""
_HOURS = """SELECT area_id, local_day(hour), sum(passed)::int, sum(home_quarantine)::int, sum(central_quarantine)::int,
            sum(turned_back)::int, sum(seconds)::int FROM checkpoint_hour GROUP BY 1, 2"""
_APART = """SELECT count(*) FROM household h WHERE NOT EXISTS (
            SELECT FROM household_state s WHERE s.household_id = h.id AND upper_inf(s.valid)
            AND s.state_id = h.state_id AND lower(s.valid) = h.since)"""


def one(database: Database, statement: str, **values: object) -> Any:
    """Return a single figure, asked as the owner."""
    with database.owner() as connection:
        return connection.scalar(text(statement), values)


def assert_exact(database: Database) -> None:
    """Compare every kept count with its rows, in both directions."""
    with database.owner() as connection:
        for kept, counted in ((_TALLY, _HOUSEHOLDS), (_DUE, _FOLLOWED), (_PASSAGES, _HOURS)):
            apart = connection.execute(
                text(f"(({kept}) EXCEPT ({counted})) UNION ALL (({counted}) EXCEPT ({kept}))")
            ).all()
            assert apart == []
        assert connection.scalar(text(_APART)) == 0
