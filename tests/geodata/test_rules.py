"""What the database itself keeps true: paths, intervals, counts; and that it tells of every change."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from geodata.database import Database
from tests.geodata.counting import recount, rolled_up
from tests.places import BEGAN, EAST, GRIDS, WEST

RECORD = text("SELECT record_state(:door, :state, :at, 'survey', 'test', 'somebody', :client)")


def test_a_path_follows_its_parent_and_so_do_the_rows(tiny_city: Database) -> None:
    """Moving a village moves its grids, its households and their counts, and nothing else."""
    with tiny_city.owner() as connection:
        connection.execute(
            text("UPDATE area SET parent_id = (SELECT id FROM area WHERE code = :to) WHERE code = :village"),
            {"to": WEST + "001", "village": EAST + "001001"},
        )
        for table in ("household", "household_state", "building", "grid_tally"):
            wrong = connection.scalar(
                text(f"SELECT count(*) FROM {table} r JOIN area a ON a.id = r.area_id WHERE r.path <> a.path")
            )
            assert wrong == 0, table
        below = connection.scalar(
            text("SELECT count(*) FROM household WHERE path <@ (SELECT path FROM area WHERE code = :west)"),
            {"west": WEST},
        )
        assert below == 24
        assert recount(connection) == []


def test_no_area_lies_below_itself(tiny_city: Database) -> None:
    """A loop in the tree is refused."""
    with pytest.raises(IntegrityError, match="below itself"), tiny_city.owner() as connection:
        connection.execute(
            text("UPDATE area SET parent_id = (SELECT id FROM area WHERE code = :below) WHERE code = :above"),
            {"above": EAST, "below": EAST + "001001"},
        )


@pytest.mark.parametrize("parent", [None, 424242])
def test_an_area_without_its_parent_is_refused(tiny_city: Database, parent: int | None) -> None:
    """Only a city stands alone; a parent must exist."""
    with pytest.raises(IntegrityError), tiny_city.owner() as connection:
        connection.execute(
            text("INSERT INTO area (code, name, level, parent_id, pinyin) VALUES ('x', 'x', 'village', :parent, '')"),
            {"parent": parent},
        )


def test_an_invalid_polygon_is_refused(tiny_city: Database) -> None:
    """A bow tie is not an area."""
    with pytest.raises(IntegrityError), tiny_city.owner() as connection:
        connection.execute(
            text(
                "UPDATE area SET place = ST_Multi(ST_GeomFromText('POLYGON((0 0,1 1,1 0,0 1,0 0))', 4326)) WHERE code = :east"
            ),
            {"east": EAST},
        )


def test_intervals_of_one_household_never_overlap(tiny_city: Database) -> None:
    """The database refuses an overlap whoever writes it."""
    with pytest.raises(IntegrityError), tiny_city.owner() as connection:
        connection.execute(
            text(
                "INSERT INTO household_past (household_id, area_id, state_id, next_state_id, valid) "
                "SELECT id, area_id, 1, 2, tstzrange(since + n * interval '1 day', since + interval '9 days') "
                "FROM household, generate_series(1, 2) n WHERE id = 1"
            )
        )


def test_a_change_is_recorded_once(tiny_city: Database) -> None:
    """The same client id twice changes nothing twice; one from before it was first known is refused."""
    client, at = uuid4(), BEGAN + timedelta(days=3)
    with tiny_city.owner() as connection:
        door = connection.scalar(text("SELECT min(id) FROM household"))
        first = connection.scalar(RECORD, {"door": door, "state": 1, "at": at, "client": client})
        assert first is not None
        assert connection.scalar(RECORD, {"door": door, "state": 2, "at": at, "client": client}) is None
        row = connection.execute(
            text("SELECT state_id, since, due_on FROM household WHERE id = :door"), {"door": door}
        ).one()
        assert row.state_id == 1
        assert row.since == at
        assert (row.due_on - (at + timedelta(hours=8)).date()).days == 14
        assert recount(connection) == []
    with pytest.raises(DBAPIError, match="too_early"), tiny_city.owner() as connection:
        connection.execute(RECORD, {"door": door, "state": 2, "at": BEGAN - timedelta(days=1), "client": None})


def test_deleting_and_moving_households_is_counted(tiny_city: Database) -> None:
    """Counts follow every way in which a household can leave a grid."""
    with tiny_city.owner() as connection:
        grids = {row.code: row.id for row in connection.execute(text("SELECT code, id FROM area WHERE level = 'grid'"))}
        from_, to = grids[GRIDS[EAST][0]], grids[GRIDS[WEST][1]]
        door = connection.scalar(text("SELECT min(id) FROM household WHERE area_id = :from"), {"from": from_})
        for days in (3, 5):
            at = BEGAN + timedelta(days=days)
            connection.execute(RECORD, {"door": door, "state": days, "at": at, "client": None})
        connection.execute(
            text(
                "UPDATE household SET area_id = :to, path = (SELECT path FROM area WHERE id = :to) WHERE area_id = :from"
            ),
            {"from": from_, "to": to},
        )
        connection.execute(
            text("DELETE FROM household WHERE id IN (SELECT max(id) FROM household WHERE area_id = :to)"),
            {"to": to},
        )
        assert recount(connection) == []
        assert rolled_up(connection) == []
    with pytest.raises(IntegrityError, match="the ledger tells"), tiny_city.owner() as connection:
        connection.execute(text("DELETE FROM household WHERE id = :door"), {"door": door})


def test_every_change_is_told_with_its_place(tiny_city: Database) -> None:
    """A listener hears which table changed and where, once the change is there."""
    plain = tiny_city.url
    with psycopg.connect(plain, autocommit=True) as listener:
        listener.execute("LISTEN wangge")
        with tiny_city.owner() as connection:
            door = connection.scalar(text("SELECT min(id) FROM household"))
            connection.execute(RECORD, {"door": door, "state": 1, "at": datetime.now(UTC), "client": None})
            assert list(listener.notifies(timeout=0.1)) == []
        told = [notice.payload for notice in listener.notifies(timeout=2, stop_after=1)]
    assert len(told) == 1
    assert '"table" : "household"' in told[0]
    assert "BOX(" in told[0]


def test_sums_of_areas_follow_and_fold(tiny_city: Database) -> None:
    """Changes, a moved village and a fold in the middle leave every area's sums equal to what lies below it."""
    waiting = text("SELECT (SELECT count(*) FROM area_tally WHERE slot <> 0) + (SELECT count(*) FROM counted_change)")
    with tiny_city.owner() as connection:
        doors = list(connection.scalars(text("SELECT id FROM household ORDER BY id")))
        for nth, door in enumerate(doors):
            at = BEGAN + timedelta(hours=1 + nth)
            connection.execute(RECORD, {"door": door, "state": 1 + nth % 4, "at": at, "client": None})
            if nth == 7:
                connection.execute(text("SELECT fold_roll_ups()"))
                assert connection.scalar(waiting) == 0
        assert connection.scalar(waiting) == len(doors) - 8
        assert rolled_up(connection) == []
        connection.execute(
            text("UPDATE area SET parent_id = (SELECT id FROM area WHERE code = :to) WHERE code = :village"),
            {"to": WEST + "001", "village": EAST + "001001"},
        )
        assert rolled_up(connection) == []
        connection.execute(text("SELECT fold_roll_ups()"))
        assert rolled_up(connection) == []
        assert connection.scalar(waiting) == 0
        for nth, last in enumerate((8190, 8191)):
            connection.execute(text("SELECT setval('household_entry_id_seq', :last)"), {"last": last})
            at = BEGAN + timedelta(days=9 + nth)
            connection.execute(RECORD, {"door": doors[0], "state": 3 + nth, "at": at, "client": None})
            assert connection.scalar(waiting) == 1 - nth, "now and then a change folds by itself"
        assert rolled_up(connection) == []
        connection.execute(RECORD, {"door": doors[1], "state": 3, "at": BEGAN + timedelta(days=9), "client": None})
        connection.execute(text("SELECT fold_waiting()"))
        assert connection.scalar(waiting) == 0, "a server's pulse folds"
        assert rolled_up(connection) == []


def test_writers_never_wait_for_each_other_at_the_city(tiny_city: Database) -> None:
    """Two open transactions change homes of different grids of one city, and neither waits."""
    with tiny_city.owner() as first, tiny_city.owner() as second:
        for connection, grid in ((first, GRIDS[EAST][0]), (second, GRIDS[WEST][0])):
            connection.execute(text("SET LOCAL lock_timeout = '500ms'"))
            door = connection.scalar(
                text("SELECT min(h.id) FROM household h JOIN area a ON a.id = h.area_id WHERE a.code = :grid"),
                {"grid": grid},
            )
            connection.execute(RECORD, {"door": door, "state": 1, "at": BEGAN + timedelta(hours=1), "client": None})
    with tiny_city.owner() as connection:
        assert rolled_up(connection) == []
