from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import shapely
from sqlalchemy import text

from geodata.database import Database
from geodata.errors import AreaWithoutBoundary, BadValue, UndrawableText, UnknownArea, UnknownLayer
from geodata.installation import Installation, owner_installation
from geodata.model import Role
from geodata.press.figures import ensure_vintage, published
from geodata.press.order import Order
from geodata.press.sheet import Sheet
from layers.registry import all_layers
from layers.render.picture.draw import draw
from layers.render.picture.gather import demand, gather, offered
from tests.layers.looking import run, scope
from tests.places import CITY, EAST, GRIDS, WEST

NOW = datetime.now(UTC)


async def gathered(database: Database, role: Role = Role.COMMAND, eyes: str | None = None, **order: Any) -> Sheet:
    with database.owner() as connection:
        facts = owner_installation(connection)
    vintage = ensure_vintage(database, order.get("at"), NOW)
    try:
        async with database.scoped(scope(database, eyes, role)) as connection:
            return await gather(connection, Order(**order), vintage, installation=facts, now=NOW)
    finally:
        await database.close()


@pytest.mark.parametrize(
    ("area", "parts", "level", "count"),
    [
        (CITY, None, "county", 2),
        (CITY, "village", "village", 2),
        (EAST, None, "township", 1),
        (EAST + "001", None, "village", 1),
    ],
)
async def test_the_parts_of_an_area_are_coloured(
    tiny_city: Database, area: str, parts: str | None, level: str, count: int
) -> None:
    found = await gathered(tiny_city, area=area, parts=parts)
    assert [cell.level for cell in found.cells] == [level] * count
    assert found.area.code == area
    assert found.area.geometry.buffer(1).covers(found.cells[0].geometry)


async def test_a_village_is_its_own_part_and_grids_are_never_parts(tiny_city: Database) -> None:
    village = EAST + "001001"
    found = await gathered(tiny_city, area=village)
    assert [cell.code for cell in found.cells] == [village]
    with pytest.raises(BadValue):
        await gathered(tiny_city, area=GRIDS[EAST][0])
    with pytest.raises(BadValue):
        await gathered(tiny_city, area=EAST, parts="county")


async def test_figures_are_the_published_ones(database: Database) -> None:
    found = await gathered(database, Role.PRESS, area="411200", measure="followed", parts="township")
    async with database.scoped(scope(database, None, Role.PRESS)) as connection:
        assert found.vintage is not None
        figures = await published(connection, "followed", found.vintage, [cell.code for cell in found.cells])
    await database.close()
    assert len(found.cells) == 81
    for cell in found.cells:
        assert (cell.shown, cell.value) == (figures[cell.code].shown, figures[cell.code].value)


async def test_points_show_place_name_kind_and_state_and_nothing_else(database: Database) -> None:
    names = tuple(layer.id for layer in offered())
    found = await gathered(database, Role.PRESS, area="411202", layers=names)
    for name in names:
        layer, spots = all_layers()[name], found.spots[name]
        assert spots
        assert {spot.value for spot in spots} <= {mark.value for mark in layer.marks}
        assert {spot.sign for spot in spots} <= {mark.value for mark in layer.signs} or not layer.signs
        assert all(found.area.geometry.buffer(200).covers(spot.geometry) for spot in spots)


@pytest.mark.parametrize(
    "name", ["households", "buildings", "checkpoints", "names", "areas", "boundaries", "nothing", "tracks"]
)
async def test_any_other_layer_is_unknown(tiny_city: Database, name: str) -> None:
    with pytest.raises(UnknownLayer):
        await gathered(tiny_city, area=CITY, layers=(name,))


async def test_what_lies_outside_the_readers_scope_is_unknown_and_not_in_the_surroundings(tiny_city: Database) -> None:
    with pytest.raises(UnknownArea):
        await gathered(tiny_city, eyes=EAST, area=WEST)
    found = await gathered(tiny_city, eyes=EAST, area=EAST)
    assert found.around == ()
    assert found.locator == ()
    everything = await gathered(tiny_city, area=EAST)
    assert [outline.code for outline in everything.around] == [WEST]
    assert [outline.code for outline in everything.locator] == [EAST, WEST]


async def test_borders_between_are_there_where_parts_lie_deeper(tiny_city: Database) -> None:
    found = await gathered(tiny_city, area=CITY, parts="village")
    assert {outline.level for outline in found.around} == {"county", "township"}


@pytest.mark.parametrize("part", ["title", "note", "review_number"])
def test_text_that_no_font_draws_is_refused_with_its_characters(part: str) -> None:
    with pytest.raises(UndrawableText) as refused:
        demand(Order(area=CITY, **{part: "户🤷\x07"}))
    assert refused.value.facts == {"name": part, "characters": "🤷 U+1F937  U+0007"}


async def test_an_unknown_measure_is_refused(tiny_city: Database) -> None:
    with pytest.raises(BadValue):
        await gathered(tiny_city, area=CITY, measure="names_of_people")


async def test_an_area_without_boundary_says_so_and_one_among_others_is_listed(tiny_city: Database) -> None:
    run(tiny_city, "UPDATE area SET place = NULL WHERE code = :code", code=WEST)
    with pytest.raises(AreaWithoutBoundary):
        await gathered(tiny_city, area=WEST)
    found = await gathered(tiny_city, area=CITY)
    assert {cell.code: cell.geometry is None for cell in found.cells} == {EAST: False, WEST: True}
    assert draw(found, "png").startswith(b"\x89PNG")


async def test_rare_and_impossible_characters_in_names_never_become_boxes(tiny_city: Database) -> None:
    run(tiny_city, "UPDATE area SET name = :name WHERE code = :code", code=EAST, name="𣲲🤷<i>区")
    found = await gathered(tiny_city, area=CITY)
    assert "𣲲〓<i>区" in [cell.name for cell in found.cells]
    assert draw(found, "svg")


async def test_a_date_before_the_first_data_is_a_map_without_data(database: Database) -> None:
    at = NOW - timedelta(days=900)
    found = await gathered(database, area="411202", at=at)
    assert found.data_time is None
    assert draw(found, "png").startswith(b"\x89PNG")


async def test_borders_are_simplified_to_the_pixel_and_no_further(database: Database) -> None:
    small = await gathered(database, area="411200", size="cover")
    large = await gathered(database, area="411200", size="uhd")
    assert shapely.get_num_coordinates(small.area.geometry) < shapely.get_num_coordinates(large.area.geometry)
    west, _, east, _ = large.area.geometry.bounds
    pixel = (east - west) / 3840
    true = run(database, "SELECT ST_AsBinary(mercator) FROM area WHERE code = '411200'")
    assert large.area.geometry.hausdorff_distance(shapely.from_wkb(bytes(true))) <= 2 * pixel
    for cell in large.cells:
        assert cell.geometry.is_valid


async def test_the_sheet_says_whose_data_it_is(database: Database) -> None:
    found = await gathered(database, area="411202")
    with database.owner() as connection:
        facts: Installation = owner_installation(connection)
        assert connection.scalar(text("SELECT count(*) FROM area WHERE level = 'county'")) >= len(found.locator)
    assert found.demo
    assert found.city == facts.city_name
    assert found.zone == facts.time_zone
    assert found.source
