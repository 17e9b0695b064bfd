"""The first doors of a city: its tables lie bare meanwhile, and whatever happens nothing of them is missing afterwards."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from geodata.database import Database
from geodata.errors import DatabaseAway
from tests.geodata.counting import recount, rolled_up
from tests.geodata.feeds.counting import one
from tests.geodata.imports.conftest import Bring, Cells, table

Doors = Callable[[int], list[Cells]]
RULES = """SELECT string_agg(said, chr(10) ORDER BY said) FROM (
    SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) AS said FROM pg_constraint
        WHERE conrelid <> 0 AND convalidated
    UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O') d"""


@pytest.fixture
def bare(city: Database) -> Database:
    """Return the city without a household, its counts left as they were: noughts of doors that are gone."""
    with city.owner() as connection:
        connection.exec_driver_sql("DELETE FROM household")
    return city


def assert_counted(city: Database) -> None:
    with city.owner() as connection:
        assert recount(connection) == []
        assert rolled_up(connection) == []


async def test_all_rules_are_back_and_all_is_counted(
    bare: Database, bring: Bring, doors: Doors, tmp_path: Path
) -> None:
    """Also where counts were kept before; the second file is counted by triggers, and into the same rows."""
    before = one(bare, RULES)
    rows = doors(300)
    report = await bring("households", table(tmp_path / "1.csv", rows[:200]))
    assert (report.accepted, report.refused) == (200, [])
    assert one(bare, RULES) == before
    assert_counted(bare)
    assert (await bring("households", table(tmp_path / "2.csv", rows[100:]))).accepted == 100
    assert one(bare, "SELECT sum(households) FROM grid_tally") == 300
    assert one(bare, "SELECT count(*) FROM household_finding WHERE source = 'import'") == 300
    assert_counted(bare)


async def test_what_is_named_twice_is_left_out(bare: Database, bring: Bring, doors: Doors, tmp_path: Path) -> None:
    """The first of two rows comes in where a part is wanted, with every rule in force."""
    before = one(bare, RULES)
    rows = doors(80)
    file = table(tmp_path / "h.csv", [*rows, rows[3], rows[3], rows[7]])
    assert (await bring("households", file)).accepted == 0
    assert one(bare, "SELECT count(*) FROM household") == 0
    report = await bring("households", file, partial=True)
    assert [(r.row, r.why, r.facts["first"]) for r in report.refused] == [
        (81, "named_twice", 4),
        (82, "named_twice", 4),
        (83, "named_twice", 8),
    ]
    assert report.accepted == one(bare, "SELECT count(*) FROM household") == 80
    assert one(bare, "SELECT count(*) FROM household_finding") == 80
    assert one(bare, RULES) == before
    assert_counted(bare)


@pytest.mark.parametrize("step", ["writing", "closing"])
async def test_killed_in_the_middle(bare: Database, bring: Bring, doors: Doors, tmp_path: Path, step: str) -> None:
    """The server's process ends before the end: nothing is in, no rule is missing, and the same file can come again."""
    before = one(bare, RULES)
    file = table(tmp_path / "h.csv", doors(80))

    def kill(now: str, _done: int, _all: int | None) -> None:
        if now == step:
            with bare.owner() as connection:
                connection.execute(
                    text(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                        "WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
                    )
                )

    with pytest.raises(DatabaseAway):
        await bring("households", file, progress=kill)
    assert one(bare, "SELECT (SELECT count(*) FROM household) + (SELECT count(*) FROM household_finding)") == 0
    assert one(bare, RULES) == before
    assert_counted(bare)
    assert (await bring("households", file)).accepted == 80
    assert_counted(bare)
