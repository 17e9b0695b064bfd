from datetime import UTC, datetime

import pytest
from argon2 import PasswordHasher
from sqlalchemy import text

from geodata import schema
from geodata.database import Database
from geodata.demo import load
from geodata.demo.divisions import Divisions
from geodata.demo.plan import Plan
from geodata.demo.rules.checkpoints import KINDS
from geodata.demo.tiling import Tiling
from tests.geodata.demo.counting import ahead, due, miscounted, number

NOW = datetime.now(UTC)


def test_what_the_small_city_holds(database: Database) -> None:
    with database.owner() as city:
        assert number(city, "SELECT count(*) FROM area") == 4_836
        assert number(city, "SELECT count(*) FROM area WHERE level = 'county'") == 7
        assert number(city, "SELECT count(*) FROM area WHERE level = 'township'") == 81
        assert number(city, "SELECT count(*) FROM area WHERE level = 'village'") == 1_381
        assert number(city, "SELECT count(*) FROM household") == 59_941
        assert number(city, "SELECT count(*) FROM checkpoint") == 2_000
        assert number(city, "SELECT count(DISTINCT kind) FROM checkpoint") == len(KINDS)
        assert number(city, "SELECT count(*) FROM drone") == 6
        assert number(city, "SELECT count(*) FROM flight WHERE ended_at IS NULL") == 1
        hotels = "SELECT count(DISTINCT subpath(path, 0, 2)) FROM hotel"
        assert number(city, hotels) == 7


def test_grids_hold_from_a_hundred_to_five_hundred_households(database: Database) -> None:
    with database.owner() as city:
        sizes = city.execute(
            text("SELECT min(n), max(n) FROM (SELECT sum(households) n FROM grid_tally GROUP BY area_id) g")
        ).one()
    assert 100 <= sizes[0] <= sizes[1] <= 500


def test_every_kept_count_equals_a_recount(database: Database) -> None:
    with database.owner() as city:
        assert set(miscounted(city).values()) == {0}


def test_nothing_lies_in_the_future_and_some_are_due_overdue_changed_today(database: Database) -> None:
    with database.owner() as city:
        now = datetime.now(UTC)
        assert set(ahead(city, now).values()) == {0}
        assert min(due(city, NOW)) > 10


def test_a_household_repeats_its_open_interval(database: Database) -> None:
    with database.owner() as city:
        other = (
            "SELECT count(*) FROM household h LEFT JOIN household_state s ON s.household_id = h.id AND upper_inf(s.valid) "
            "WHERE (h.state_id, h.since, h.area_id, h.path) IS DISTINCT FROM (s.state_id, lower(s.valid), s.area_id, s.path)"
        )
        assert number(city, other) == 0
        days = (
            "SELECT count(*) FROM household h JOIN scheme_state t ON t.id = h.state_id WHERE due_on IS DISTINCT FROM "
        )
        assert number(city, days + "local_day(since) + t.follow_days") == 0


def test_everything_lies_inside_its_area(database: Database) -> None:
    tables = ("building", "household", "checkpoint", "hotel", "clinic", "track_point", "patrol_event")
    with database.owner() as city:
        for table in tables:
            joined = f"SELECT count(*) FROM {table} t JOIN area a ON a.id = t.area_id WHERE "
            # A drone that turns beyond the city's border counts to the city.
            assert number(city, joined + "a.parent_id IS NOT NULL AND NOT ST_Covers(a.place, t.place)") == 0, table
            assert number(city, joined + "a.parent_id IS NULL AND ST_Covers(a.place, t.place)") == 0, table
            assert number(city, joined + "t.path <> a.path") == 0, table


def test_the_zone_of_statistics_is_in_the_tree_and_old_names_lead_somewhere(database: Database) -> None:
    with database.owner() as city:
        parent = "SELECT p.code FROM area a JOIN area p ON p.id = a.parent_id WHERE a.code = '411271'"
        assert city.scalar(text(parent)) == "411200"
        alias = "SELECT a.code FROM area_alias l JOIN area a ON a.id = l.area_id WHERE l.alias = :alias"
        assert city.scalar(text(alias), {"alias": "411222"}) == "411203"
        assert city.scalar(text(alias), {"alias": "陕县"}) == "411203"
        assert city.scalar(text("SELECT pinyin FROM area WHERE code = '411202'")) == "hubinqu hbq"


def test_every_leader_is_marked_as_a_demonstration(database: Database) -> None:
    with database.owner() as city:
        assert (
            number(city, "SELECT count(*) FROM area WHERE leader NOT LIKE '%演示%' OR telephone !~ '^0398-555-\\d{4}$'")
            == 0
        )


def test_some_posts_are_silent_and_all_know_when_they_must_report(database: Database) -> None:
    with database.owner() as city:
        assert number(city, "SELECT count(*) FROM checkpoint WHERE expected_by IS NULL") == 0
        silent = number(city, "SELECT count(*) FROM checkpoint WHERE expected_by < :now", now=NOW)
    assert 2 < silent < 100


def test_five_people_may_sign_in(database: Database) -> None:
    with database.owner() as city:
        rows = city.execute(
            text(
                "SELECT a.username, a.role, a.password_hash, r.code, r.level FROM account a "
                "JOIN account_area l ON l.account_id = a.id JOIN area r ON r.id = l.area_id WHERE a.demo"
            )
        ).all()
        households = "SELECT sum(households) FROM grid_tally t JOIN area a ON a.id = t.area_id WHERE a.code = :code"
        by_name = {row.username: row for row in rows}
        assert number(city, households, code=by_name["grid"].code) >= 100
    for account in load.accounts():
        row = by_name[account["username"]]
        assert (row.role, row.code) == (account["role"], account["area"])
        PasswordHasher().verify(row.password_hash, account["password"])
    assert by_name["grid"].level == "grid"
    assert by_name["county"].code == "411202"


def test_a_second_start_keeps_what_is_there(demo_city: Database) -> None:
    with demo_city.owner() as city:
        before = number(city, "SELECT count(*) FROM household_state")
        secret = city.scalar(text("SELECT value FROM setting WHERE name = 'secret'"))
        made = datetime.fromisoformat(city.scalar(text("SELECT value FROM setting WHERE name = 'demo_made_at'")) or "")
    again = load.ensure(demo_city, "city", made)
    assert (again.created, again.size, again.households) == (False, "small", 59_941)
    assert again.seconds < 1
    with demo_city.owner() as city:
        assert number(city, "SELECT count(*) FROM household_state") == before
        assert city.scalar(text("SELECT value FROM setting WHERE name = 'secret'")) == secret
        assert len(secret or "") > 30


class _PowerCutError(Exception):
    """What a load is interrupted by."""


def test_an_interrupted_load_leaves_nothing_and_the_next_one_works(
    empty_database: Database, divisions: Divisions, tiling: Tiling, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load, "plan", lambda size: Plan(size, divisions, tiling))
    with empty_database.owner() as connection:
        schema.upgrade(connection)

    def cut(label: str, done: int, total: int) -> None:
        if label == load.label("posts"):
            raise _PowerCutError

    with pytest.raises(_PowerCutError):
        load.ensure(empty_database, "small", NOW, cut)
    with empty_database.owner() as connection:
        left = [
            number(connection, f"SELECT count(*) FROM {table}")
            for table in ("area", "household", "setting WHERE name NOT IN ('feed_key', 'plate_secret')", "account")
        ]
        indexes = number(
            connection, "SELECT count(*) FROM pg_indexes WHERE tablename IN ('household_past', 'household_finding')"
        )
    assert left == [0, 0, 0, 0]
    told = list[tuple[str, int, int]]()
    assert load.ensure(empty_database, "small", NOW, lambda *step: told.append(step)).created
    with empty_database.owner() as connection:
        assert (
            number(
                connection, "SELECT count(*) FROM pg_indexes WHERE tablename IN ('household_past', 'household_finding')"
            )
            == indexes
        )
    assert len({label for label, _, _ in told}) == 6
    assert all(0 <= done <= total for _, done, total in told)


def test_a_real_city_is_left_alone(tiny_city: Database) -> None:
    with pytest.raises(load.NotADemo, match="city 990000"):
        load.ensure(tiny_city, "small", NOW)
    with tiny_city.owner() as connection:
        assert number(connection, "SELECT count(*) FROM household") == 24
        assert number(connection, "SELECT count(*) FROM setting WHERE name = 'demo'") == 0
