"""The area tree, as it grows and changes."""

from typing import Any

import pytest

from geodata.arrival.door import Delivered, deliver
from geodata.database import Database
from geodata.feeds.floor.refusal import Refused
from geodata.model import Role
from geodata.scope import Scope
from tests.geodata.feeds.counting import one
from tests.places import CITY, EAST

OF_THINGS = ("name", "telephone")
NEEDS = ("UPDATE area SET code = '411202' WHERE id = (SELECT min(id) FROM area WHERE level = 'county')",)


def row(code: str, level: str, parent: str | None, **more: Any) -> dict[str, Any]:
    return {"code": code, "name": f"区{code}", "level": level, "parent": parent, **more}


@pytest.fixture
def admin(everywhere: Scope) -> Scope:
    return Scope(Role.ADMIN, everywhere.paths)


async def test_parents_come_before_children_whatever_the_order(city: Database, admin: Scope) -> None:
    """A delivery may name a grid first and its county last."""
    rows = [row("77-1-1", "village", "77-1"), row("77-1", "township", "77"), row("77", "county", CITY)]
    assert await deliver(city, admin, "areas", rows, "tests") == Delivered(3, 0)
    assert one(city, "SELECT nlevel(path) FROM area WHERE code = '77-1-1'") == 4
    assert await deliver(city, admin, "areas", rows, "tests") == Delivered(0, 3)
    assert await deliver(city, admin, "areas", [rows[0] | {"name": "新名"}], "tests") == Delivered(1, 0)
    assert "xinming" in str(one(city, "SELECT pinyin FROM area WHERE code = '77-1-1'"))


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([row("8", "city", EAST)], "city_with_parent"),
        ([row("8", "grid", None)], "no_parent"),
        ([row("8", "grid", "nowhere")], "no_parent"),
        ([row("8", "county", EAST)], "parent_below"),
        ([row("8", "grid", EAST), row("8", "grid", EAST)], "named_twice"),
    ],
)
async def test_a_tree_that_cannot_be(city: Database, admin: Scope, rows: list[dict[str, Any]], why: str) -> None:
    """Nothing of it comes in."""
    with pytest.raises(Refused) as refusal:
        await deliver(city, admin, "areas", rows, "tests")
    assert [fault.why for fault in refusal.value.refusals] == [why]
    assert one(city, "SELECT count(*) FROM area WHERE code = '8'") == 0
