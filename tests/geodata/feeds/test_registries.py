"""All registries against a real database: new, equal, changed, moved, twice, taken, far away, somebody else's."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from sqlalchemy import text

from geodata.arrival.door import Delivered, deliver
from geodata.arrival.payload import parse
from geodata.database import Database
from geodata.feeds.floor import columns as kinds
from geodata.feeds.floor import registry, things
from geodata.feeds.floor.declaration import Row
from geodata.feeds.floor.refusal import Refused
from geodata.scope import Scope
from tests.geodata.feeds.counting import one
from tests.geodata.feeds.registering import ABROAD, HOME, KNOWN, NEW, NEXT, PLACE, PLACE_ABROAD, area_of
from tests.geodata.feeds.test_delivery import refusals
from tests.places import EAST, WEST

PLACED = {"checkpoints": "checkpoint", "hotels": "hotel", "clinics": "clinic", "shops": "shop"}
TABLES = {**PLACED, "drones": "drone"}
"""Kind of a registry, and its table."""


def thing(kind: str, code: str = "X1", /, area: str = HOME, **more: Any) -> dict[str, Any]:
    """Return a row of a registry: its feed's example, elsewhere."""
    row = dict(registry.get(kind).example) | {"code": code, "area": area}
    return row | (PLACE if kind in PLACED else {}) | more


@pytest.mark.parametrize("kind", TABLES)
async def test_what_comes_again_changes_what_is_new(kind: str, city: Database, east: Scope) -> None:
    """Equal: nothing. Another name, another place: accepted, and nothing else of it is touched."""
    assert await deliver(city, east, kind, thing(kind), "tests") == NEW
    assert await deliver(city, east, kind, thing(kind), "tests") == KNOWN
    number = one(city, f"SELECT id FROM {TABLES[kind]} WHERE code = 'X1'")
    assert await deliver(city, east, kind, thing(kind, name="另一个名称"), "tests") == NEW
    if kind in PLACED:
        assert await deliver(city, east, kind, thing(kind, name="另一个名称", lon=111.0046), "tests") == NEW
        assert one(city, f"SELECT ST_X(place) FROM {TABLES[kind]} WHERE code = 'X1'") == 111.0046
    assert one(city, f"SELECT id FROM {TABLES[kind]} WHERE name = '另一个名称'") == number


@pytest.mark.parametrize("kind", TABLES)
async def test_a_delivery_counts_what_is_new_in_it(kind: str, city: Database, east: Scope) -> None:
    """A new one, one that is known, one that changes, and a row that stands there twice."""
    rows = [thing(kind, "A"), thing(kind, "B")]
    assert await deliver(city, east, kind, rows, "tests") == Delivered(2, 0)
    mixed = [thing(kind, "A"), thing(kind, "B", name="改名"), thing(kind, "C"), thing(kind, "C")]
    assert await deliver(city, east, kind, mixed, "tests") == Delivered(2, 2)
    assert one(city, f"SELECT count(*) FROM {TABLES[kind]} WHERE code IN ('A', 'B', 'C')") == 3


@pytest.mark.parametrize("kind", TABLES)
async def test_what_does_not_fit_is_refused(
    kind: str, city: Database, east: Scope, scope: Callable[..., Scope]
) -> None:
    """Somebody else's area, no area, one code for two things, a code that another county's thing holds; nothing is written."""
    assert await refusals(city, east, kind, [thing(kind), thing(kind, "X2", ABROAD)]) == [(2, "area", "unknown_area")]
    assert await refusals(city, east, kind, thing(kind, area="424242")) == [(1, "area", "unknown_area")]
    assert await refusals(city, east, kind, [thing(kind), thing(kind, name="别名")]) == [(2, "code", "code_twice")]
    assert one(city, f"SELECT count(*) FROM {TABLES[kind]} WHERE code = 'X1'") == 0
    abroad = thing(kind, area=ABROAD, **(PLACE_ABROAD if kind in PLACED else {}))
    assert await deliver(city, scope(WEST), kind, abroad, "tests") == NEW
    assert await refusals(city, east, kind, [thing(kind, "X0"), thing(kind)]) == [(2, "code", "code_taken")]
    assert one(city, f"SELECT count(*) FROM {TABLES[kind]} WHERE code = 'X0'") == 0
    assert area_of(city, TABLES[kind], "X1") == ABROAD


@pytest.mark.parametrize("kind", PLACED)
async def test_a_place_far_from_its_area_is_refused(kind: str, city: Database, east: Scope) -> None:
    """Two kilometres are let pass, for outlines are rough; the Gulf of Guinea is not. Without a polygon anything goes."""
    rows = [thing(kind, "A", lon=110.985), thing(kind, "B", lon=110.97), thing(kind, "C", lon=0.0, lat=0.0)]
    assert await refusals(city, east, kind, rows) == [(2, "lon", "far_from_area"), (3, "lon", "far_from_area")]
    assert await deliver(city, east, kind, rows[0], "tests") == NEW
    with city.owner() as connection:
        connection.execute(text("UPDATE area SET place = NULL WHERE code = :code"), {"code": HOME})
    assert await deliver(city, east, kind, rows[1], "tests") == NEW


@pytest.mark.parametrize("kind", TABLES)
async def test_a_thing_moves_inside_the_senders_areas(kind: str, city: Database, scope: Callable[..., Scope]) -> None:
    """From grid to grid by who has both; whoever has only the new one is told that the code is taken."""
    await deliver(city, scope(EAST), kind, thing(kind), "tests")
    assert await refusals(city, scope(NEXT), kind, thing(kind, area=NEXT)) == [(1, "code", "code_taken")]
    assert await deliver(city, scope(EAST), kind, thing(kind, area=NEXT), "tests") == NEW
    assert area_of(city, TABLES[kind], "X1") == NEXT


def test_names_of_things_are_no_way_in_for_persons() -> None:
    """A number in a name, and a mobile telephone where the line of a house belongs."""
    for column, value, why in (
        ("name", "老王 13912345678", "personal"),
        ("address", "找 139 1234 5678", "personal"),
        ("telephone", "13912345678", "mobile"),
        ("telephone", "+86 139-1234-5678", "mobile"),
        ("telephone", "总机", "text"),
        ("rooms", 0, "too_small"),
        ("rooms", 86.5, "whole_number"),
        ("lon", 181.0, "too_large"),
        ("lat", float("nan"), "number"),
    ):
        with pytest.raises(Refused) as refusal:
            parse(registry.get("hotels"), thing("hotels", **{column: value}))
        assert [(r.column, r.why) for r in refusal.value.refusals] == [(column, why)], value


class _Hour(Row):
    at: kinds.Clock


@given(st.times())
def test_a_time_of_day_comes_back_to_the_minute(moment: Any) -> None:
    """However it is written: with or without seconds and a leading zero."""
    minute = moment.replace(second=0, microsecond=0, tzinfo=None)
    for written in (f"{minute:%H:%M}", f"{minute:%H:%M:%S}", f"{minute.hour}:{minute:%M}", minute):
        assert _Hour(at=written).at == minute


@pytest.mark.parametrize("written", ["25:00", "6", "06:60", "06:00:30", "", 6, None, "６:00x"])
def test_what_is_no_time_of_day_is_refused(written: Any) -> None:
    with pytest.raises(ValidationError) as error:
        _Hour(at=written)
    assert [found["type"] for found in error.value.errors()] == ["clock"]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.sampled_from("ABC"), st.sampled_from([HOME, NEXT]), st.sampled_from(["一", "二"])), max_size=6
    )
)
async def test_a_registry_is_what_was_said_last(
    city: Database, everywhere: Scope, said: list[tuple[str, str, str]]
) -> None:
    """Whatever is delivered, one row after the other, the registry holds the newest and has counted each change once."""
    with city.owner() as connection:
        connection.execute(text("DELETE FROM shop"))
    held: dict[str, tuple[str, str]] = {}
    for code, area, name in said:
        accepted = held.get(code) != (area, name)
        held[code] = area, name
        told = await deliver(city, everywhere, "shops", thing("shops", code, area, name=name), "tests")
        assert told == Delivered(int(accepted), int(not accepted))
    with city.owner() as connection:
        rows = connection.execute(text("SELECT s.code, a.code, s.name FROM shop s JOIN area a ON a.id = s.area_id"))
        assert {row[0]: (row[1], row[2]) for row in rows} == held


def test_what_is_near_is_said_in_the_refusal() -> None:
    """The figure of the sentence is the one that is checked."""
    assert things.NEAR_KM == 2
