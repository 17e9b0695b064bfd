from collections.abc import Callable
from math import cos, hypot, radians

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.coordinates import (
    LonLat,
    bd09_to_gcj02,
    bd09_to_wgs84,
    gcj02_to_bd09,
    gcj02_to_wgs84,
    wgs84_to_bd09,
    wgs84_to_gcj02,
)

inland = st.tuples(st.floats(73, 136), st.floats(2, 54))
anywhere = st.tuples(st.floats(-180, 180), st.floats(-85, 85))


def metres(one: LonLat, other: LonLat) -> float:
    east = (one[0] - other[0]) * 111_320 * cos(radians(one[1]))
    return hypot(east, (one[1] - other[1]) * 110_950)


@pytest.mark.parametrize(
    ("convert", "place", "wanted"),
    [
        (wgs84_to_gcj02, (116.404, 39.915), (116.41024449916938, 39.91640428150164)),
        (gcj02_to_bd09, (116.404, 39.915), (116.41036949371029, 39.92133699351021)),
    ],
)
def test_places_that_others_publish(convert: Callable[[float, float], LonLat], place: LonLat, wanted: LonLat) -> None:
    assert metres(convert(*place), wanted) < 0.01


@given(inland)
def test_there_and_back_is_where_it_was(place: LonLat) -> None:
    assert metres(gcj02_to_wgs84(*wgs84_to_gcj02(*place)), place) < 0.1
    assert metres(bd09_to_gcj02(*gcj02_to_bd09(*place)), place) < 0.1
    assert metres(bd09_to_wgs84(*wgs84_to_bd09(*place)), place) < 0.1


@given(inland)
def test_the_shift_is_never_more_than_two_thousand_metres(place: LonLat) -> None:
    assert 0 < metres(wgs84_to_gcj02(*place), place) < 2_000


@pytest.mark.parametrize("place", [(111.19, 34.78), (116.40, 39.90), (121.47, 31.23), (114.30, 30.59), (87.62, 43.82)])
def test_in_cities_the_shift_is_hundreds_of_metres(place: LonLat) -> None:
    assert 200 < metres(wgs84_to_gcj02(*place), place) < 1_000


@given(st.tuples(st.floats(100, 120), st.floats(25, 45)))
def test_the_shift_hardly_changes_within_a_kilometre(place: LonLat) -> None:
    east = wgs84_to_gcj02(place[0] + 0.01, place[1])
    here = wgs84_to_gcj02(*place)
    assert abs((east[0] - here[0]) - 0.01) < 0.01 * 0.01


@given(anywhere)
def test_outside_china_nothing_moves(place: LonLat) -> None:
    lon, lat = place
    if not (72.004 <= lon <= 137.8347 and 0.8293 <= lat <= 55.8271):
        assert wgs84_to_gcj02(lon, lat) == place
