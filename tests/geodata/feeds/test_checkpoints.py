"""The registry of checkpoints: kept counts follow, and what a post has counted stays where it was counted."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from geodata.arrival.door import deliver
from geodata.database import Database
from geodata.scope import Scope
from tests.geodata.feeds.counting import assert_exact, one
from tests.geodata.feeds.registering import EXAMPLE_AREA, NEW, NEXT
from tests.geodata.feeds.test_delivery import passed
from tests.geodata.feeds.test_registries import thing

NEEDS = (EXAMPLE_AREA,)
OF_THINGS = ("name",)
_POSTS = """SELECT count(*) FROM (
    (SELECT area_id, staffed_from, staffed_to, count(*)::int FROM checkpoint GROUP BY 1, 2, 3)
    EXCEPT (SELECT area_id, staffed_from, staffed_to, posts FROM grid_posts)) apart"""


async def test_hours_and_moves_are_counted(city: Database, east: Scope) -> None:
    """Posts by shift and grid equal a recount; passages stay where they were counted, staffing goes along."""
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    await deliver(city, east, "checkpoints", thing("checkpoints"), "tests")
    await deliver(city, east, "passages", passed("X1"), "tests")
    shift = {"checkpoint": "X1", "day": f"{hour:%Y-%m-%d}", "shift_from": "06:00", "shift_to": "24:00", "on_duty": 2}
    await deliver(city, east, "staffing", shift | {"reported_at": hour - timedelta(hours=1)}, "tests")
    moved = thing("checkpoints", area=NEXT, staffed_from="08:00", staffed_to="24:00")
    assert await deliver(city, east, "checkpoints", moved, "tests") == NEW
    assert one(city, _POSTS) == 0
    assert_exact(city)
    stays = "SELECT count(*) FROM {} t JOIN checkpoint c ON c.id = t.checkpoint_id AND c.area_id = t.area_id"
    assert one(city, stays.format("checkpoint_hour") + " WHERE c.code = 'X1'") == 0
    assert one(city, stays.format("checkpoint_staffing") + " WHERE c.path = t.path") == 1


async def test_a_post_that_is_new_owes_no_report_yet(city: Database, east: Scope) -> None:
    """It is not silent before it was ever heard."""
    await deliver(city, east, "checkpoints", thing("checkpoints"), "tests")
    with city.owner() as connection:
        row = connection.execute(text("SELECT reported_at, expected_by FROM checkpoint WHERE code = 'X1'")).one()
    assert tuple(row) == (None, None)
