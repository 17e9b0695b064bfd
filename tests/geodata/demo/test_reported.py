"""What else the demo city reports: cases, venues, enterprises, consultations, indicators; today and as days pass."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from geodata.arrival.payload import parse
from geodata.database import Database
from geodata.demo import cases, economy
from geodata.demo.load import ZONE
from geodata.demo.rules.states import Clock, clock
from geodata.feeds.floor.registry import get
from tests.geodata.demo.counting import number

TABLES = ("case_place", "case_trip", "venue", "venue_hour", "enterprise_day", "consultation_day", "indicator_day")
TIMES = {
    "case_place": "reported_at",
    "case_trip": "reported_at",
    "venue_hour": "at",
    "enterprise_day": "reported_at",
    "consultation_day": "reported_at",
    "indicator_day": "reported_at",
}


def counted(city: Connection) -> dict[str, int]:
    return {table: number(city, f"SELECT count(*) FROM {table}") for table in TABLES}


def at(days: int = 0) -> Clock:
    return clock(datetime.now(UTC) + timedelta(days=days), ZoneInfo(ZONE))


def test_everything_is_there_inside_its_area_and_none_ahead_of_now(database: Database) -> None:
    with database.owner() as city:
        assert min(counted(city).values()) > 0
        for table, column in TIMES.items():
            assert number(city, f"SELECT count(*) FROM {table} WHERE {column} > now()") == 0
        for table in ("case_place", "venue", "enterprise"):
            assert (
                number(
                    city,
                    f"SELECT count(*) FROM {table} t JOIN area a ON a.id = t.area_id WHERE NOT ST_Covers(a.place, t.place)",
                )
                == 0
            )
        assert number(city, "SELECT count(*) FROM case_trip WHERE means = 'car' AND length(number) <> 64") == 0


def test_filled_again_nothing_changes_and_days_bring_more(database: Database) -> None:
    """The past stays as it was told, however often it is filled."""
    with database.owner() as city:
        before = counted(city)
        kept = city.execute(text("SELECT * FROM enterprise_day ORDER BY enterprise_id, day")).all()
        for days in (0, 3):
            cases.fill(city, at(days))
            economy.fill(city, at().now, at(days))
        after = counted(city)
        assert after["venue"] == before["venue"]
        assert all(after[table] > before[table] for table in TABLES if table not in ("venue", "case_trip"))
        again = city.execute(text("SELECT * FROM enterprise_day ORDER BY enterprise_id, day")).all()
        assert set(kept) <= set(again)
        back = "SELECT count(*) FROM (SELECT resumed_on, lag(resumed_on) OVER (PARTITION BY enterprise_id ORDER BY day) AS was "
        assert (
            number(city, back + "FROM enterprise_day) d WHERE was IS NOT NULL AND resumed_on IS DISTINCT FROM was") == 0
        )
        city.rollback()


def test_what_venues_count_is_told_as_a_sender_would(database: Database) -> None:
    with database.owner() as city:
        rows = economy.counts(city, at().now - 7200, at())
        assert len(parse(get("venue_counts"), rows)) == len(rows) > 0
