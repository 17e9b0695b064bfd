"""The ledger with two writers at one household, or at one state, at the very same moment: the second waits and is judged."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from time import sleep
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from geodata.database import Database
from tests.geodata.counting import recount, rolled_up
from tests.geodata.test_ledger import HUBEI, NORMAL, WUHAN, Model, as_modelled, doors, enter, state
from tests.places import BEGAN, CITY

_WAITS = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


@contextmanager
def whole_city(database: Database) -> Iterator[Connection]:
    """Yield a transaction of somebody whose homes are the whole city; it is committed at the end."""
    with database.owner() as connection:
        connection.execute(text("SELECT set_config('app.home_paths', whole_city(), true)"))
        yield connection


def second(
    database: Database, first: Connection, does: Callable[[Connection], Any], pool: ThreadPoolExecutor
) -> Future[Any]:
    """Begin something in another transaction, and return once it waits for what the first one holds."""

    def run() -> Any:
        with whole_city(database) as connection:
            return does(connection)

    begun = pool.submit(run)
    while not begun.done() and not first.scalar(_WAITS):
        sleep(0.01)
        first.execute(text("SELECT pg_stat_clear_snapshot()"))
    assert not begun.done(), "it did not wait"
    return begun


def test_the_second_of_two_is_a_conflict(tiny_city: Database) -> None:
    """Both saw the same state; the first is entered, the second is shown it."""
    with ThreadPoolExecutor(1) as pool:
        with whole_city(tiny_city) as connection:
            door = doors(connection, CITY)[0]
            first = enter(connection, door)
            waiting = second(tiny_city, connection, lambda other: enter(other, door, state=HUBEI, who="other"), pool)
        assert waiting.result(20) == ("conflict", first[1])
    with tiny_city.owner() as connection:
        assert state(connection, door)[0] == WUHAN
        assert recount(connection) == []


@pytest.mark.parametrize("late_first", [True, False])
def test_a_late_entry_and_a_new_one(tiny_city: Database, late_first: bool) -> None:
    """Whichever comes first, both are entered, and every interval is as both say."""
    now = datetime.now(BEGAN.tzinfo)
    late, new = (BEGAN + timedelta(days=1), HUBEI), (now, WUHAN)
    order = (late, new) if late_first else (new, late)
    with ThreadPoolExecutor(1) as pool:
        with whole_city(tiny_city) as connection:
            door = doors(connection, CITY)[0]
            entered = [enter(connection, door, moment=order[0][0], state=order[0][1], blindly=True)]
            moment, becomes = order[1]
            waiting = second(
                tiny_city,
                connection,
                lambda other: enter(other, door, moment=moment, state=becomes, blindly=True),
                pool,
            )
        entered.append(waiting.result(20))
    assert [outcome for outcome, _ in entered] == ["recorded", "recorded"]
    entries = [(moment, entry or 0, becomes) for (moment, becomes), (_, entry) in zip(order, entered, strict=True)]
    with tiny_city.owner() as connection:
        as_modelled(connection, {door: Model(entries)})
        assert recount(connection) == []
        assert rolled_up(connection) == []


def test_a_household_that_moves_while_it_changes(tiny_city: Database) -> None:
    """A change that waits for a move is entered in the new grid; one that a move waits for goes along."""
    move = text(
        "UPDATE household SET area_id = :grid, path = (SELECT path FROM area WHERE id = :grid) WHERE id = :door"
    )
    with ThreadPoolExecutor(1) as pool:
        with whole_city(tiny_city) as connection:
            every = doors(connection, CITY)
            grids = [connection.scalar(text("SELECT area_id FROM household WHERE id = :door"), {"door": door})
                     for door in (every[0], every[-1])]  # fmt: skip
            connection.execute(move, {"grid": grids[1], "door": every[0]})
            waiting = second(tiny_city, connection, lambda other: enter(other, every[0], blindly=True), pool)
        assert waiting.result(20)[0] == "recorded"
        with whole_city(tiny_city) as connection:
            assert enter(connection, every[-1], blindly=True)[0] == "recorded"
            moving = second(
                tiny_city, connection, lambda other: other.execute(move, {"grid": grids[0], "door": every[-1]}), pool
            )
        moving.result(20)
    with tiny_city.owner() as connection:
        where = text("SELECT area_id FROM household_entry WHERE household_id = :door")
        assert connection.scalar(where, {"door": every[0]}) == grids[1]
        assert recount(connection) == []
        assert rolled_up(connection) == []


def test_no_household_is_in_a_state_that_is_not_there(tiny_city: Database) -> None:
    """Neither laid, nor changed by hand, nor through the door; and no state in use can be taken out of its scheme."""
    lay = """INSERT INTO household (building_id, area_id, unit, floor, room, state_id, since, place)
             SELECT building_id, area_id, unit, 99, room, 99, since, place FROM household LIMIT 1"""
    for attempt in (lay, "UPDATE household SET state_id = 99 WHERE id = 1", "DELETE FROM scheme_state"):
        with pytest.raises(DBAPIError, match=r"foreign key|are or were"), tiny_city.owner() as connection:
            connection.execute(text(attempt))
    with whole_city(tiny_city) as connection:
        assert enter(connection, 1, state=99, blindly=True) == ("unknown_state", None)
        assert state(connection, 1)[0] == NORMAL


def test_a_state_goes_while_a_household_comes_into_it(tiny_city: Database) -> None:
    """Who takes it out waits for the change, and is refused; a change that waits for it finds it gone."""
    add = text("""INSERT INTO scheme_state SELECT (jsonb_populate_record(
                      s, jsonb_build_object('id', 90 + n, 'code', 'new' || n, 'severity', 90 + n))).*
                  FROM scheme_state s, generate_series(1, 2) n WHERE s.id = 1""")
    take_out = text("DELETE FROM scheme_state WHERE id = :id")
    with tiny_city.owner() as connection:
        connection.execute(add)
    with ThreadPoolExecutor(1) as pool:
        with whole_city(tiny_city) as connection:
            assert enter(connection, 1, state=91, blindly=True)[0] == "recorded"
            waiting = second(tiny_city, connection, lambda other: other.execute(take_out, {"id": 91}), pool)
        with pytest.raises(DBAPIError, match="are or were"):
            waiting.result(20)
        with whole_city(tiny_city) as connection:
            connection.execute(take_out, {"id": 92})
            changing = second(tiny_city, connection, lambda other: enter(other, 2, state=92, blindly=True), pool)
        assert changing.result(20) == ("unknown_state", None)
    with tiny_city.owner() as connection:
        assert recount(connection) == []
