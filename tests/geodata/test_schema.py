"""The schema: from empty to head and back, the same as the models say, and two programs at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from geodata import schema
from geodata.database import Database
from geodata.model import Base
from tests.geodata.counting import recount, rolled_up
from tests.places import BEGAN


def leftovers(database: Database) -> list[str]:
    """Return what is in the schema besides the extensions' own things."""
    with database.owner() as connection:
        return list(
            connection.scalars(
                text(
                    "SELECT relname FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S', 'p') "
                    "AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') "
                    "AND relname <> 'alembic_version' UNION ALL "
                    "SELECT proname FROM pg_proc p WHERE pronamespace = 'public'::regnamespace "
                    "AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') UNION ALL "
                    "SELECT typname FROM pg_type t WHERE typnamespace = 'public'::regnamespace AND typtype = 'c' "
                    "AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = t.oid AND d.deptype IN ('e', 'i')) "
                    "AND typrelid NOT IN (SELECT oid FROM pg_class WHERE relkind IN ('r', 'p', 'v'))"
                )
            )
        )


def test_there_and_back_and_there_again(empty_database: Database) -> None:
    """Up, down to nothing, and up once more."""
    for _ in range(2):
        with empty_database.owner() as connection:
            schema.upgrade(connection)
        with empty_database.owner() as connection:
            assert schema.current(connection) == schema.head()
        with empty_database.owner() as connection:
            schema.downgrade(connection)
        assert leftovers(empty_database) == []


def test_models_and_migrations_agree(tiny_city: Database) -> None:
    """Every table and column that the models declare is there as declared, and no other."""
    with tiny_city.owner() as connection:
        found = compare_metadata(MigrationContext.configure(connection, opts={"include_object": _ours}), Base.metadata)
    assert [change for change in found if _matters(change)] == []


def _ours(_item: object, name: str | None, kind: str, _reflected: object, _other: object) -> bool:
    made_elsewhere = {"spatial_ref_sys"}
    parents = ("checkpoint_hour_", "track_point_", "ground_point_", "passage_other", "passage_2", "passage_mix_")
    partition = kind == "table" and name is not None and name.startswith(parents)
    return not (name in made_elsewhere or partition or kind == "index")


def _matters(change: object) -> bool:
    return not isinstance(change, list)


def test_two_programs_migrate_at_once(empty_database: Database) -> None:
    """The second waits for the first and finds nothing left to do."""

    def migrate(_: int) -> str | None:
        with empty_database.owner() as connection:
            schema.upgrade(connection)
            return schema.current(connection)

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(migrate, range(2))) == [schema.head()] * 2


def test_the_ledger_comes_out_of_what_was_recorded_before(tiny_city: Database) -> None:
    """Down to before the ledger its changes are intervals with their client ids; up again they are entries."""
    first, second, began = uuid4(), uuid4(), BEGAN + timedelta(days=3)
    record = text("SELECT record_state(5, CAST(:state AS smallint), :at, 'survey', 'test', 'x', :client)")
    with tiny_city.owner() as connection:
        for client, state, at in ((first, 1, began), (second, 2, began + timedelta(days=1))):
            connection.execute(record, {"client": client, "state": state, "at": at})
        schema.downgrade(connection, "0005")
        kept = connection.execute(
            text("SELECT client_id, state_id FROM household_state WHERE household_id = 5 ORDER BY valid")
        )
        assert [tuple(row) for row in kept] == [(None, 6), (first, 1), (second, 2)]
    with tiny_city.owner() as connection:
        schema.upgrade(connection)
        assert recount(connection) == []
        entries = text(
            "SELECT client_id, from_state_id, to_state_id, effective, entered_by FROM household_entry ORDER BY id"
        )
        assert [tuple(row) for row in connection.execute(entries)] == [
            (first, 6, 1, began, "x"),
            (second, 1, 2, began + timedelta(days=1), "x"),
        ]
        last = connection.scalar(text("SELECT max(id) FROM household_entry"))
        assert connection.scalar(text("SELECT entry_id FROM household WHERE id = 5")) == last
        assert connection.scalar(record, {"client": second, "state": 3, "at": BEGAN + timedelta(days=9)}) is None
        assert recount(connection) == []
        assert rolled_up(connection) == []
