import pytest
from pyproj import Geod
from shapely import Point

from layers.render.picture.board import Box
from layers.render.picture.scale import TO_DEGREES, View, bar

BOX = Box(100, 50, 1400, 900)


@pytest.mark.parametrize("north", [0.0, 4_028_802.0, 8_000_000.0])
@pytest.mark.parametrize("extent", [2_000.0, 30_000.0, 200_000.0])
def test_the_bar_is_as_long_on_the_ground_as_it_says(north: float, extent: float) -> None:
    view = View.fitting((12e6, north, 12e6 + extent, north + extent), BOX, BOX.inset(40))
    found = bar(view, 250)
    assert 100 <= found.pixels <= 250
    assert str(int(found.metres)).rstrip("0") in {"1", "2", "5"}
    half = found.pixels / view.scale / 2
    (west, east), (south, top) = TO_DEGREES.transform([view.east - half, view.east + half], [view.north] * 2)
    assert Geod(ellps="WGS84").inv(west, south, east, top)[2] == pytest.approx(found.metres, rel=0.002)


def test_an_area_fills_its_room_and_stays_inside() -> None:
    room = BOX.inset(60)
    view = View.fitting((0, 0, 3000, 1000), BOX, room)
    low, high = view.placed(Point(0, 0)), view.placed(Point(3000, 1000))
    assert (low.x, high.x) == pytest.approx((room.x, room.right))
    assert room.y <= high.y < low.y <= room.bottom
    west, south, east, north = view.bounds
    assert view.placed(Point(west, south)).x == pytest.approx(BOX.x)
    assert view.placed(Point(east, north)).y == pytest.approx(BOX.y)
