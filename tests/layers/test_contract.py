"""What every layer promises, tried on each of them: a new file is covered on the day it is added."""

import gzip
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import pairwise

import mapbox_vector_tile
import pytest
from sqlalchemy import text

from geodata.database import Database
from geodata.model import Role
from geodata.scope import Scope
from layers.declaration import Layer, Privacy
from layers.registry import all_layers, visible
from layers.render.features import feature, features
from layers.render.legend import bounds, legend
from layers.render.marks import marks_of
from layers.render.tile_cache import Tile
from layers.render.tiles import TileServer
from tests.layers.looking import NOW, ZONE, Box, rows, scope, states, view
from tests.layers.test_tiles import address

EVERY = pytest.mark.parametrize("layer", all_layers().values(), ids=list(all_layers()))
MOMENTS = {"now": None, "yesterday": NOW - timedelta(days=1), "before": NOW - timedelta(days=400)}
TOWN: Box = (111.15, 34.75, 111.25, 34.82)
"""Where most of the demo city's people live."""
LARGEST_TILE = 300_000


@pytest.fixture
async def tiles(database: Database) -> AsyncIterator[TileServer]:
    server = TileServer(database, lambda: NOW, ZONE, readers=2)
    yield server
    await server.close()


@EVERY
def test_it_says_what_it_is_in_both_languages(layer: Layer) -> None:
    words = [
        layer.title,
        *(field.words for field in layer.fields),
        *(field.unit for field in layer.fields if field.unit),
    ]
    words += [mark.words for mark in (*layer.marks, *layer.signs)]
    words += [text for measure in layer.measures for text in (measure.words, measure.unit)]
    for said in words:
        assert said.zh
        assert said.en
        assert said.zh.isascii() <= (said.zh == said.en)
    assert layer.group in {"areas", "homes", "plan", "posts", "care", "patrols", "reports", "base"}
    assert layer.geometry in {"point", "line", "polygon"}


@EVERY
def test_colour_is_never_alone(layer: Layer) -> None:
    for marks in (layer.marks, layer.signs):
        if len(marks) > 1:
            assert all(mark.letter or mark.hatch for mark in marks)
        signs = [(mark.letter, mark.hatch) for mark in marks]
        assert len(set(signs)) == len(signs)
    for measure in layer.measures:
        assert all(low < high for low, high in pairwise(measure.breaks))
        assert len(measure.breaks) <= 5
        assert len({said.zh for said in bounds(measure)}) == len(measure.breaks) + 1


@EVERY
@pytest.mark.parametrize("at", MOMENTS.values(), ids=MOMENTS)
def test_its_statement_runs_at_every_zoom_and_moment(layer: Layer, at: object, database: Database) -> None:
    wanted = {"id", "geom", "area_id", "data_time", *layer.columns()}
    for zoom in (*range(layer.min_zoom, layer.max_zoom + 1), 22):
        for box in (TOWN, (111.2, 34.78, 111.21, 34.79)):
            found = rows(database, layer.id, view(zoom=zoom, box=box, at=at))  # type: ignore[arg-type]
            assert len({row.id for row in found}) == len(found)
            if found:
                assert wanted <= set(found[0]._fields)
    detail = {layer.title_column, *(field.column for field in layer.fields)} - {""}
    assert not layer.fields or not found or detail <= set(found[0]._fields)


@EVERY
def test_it_shows_something_of_the_demo_city(layer: Layer, database: Database) -> None:
    found = rows(database, layer.id, view(box=(110, 33, 113, 36)))
    assert found
    if layer.group != "base":
        assert any(row.data_time for row in found)
    for row in found:
        assert row.area_id
        assert row.data_time is None or row.data_time <= NOW + timedelta(hours=1)


@EVERY
def test_nobody_sees_what_lies_in_a_foreign_area(layer: Layer, database: Database) -> None:
    with database.owner() as connection:
        counties = connection.execute(
            text("SELECT code, path::text FROM area WHERE level = 'county' ORDER BY code")
        ).all()
        paths = {row.id: row.path for row in connection.execute(text("SELECT id, path::text FROM area"))}
    seen = 0
    for code, path in (counties[0], counties[2]):
        for zoom in (layer.max_zoom, 22):
            found = rows(
                database, layer.id, view(zoom=zoom, box=(110, 33, 113, 36)), scope(database, code, Role.OFFICER)
            )
            assert all(f"{paths[row.area_id]}.".startswith(f"{path}.") for row in found)
            seen += len(found)
    assert seen or layer.live


@EVERY
def test_what_is_private_never_reaches_the_press(layer: Layer, database: Database) -> None:
    press = scope(database, role=Role.PRESS)
    assert (layer in visible(press)) == (layer.privacy is Privacy.PUBLIC)
    found = rows(database, layer.id, view(box=TOWN), press)
    homes = {measure.id for measure in layer.measures if measure.homes}
    if layer.privacy is Privacy.HOUSEHOLD:
        assert not found
    for row in found:
        assert all(row._mapping.get(name) is None for name in homes)
    everybody = rows(database, layer.id, view(box=TOWN), Scope(Role.COMMAND, ()))
    assert not everybody


@EVERY
def test_the_legend_explains_every_value_that_occurs(layer: Layer, database: Database) -> None:
    scheme = states(database)
    shown = {row.value for row in legend(layer, scheme)}
    for at in MOMENTS.values():
        for zoom in {layer.min_zoom, (layer.min_zoom + layer.max_zoom) // 2, layer.max_zoom}:
            for row in rows(database, layer.id, view(zoom=zoom, box=TOWN, at=at)):
                if layer.value and not layer.measures:
                    value = row._mapping[layer.value]
                    assert value in shown or value is None
                if layer.sign:
                    assert row._mapping[layer.sign] in {None, *(mark.value for mark in layer.signs)}
    assert len(shown) == len(legend(layer, scheme))
    assert all(row.dark.startswith("#") and row.light.startswith("#") for row in legend(layer, scheme))
    assert {mark.value for mark in marks_of(layer, scheme)} <= shown


@EVERY
async def test_its_tiles_carry_its_columns_and_stay_small(layer: Layer, database: Database, tiles: TileServer) -> None:
    eyes = scope(database)
    known = set(layer.columns())
    for zoom in range(layer.min_zoom, layer.max_zoom + 1):
        for at in (None, MOMENTS["yesterday"]):
            tile = await tiles.tile(layer, *address(111.2, 34.785, zoom), eyes, at)
            assert len(tile.body) <= LARGEST_TILE
            for found in decoded(layer, tile):
                assert set(found["properties"]) <= known  # type: ignore[call-overload]
                assert isinstance(found["id"], int)
                if layer.measures:
                    assert isinstance(found["properties"].get("value", 0), int | float)  # type: ignore[attr-defined]


@EVERY
async def test_the_same_things_come_as_geojson(layer: Layer, database: Database) -> None:
    eyes = scope(database)
    async with database.scoped(eyes) as connection:
        found = await features(connection, layer, view(box=TOWN), 20)
        assert found["type"] == "FeatureCollection"
        for one in found["features"][:3]:
            assert one["properties"]["area_code"]
            assert {"data_time", *(field.column for field in layer.fields)} <= set(one["properties"])
            assert one == await feature(connection, layer, one["id"], view(box=TOWN))
            alone = await feature(connection, layer, one["id"], view())
            assert alone["properties"].keys() == one["properties"].keys()
    await database.close()


def decoded(layer: Layer, tile: Tile) -> list[dict[str, object]]:
    if not tile.body:
        return []
    found: list[dict[str, object]] = mapbox_vector_tile.decode(gzip.decompress(tile.body))[layer.id]["features"]
    return found
