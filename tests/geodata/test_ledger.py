"""The ledger: whatever is entered in whatever order, intervals, counts and every past moment are as the entries say."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from geodata.database import Database
from tests.geodata.counting import recount, rolled_up
from tests.places import BEGAN, CITY, EAST, GRIDS, WEST

CHANGE = text(
    """SELECT outcome, entry FROM record_change(:door, :kind, CAST(:state AS smallint), 1, :moment, 'survey', 'test', :who,
           :client, :blindly, :seen, :follows, :undoes, 0)"""
)
NORMAL, WUHAN, HUBEI = 6, 1, 2


def enter(connection: Connection, door: int, kind: str = "change", **more: Any) -> tuple[str, int | None]:
    """Send one change through the door; return its outcome and entry."""
    asked = {"state": WUHAN, "moment": datetime.now(BEGAN.tzinfo), "who": "leader", "client": uuid4()}
    binds = {"blindly": False, "seen": None, "follows": None, "undoes": None, **asked, **more}
    row = connection.execute(CHANGE, {"door": door, "kind": kind, **binds}).one()
    return row.outcome, row.entry


@pytest.fixture
def east(tiny_city: Database) -> Iterator[Connection]:
    """Return a transaction of a leader of the first eastern grid, which is given up at the end."""
    with tiny_city.engine.connect() as connection:
        transaction = connection.begin()
        connection.execute(
            text("SELECT set_config('app.home_paths', path::text, true) FROM area WHERE code = :grid"),
            {"grid": GRIDS[EAST][0]},
        )
        yield connection
        transaction.rollback()


def doors(connection: Connection, code: str) -> list[int]:
    """Return the households below an area."""
    asked = text("SELECT h.id FROM household h JOIN area a ON h.path <@ a.path WHERE a.code = :code ORDER BY 1")
    return list(connection.scalars(asked, {"code": code}))


def state(connection: Connection, door: int) -> tuple[int, datetime, int | None]:
    """Return state, since, and the last entry of a household."""
    row = connection.execute(
        text("SELECT state_id, since, entry_id FROM household WHERE id = :door"), {"door": door}
    ).one()
    return row.state_id, row.since, row.entry_id


@dataclass
class Model:
    """What ought to be true of one household: its finding, and its entries as (moment, id, state), less the undone."""

    entries: list[tuple[datetime, int, int]] = field(default_factory=list)

    def began(self) -> list[tuple[datetime, int]]:
        """Return what begins when; of two entries for one moment the later stands."""
        found = {BEGAN: NORMAL} | {moment: state for moment, _, state in sorted(self.entries)}
        return sorted(found.items())

    def at(self, moment: datetime) -> int:
        """Return the state that held at a moment."""
        return [state for begin, state in self.began() if begin <= moment][-1]


steps = st.lists(
    st.tuples(
        st.sampled_from(["change", "change", "again", "undo"]), st.integers(0, 3), st.integers(1, 6), st.integers(1, 90)
    ),
    max_size=30,
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_any_order_of_entries_and_their_like(tiny_city: Database, steps: list[tuple[str, int, int, int]]) -> None:
    """Late, repeated, undone: intervals never overlap, counts equal a recount, each past moment is as it was."""
    with tiny_city.engine.connect() as connection:
        transaction = connection.begin()
        connection.execute(text("SELECT set_config('app.home_paths', '1', true)"))
        every = doors(connection, CITY)
        models = {door: Model() for door in (every[0], every[1], every[6], every[-1])}
        sent: list[tuple[int, UUID, tuple[datetime, int, int]]] = []
        for what, place, becomes, hours in steps:
            door = list(models)[place]
            if what == "change":
                moment, client = BEGAN + timedelta(hours=hours * 4), uuid4()
                asked = {"state": becomes, "moment": moment, "client": client, "blindly": True}
                outcome, entry = enter(connection, door, **asked)
                assert outcome == "recorded"
                sent.append((door, client, (moment, entry or 0, becomes)))
                models[door].entries.append(sent[-1][2])
            elif sent:
                door, client, line = sent[hours % len(sent)]
                if what == "again":
                    assert enter(connection, door, client=client, blindly=True) == ("known", line[1])
                else:
                    standing = line in models[door].entries
                    outcome, _ = enter(connection, door, "undo", undoes=client, blindly=True)
                    assert outcome == ("recorded" if standing else "not_undoable")
                    if standing:
                        models[door].entries.remove(line)
        as_modelled(connection, models)
        assert recount(connection) == []
        assert rolled_up(connection) == []
        transaction.rollback()


def as_modelled(connection: Connection, models: dict[int, Model]) -> None:
    """Compare intervals, the present state, and the state at moments in between."""
    asked = text(
        "SELECT lower(valid), state_id, upper(valid) FROM household_state WHERE household_id = :door ORDER BY valid"
    )
    for door, model in models.items():
        began = model.began()
        kept = [tuple(row) for row in connection.execute(asked, {"door": door})]
        assert [(moment, one) for moment, one, _ in kept] == began
        assert [until for _, _, until in kept] == [moment for moment, _ in began[1:]] + [None]
        assert state(connection, door)[:2] == (began[-1][1], began[-1][0])
        for hours in range(1, 400, 37):
            moment = BEGAN + timedelta(hours=hours)
            then = text("SELECT state_id FROM household_state WHERE household_id = :door AND valid @> :moment")
            assert connection.scalar(then, {"door": door, "moment": moment}) == model.at(moment)


def test_who_saw_an_older_state_gets_a_conflict(east: Connection) -> None:
    """Nothing is changed, and the answer names the entry that was there first; having seen it, the change is taken."""
    door = doors(east, GRIDS[EAST][0])[0]
    outcome, first = enter(east, door)
    assert outcome == "recorded"
    assert enter(east, door, state=HUBEI, who="other") == ("conflict", first)
    assert state(east, door)[0] == WUHAN
    assert enter(east, door, state=HUBEI, who="other", seen=first)[0] == "recorded"


def test_a_queue_follows_itself(east: Connection) -> None:
    """A change after one's own unsent change is taken with it, and is a conflict where that one was."""
    door, other = doors(east, GRIDS[EAST][0])[:2]
    first, lost = uuid4(), uuid4()
    assert enter(east, door, client=first)[0] == "recorded"
    assert enter(east, door, state=HUBEI, follows=first)[0] == "recorded"
    assert enter(east, other, who="other")[0] == "recorded"
    assert enter(east, other, client=lost)[0] == "conflict"
    assert enter(east, other, state=HUBEI, follows=lost)[0] == "conflict"


def test_clearing_waits_for_its_day(east: Connection) -> None:
    """Thirteen days are too few; on day 14 it goes to what the scheme says, once."""
    early, due, calm = doors(east, GRIDS[EAST][0])[:3]
    today = east.scalar(text("SELECT local_day(now())::timestamp AT TIME ZONE city_zone()"))
    for door, days in ((early, 13), (due, 14)):
        assert enter(east, door, moment=today - timedelta(days=days), blindly=True)[0] == "recorded"
    seen = {door: state(east, door)[2] for door in (early, due, calm)}
    assert enter(east, early, "clear", seen=seen[early]) == ("not_due", None)
    assert enter(east, calm, "clear", seen=seen[calm]) == ("not_due", None)
    assert enter(east, due, "clear", seen=seen[due])[0] == "recorded"
    assert state(east, due)[0] == NORMAL
    assert enter(east, due, "clear", seen=state(east, due)[2]) == ("not_due", None)


def test_undoing_gives_the_days_back(east: Connection) -> None:
    """A cleared household that is taken back is due since the same day as before; only one's own, only for ten minutes."""
    door = doors(east, GRIDS[EAST][0])[0]
    began = BEGAN + timedelta(days=2)
    enter(east, door, moment=began, blindly=True)
    client = uuid4()
    enter(east, door, "clear", client=client, blindly=True)
    assert enter(east, door, "undo", undoes=client, who="other", blindly=True) == ("not_undoable", None)
    assert enter(east, door, "undo", undoes=client, blindly=True)[0] == "recorded"
    assert state(east, door)[:2] == (WUHAN, began)
    assert enter(east, door, "undo", undoes=client, blindly=True) == ("not_undoable", None)
    east.execute(text("ALTER TABLE household_entry DISABLE TRIGGER never_rewritten"))
    client = uuid4()
    enter(east, door, "clear", client=client, blindly=True)
    east.execute(text("UPDATE household_entry SET entered_at = now() - interval '11 minutes'"))
    assert enter(east, door, "undo", undoes=client, blindly=True) == ("not_undoable", None)


def test_the_ledger_is_never_rewritten(east: Connection) -> None:
    """Not even by its owner."""
    enter(east, doors(east, GRIDS[EAST][0])[0])
    for attempt in ("UPDATE household_entry SET to_state_id = 6", "DELETE FROM household_entry"):
        with pytest.raises(DBAPIError, match="never rewritten"), east.begin_nested():
            east.execute(text(attempt))


def test_there_is_no_other_way_in(east: Connection) -> None:
    """A foreign household is as unknown as none, and a reader writes no table of homes by hand."""
    own, foreign = doors(east, GRIDS[EAST][0])[0], doors(east, WEST)[0]
    for door in (doors(east, GRIDS[EAST][1])[0], foreign, 10**9):
        assert enter(east, door) == ("unknown", None)
    east.execute(text("SET LOCAL role = 'wangge_app'"))
    assert enter(east, foreign) == ("unknown", None)
    assert enter(east, own)[0] == "recorded"
    assert east.scalar(text("SELECT count(*) FROM household_entry")) == 1
    closed = (
        "UPDATE household SET state_id = 6",
        "INSERT INTO household_entry (household_id) VALUES (1)",
        "UPDATE household_past SET valid = valid",
        f"SELECT record_state({foreign}, 1::smallint, now(), '', '', '')",
        "SELECT clear_automatically(10)",
        "SELECT lay_intervals(h, 1) FROM household h",
    )
    for attempt in closed:
        with pytest.raises(DBAPIError, match="permission denied"), east.begin_nested():
            east.execute(text(attempt))


def test_states_that_clear_by_themselves(tiny_city: Database) -> None:
    """On their day and not before, at the moment the day begins; the rest waits for somebody."""
    with tiny_city.owner() as connection:
        connection.execute(text("UPDATE scheme_state SET automatic = true WHERE code = 'hubei'"))
        every = doors(connection, CITY)
        today = connection.scalar(text("SELECT local_day(now())::timestamp AT TIME ZONE city_zone()"))
        wanted = ((every[0], HUBEI, 15), (every[7], HUBEI, 14), (every[8], HUBEI, 13), (every[9], WUHAN, 15))
        record = text("SELECT record_state(:door, CAST(:state AS smallint), :moment, 'returned', 'test', 'test')")
        for door, becomes, days in wanted:
            moment = today - timedelta(days=days) + timedelta(hours=9)
            connection.execute(record, {"door": door, "state": becomes, "moment": moment})
        assert connection.scalar(text("SELECT clear_automatically(1)")) == 1
        assert connection.scalar(text("SELECT clear_automatically(10)")) == 1
        assert connection.scalar(text("SELECT clear_automatically(10)")) == 0
        assert [state(connection, door)[0] for door, _, _ in wanted] == [NORMAL, NORMAL, HUBEI, WUHAN]
        assert state(connection, every[0])[1] == today - timedelta(days=1)
        assert recount(connection) == []
