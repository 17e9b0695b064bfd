import numpy as np
import pytest
import shapely

from geodata.doctor.outside import outside_of
from geodata.doctor.shapes import middles, to_wgs84
from geodata.doctor.systems import SYSTEMS

SQUARE = shapely.box(111.0, 34.0, 111.1, 34.1)
RING = shapely.Polygon(SQUARE.exterior, [shapely.box(111.04, 34.04, 111.06, 34.06).exterior])
TWO = shapely.MultiPolygon([SQUARE, shapely.box(111.2, 34.0, 111.3, 34.1)])
ROUND = shapely.Point(111.05, 34.05).buffer(0.05, quad_segs=600)


def far(shape: object, lon: float, lat: float) -> float:
    return float(outside_of([None, shape], np.array([1]))(np.array([lon]), np.array([lat]))[0])


@pytest.mark.parametrize("shape", [SQUARE, RING, TWO])
def test_inside_is_nothing(shape: object) -> None:
    assert far(shape, 111.01, 34.01) == 0
    assert far(shape, 111.0, 34.05) == 0


def test_metres() -> None:
    assert far(SQUARE, 111.05, 34.11) == pytest.approx(0.01 * 111_320, rel=0.02)
    assert far(SQUARE, 111.11, 34.05) == pytest.approx(0.01 * 111_320 * np.cos(np.radians(34.05)), rel=0.02)
    assert far(RING, 111.05, 34.05) == pytest.approx(0.01 * 111_320 * np.cos(np.radians(34.05)), rel=0.02)
    assert far(TWO, 111.19, 34.05) == pytest.approx(0.01 * 111_320 * np.cos(np.radians(34.05)), rel=0.02)
    assert far(ROUND, 111.05, 34.11) == pytest.approx(0.01 * 111_320, rel=0.02)


def test_what_is_not_known_is_not_a_number() -> None:
    measure = outside_of([SQUARE, None, shapely.Polygon()], np.array([0, 1, 2, -1, 0, 0]))
    found = measure(np.array([111.05, 111.05, 111.05, 111.05, np.nan, np.inf]), np.full(6, 34.05))
    assert found[0] == 0
    assert np.isnan(found[1:]).all()
    assert measure.index.tolist() == [0, -1, -1, -1, 0, 0]
    assert np.isnan(outside_of([], np.array([-1]))(np.array([1.0]), np.array([1.0]))).all()


def test_the_same_as_geos_over_a_whole_city(villages: list) -> None:
    chance = np.random.default_rng(2)
    index = chance.integers(0, len(villages), 5_000)
    lon = shapely.get_x(shapely.centroid(np.array(villages, dtype=object)[index])) + chance.normal(0, 0.02, 5_000)
    lat = shapely.get_y(shapely.centroid(np.array(villages, dtype=object)[index])) + chance.normal(0, 0.02, 5_000)
    found = outside_of(villages, index)(lon, lat)
    narrow = np.cos(np.radians(34.5))
    wide = shapely.transform(np.array(villages, dtype=object), lambda at: at * [111_320 * narrow, 111_320])
    wanted = shapely.distance(wide[index], shapely.points(lon * 111_320 * narrow, lat * 111_320))
    assert np.array_equal(found > 0, wanted > 0)
    assert np.allclose(found, wanted, rtol=0.03, atol=1)


def test_many_sides_and_few_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    index, chance = np.zeros(300, dtype=np.int64), np.random.default_rng(3)
    lon, lat = chance.normal(111.05, 0.1, 300), chance.normal(34.05, 0.1, 300)
    by_tree = outside_of([ROUND], index)(lon, lat)
    monkeypatch.setattr("geodata.doctor.outside._MANY_SIDES", 10_000)
    monkeypatch.setattr("geodata.doctor.outside._AT_ONCE", 5_000)
    assert np.allclose(by_tree, outside_of([ROUND], index)(lon, lat), atol=0.001)


@pytest.mark.parametrize("name", ["gcj02", "bd09-swapped", "EPSG:4546-swapped", "EPSG:4525"])
def test_lines_and_polygons_go_the_same_way(name: str) -> None:
    system = SYSTEMS[name]
    shapes = np.array([SQUARE, RING, shapely.LineString([(111, 34, 5), (111.1, 34.1, 6)]), None], dtype=object)
    there = shapely.transform(shapely.force_2d(shapes), lambda at: np.column_stack(system.from_wgs84(*at.T)))
    back = to_wgs84(there, system)
    assert all(one.equals_exact(other, 1e-8) for one, other in zip(back[:3], shapely.force_2d(shapes)[:3], strict=True))
    x, y = middles(shapes)
    assert (x[0], y[0]) == pytest.approx((111.04, 34.04), abs=0.02)
    assert np.isnan(x[3])
