"""What holds for every feed there is, also for the next one."""

import ast
import json
import re
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from pydantic import AwareDatetime, TypeAdapter
from sqlalchemy import text

from geodata import arrival, doctor, feeds, imports
from geodata.arrival.door import Delivered, deliver
from geodata.arrival.payload import parse
from geodata.arrival.secret import keyed_columns
from geodata.database import Database
from geodata.doctor.words import choose
from geodata.errors import NotAllowed, UnknownKind
from geodata.feeds import clinic_status
from geodata.feeds.floor import registry
from geodata.feeds.floor.refusal import Refused
from geodata.model.people import Role
from geodata.scope import Scope
from geodata.words import catalogue
from tests.geodata.feeds.counting import assert_exact, one
from tests.places import CITY, EAST

KINDS = sorted(registry.all_feeds())
PERSONAL = ("name", "telephone", "identity_number", "age", "姓名")
NEEDS = (
    "UPDATE household SET since = '2020-01-01'",
    "UPDATE household_finding SET began = '2020-01-01'",
    "UPDATE checkpoint SET code = '411202001001001-001' WHERE id = (SELECT min(id) FROM checkpoint)",
    "UPDATE hotel SET code = '411202-H01' WHERE id = (SELECT min(id) FROM hotel)",
    "UPDATE clinic SET code = '411202-C01' WHERE id = (SELECT min(id) FROM clinic)",
    "UPDATE area SET code = '411202001001' WHERE id = (SELECT min(id) FROM area WHERE level = 'village')",
    "UPDATE area SET code = '411202001001001' WHERE id = (SELECT max(id) FROM area)",
    "UPDATE drone SET code = 'D1' WHERE id = (SELECT min(id) FROM drone)",
    "UPDATE area SET code = '411202002' WHERE code = '990100001'",
    "INSERT INTO flight (code, drone_id, started_at, area_id) "
    "SELECT 'D1-20200211-01', id, '2020-02-11', area_id FROM drone WHERE code = 'D1'",
)


def make_room(database: Database, kind: str) -> None:
    """Let the city hold what examples speak of; a feed's own test names what else its example needs, as `NEEDS`."""
    with database.owner() as connection:
        for statement in (*NEEDS, *getattr(own_test(kind), "NEEDS", ())):
            connection.execute(text(statement))


def own_test(kind: str) -> Any:
    """Return the module that tests this one feed, or nothing where it is tested among others."""
    file = Path(__file__).with_name(f"test_{kind}.py")
    return import_module(f"tests.geodata.feeds.{file.stem}") if file.exists() else None


def personal(kind: str) -> set[str]:
    """Return the columns that would be about a person; a feed's own test names those that are about a thing, as `OF_THINGS`."""
    return set(PERSONAL) - set(getattr(own_test(kind), "OF_THINGS", ()))


def test_the_feeds_are_found() -> None:
    """By file alone."""
    files = {file.stem for file in Path(feeds.__path__[0]).glob("*.py")} - {"__init__"}
    assert set(KINDS) == files
    with pytest.raises(UnknownKind):
        registry.get("rumours")


@pytest.mark.parametrize("kind", KINDS)
def test_a_feed_says_what_it_is(kind: str) -> None:
    """A docstring, two titles, its own kind as the name of its file, rows that explain themselves."""
    feed = registry.get(kind)
    module = import_module(feed.write.__module__)
    assert module.__name__ == f"geodata.feeds.{kind}"
    assert len(module.__doc__ or "") > 40
    assert re.search(r"[一-鿿]", feed.title.zh)
    assert feed.title.en.isascii()
    assert feed.row.__doc__
    assert feed.late_after.total_seconds() > 0
    unnamed = {
        name for name in feed.row.model_fields if not re.search(r"[一-鿿]", "".join(feed.paper.names.get(name, ())))
    }
    assert not unnamed, "what departments call a column"
    assert not (set(feed.row.model_fields) - keyed_columns(feed)) & personal(kind)
    assert not set(feed.row.model_fields) & set(feed.cut)


@pytest.mark.parametrize("kind", KINDS)
def test_every_choice_has_words_of_departments(kind: str) -> None:
    """A file says 满员 and 劝返: each code that a field may hold has a name in Chinese, and no name means two of a field."""
    feed = registry.get(kind)
    whole = feed.row.model_json_schema()
    schema = {
        name: whole.get("$defs", {}).get(said.get("$ref", "").rpartition("/")[2], said)
        for name, said in whole["properties"].items()
    }
    choices = {name: set(said["enum"]) for name, said in schema.items() if "enum" in said}
    told = {name: called for name, called in feed.paper.words.items() if name in choices}
    assert {name: set(called) for name, called in told.items()} == choices
    assert {schema[name]["type"] for name in feed.paper.words.keys() - choices} <= {"boolean"}
    for called in feed.paper.words.values():
        names = [name for several in called.values() for name in several]
        assert all(re.search(r"[一-鿿]", several[0]) for several in called.values())
        assert len(names) == len(set(names))
        for code, several in called.items():
            assert {found.value for found in choose(several, called, {})} == {code}


@pytest.mark.parametrize("kind", KINDS)
def test_every_moment_of_a_feed_has_its_time_zone(kind: str) -> None:
    """A column that takes a time without an offset would mean another moment in another office."""
    schema = registry.get(kind).row.model_json_schema()["properties"]
    row = registry.get(kind).example
    moments = [name for name, said in schema.items() if said.get("format") == "date-time"]
    for name in moments:
        TypeAdapter(AwareDatetime).validate_python(row[name])
        with pytest.raises(Refused) as refusal:
            parse(registry.get(kind), dict(row) | {name: "2020-02-11T10:00:00"})
        assert [r.why for r in refusal.value.refusals] == ["zone"]


@pytest.mark.parametrize(("kind", "column"), [(kind, column) for kind in KINDS for column in sorted(personal(kind))])
def test_personal_columns_never_come_in(kind: str, column: str) -> None:
    """One such column refuses the delivery, and its content is not repeated; or it is cut, or comes in as a hash."""
    feed = registry.get(kind)
    if column in feed.cut:
        assert not hasattr(parse(feed, dict(feed.example) | {column: "张三丰"})[0], column)
        return
    if column in keyed_columns(feed):
        assert len(getattr(parse(feed, dict(feed.example) | {column: "13800138000"})[0], column)) == 64
        return
    with pytest.raises(Refused) as refusal:
        parse(feed, json.dumps(dict(feed.example) | {column: "张三丰"}).encode())
    assert [(r.row, r.column, r.why) for r in refusal.value.refusals] == [(1, column, "extra")]
    assert "张三丰" not in str(refusal.value.rows)


def sender_of(kind: str, scope: Scope) -> Scope:
    """Return the same areas for a role that may deliver this kind."""
    return replace(scope, role=Role.ADMIN) if registry.get(kind).foundation else scope


@pytest.mark.parametrize("kind", KINDS)
async def test_the_example_is_taken_once(kind: str, city: Database, everywhere: Scope) -> None:
    """What the documents show works as it stands; sent again, it changes nothing."""
    make_room(city, kind)
    everywhere = sender_of(kind, everywhere)
    sent = json.dumps(dict(registry.get(kind).example)).encode()
    assert await deliver(city, everywhere, kind, sent, "tests") == Delivered(1, 0)
    assert await deliver(city, everywhere, kind, sent, "tests") == Delivered(0, 1)
    assert_exact(city)


@pytest.mark.parametrize("kind", KINDS)
async def test_the_press_delivers_nothing(kind: str, city: Database, scope: Callable[..., Scope]) -> None:
    """A role without homes is a reader."""
    with pytest.raises(NotAllowed):
        await deliver(city, scope(CITY, role=Role.PRESS), kind, dict(registry.get(kind).example), "tests")


@pytest.mark.parametrize("kind", [kind for kind in KINDS if registry.get(kind).foundation])
async def test_foundations_are_laid_by_administrators_of_the_whole_city(
    kind: str, city: Database, scope: Callable[..., Scope]
) -> None:
    """Not by officers, nor by anybody who answers for a part alone."""
    for who in (scope(CITY), scope(EAST, role=Role.ADMIN), Scope(Role.ADMIN, ())):
        with pytest.raises(NotAllowed):
            await deliver(city, who, kind, dict(registry.get(kind).example), "tests")


@pytest.mark.parametrize("kind", [kind for kind in KINDS if not registry.get(kind).foundation])
async def test_nothing_is_known_outside_every_area(kind: str, city: Database) -> None:
    """A sender without an area is told 'unknown', in the words of a row that does not exist."""
    make_room(city, kind)
    with pytest.raises(Refused) as refusal:
        await deliver(city, Scope(Role.OFFICER, ()), kind, dict(registry.get(kind).example), "tests", language="en")
    assert [r.why.partition("_")[0] for r in refusal.value.refusals] == ["unknown"]
    assert "not yours" in str(refusal.value.rows[0]["reason"])
    assert one(city, "SELECT count(*) FROM track_point") == 0


def test_every_reason_has_its_two_sentences() -> None:
    """Whatever the code can say is in the catalogue, with a suggestion beside it, and nothing else is."""
    reasons = {key.partition(".")[2] for key in catalogue() if key.startswith("refusal.")}
    suggestions = {key.partition(".")[2] for key in catalogue() if key.startswith("suggestion.")}
    said: set[str] = set()
    for file in (
        file for package in (feeds, arrival, doctor, imports) for file in Path(package.__path__[0]).rglob("*.py")
    ):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        said |= {
            node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
    assert reasons == suggestions
    assert reasons <= said


def test_a_bad_declaration_does_not_start() -> None:
    """Each fault is named with its file."""
    feed: Any = clinic_status.FEED
    for docstring, declared, complaint in (
        (None, feed, "docstring"),
        ("x", None, "declares no FEED"),
        ("x", replace(feed, title=replace(feed.title, en="")), "title"),
        ("x", replace(feed, key=("nothing",)), "key"),
        ("x", replace(feed, row=type("Loose", (feed.row,), {"model_config": {"extra": "ignore"}})), "columns"),
    ):
        with pytest.raises(registry.BadFeed, match=complaint):
            registry.check("some_feed", docstring, declared)


def test_two_files_of_one_kind_do_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second is named."""
    monkeypatch.setattr(registry, "import_module", lambda _name: clinic_status)
    with pytest.raises(registry.BadFeed, match="is taken by another file"):
        registry.all_feeds.__wrapped__()
