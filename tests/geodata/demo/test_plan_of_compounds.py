"""The demo city's gates, closures and rounds: inside their grids, told the same as their intervals, one entrance a compound."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import text

from geodata.database import Database
from geodata.demo import gates, rounds
from geodata.demo.people import accounts
from tests.layers.looking import scope

WRONG = {
    "a gate that is not as its open interval says": "SELECT count(*) FROM gate g LEFT JOIN gate_state s "
    "ON s.gate_id = g.id AND upper_inf(s.valid) WHERE (s.state, lower(s.valid)) IS DISTINCT FROM (g.state, g.since)",
    "a gate outside its grid": "SELECT count(*) FROM gate g JOIN area a ON a.id = g.area_id "
    "WHERE NOT ST_DWithin(a.place, g.place, 1e-7)",
    "a compound that is closed but for no or several entrances": "SELECT count(*) FROM (SELECT count(*) FILTER "
    "(WHERE state = 'single_entrance') AS entrances, bool_and(state = 'open') AS open FROM gate "
    "GROUP BY left(code, -1)) c WHERE entrances <> (NOT open)::int",
    "a closure outside its grid": "SELECT count(*) FROM closure c JOIN area a ON a.id = c.area_id "
    "WHERE NOT ST_Covers(ST_Buffer(a.place, 1e-7), c.place)",
    "a count that is no recount": "SELECT count(*) FROM (SELECT sweep_id, area_id, count(*) AS n FROM sweep_answer "
    "GROUP BY 1, 2) c FULL JOIN grid_sweep g USING (sweep_id, area_id) WHERE c.n IS DISTINCT FROM g.asked",
    "an answer outside its round": "SELECT count(*) FROM sweep_answer w JOIN sweep s ON s.id = w.sweep_id "
    "WHERE NOT local_day(w.at) BETWEEN s.starts_on AND least(s.ends_on, local_day(now()) - 1)",
}


@pytest.mark.parametrize("what", WRONG)
def test_nothing_is_wrong_with_it(database: Database, what: str) -> None:
    with database.owner() as connection:
        assert connection.scalar(text(WRONG[what])) == 0


def test_there_is_something_of_everything(database: Database) -> None:
    own = next(row["area"] for row in accounts() if row["username"] == "grid")
    with database.owner() as connection:
        kinds = "SELECT count(DISTINCT (kind, upper_inf(valid), GeometryType(place))) FROM closure"
        assert (connection.scalar(text(kinds)) or 0) >= 5
        assert connection.scalar(text("SELECT count(DISTINCT state) FROM gate")) == 3
        mine = "SELECT count(*) FROM gate g JOIN area a ON a.id = g.area_id WHERE a.code = :code"
        assert connection.scalar(text(mine), {"code": own})
        shares = connection.execute(text("SELECT sweep_id, sum(asked) FROM grid_sweep GROUP BY 1 ORDER BY 1")).all()
    assert len(shares) == 2
    assert 0.45 < shares[1].sum / 59_941 < 0.7


async def test_it_lives_and_moves(demo_city: Database) -> None:
    now = datetime.now(UTC)
    for _ in range(3):
        await gates.turn_one(demo_city, scope(demo_city), np.random.default_rng(4), now)
    await demo_city.close()
    with demo_city.owner() as connection:
        assert connection.scalar(text("SELECT count(*) FROM gate_state WHERE entered_at > :now"), {"now": now}) == 3
        begun = connection.scalar(text("SELECT starts_on FROM sweep WHERE number = 2"))
        rounds.move(connection, 3)
        assert begun is not None
        assert connection.scalar(text("SELECT starts_on FROM sweep WHERE number = 2")) == begun + timedelta(days=3)
        wrong = WRONG["an answer outside its round"].replace("now()", "now() + interval '3 days'")
        assert connection.scalar(text(wrong)) == 0
