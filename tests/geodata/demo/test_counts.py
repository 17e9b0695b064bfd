"""What the demo city's departments count: the totals of the sources on whatever day one looks, and nothing of tomorrow."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, text

from geodata.database import Database
from geodata.demo import load
from tests.geodata.demo.test_fill import made_at


def totals(city: Connection) -> tuple[int, float]:
    row = city.execute(text("SELECT sum(received) AS received, sum(closed) AS closed FROM hotline_day")).one()
    return int(row.received), 100 * row.closed / row.received


@pytest.mark.parametrize("later", [timedelta(), timedelta(days=9, hours=-7)])
def test_departments_and_citizens_have_reported_up_to_now(demo_city: Database, later: timedelta) -> None:
    now = made_at(demo_city) + later
    load.ensure(demo_city, "small", now)
    with demo_city.owner() as city:
        received, closed = totals(city)
        assert received == pytest.approx(6_775, rel=0.06)
        assert closed == pytest.approx(98.5, abs=0.7)
        codes = city.execute(
            text(
                "SELECT count(*) AS areas, sum(registered)::float8 / sum(population) AS registered, min(green) AS green, "
                "bool_and(green + yellow + red = registered) AS whole FROM health_code_day "
                "WHERE day = local_day(:now) - 1"
            ),
            {"now": now},
        ).one()
        assert codes.areas > 50
        assert codes.registered == pytest.approx(0.91, abs=0.02)
        assert codes.whole
        for table in ("return_registration", "tip_off"):
            found = f"SELECT count(*), count(*) FILTER (WHERE answered_at IS NULL), max(reported_at) FROM {table}"
            every, waiting, newest = city.execute(text(found)).one()
            assert every > waiting > 5
            assert newest <= now
        for table in ("health_code_day", "hotline_day"):
            assert city.scalar(text(f"SELECT max(reported_at) <= :now FROM {table}"), {"now": now})
