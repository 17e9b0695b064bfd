import numpy as np
import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.coordinates import bd09_to_wgs84, gcj02_to_wgs84
from geodata.doctor.naming import named
from geodata.doctor.systems import SWAPPED, SYSTEMS, System
from geodata.errors import BadValue


def apart_m(one: tuple[np.ndarray, np.ndarray], other: tuple[np.ndarray, np.ndarray]) -> float:
    east = (one[0] - other[0]) * 111_320 * np.cos(np.radians(one[1]))
    return float(np.hypot(east, (one[1] - other[1]) * 111_320).max())


@st.composite
def places(draw: st.DrawFn) -> tuple[System, np.ndarray, np.ndarray]:
    """A system and a place where it is used."""
    system = SYSTEMS[draw(st.sampled_from(sorted(SYSTEMS)))]
    half = float(system.facts["width"]) / 2 if system.metric else 0
    middle = float(system.facts["meridian"]) if system.metric else 104
    lon = draw(st.floats(middle - half, middle + half) if system.metric else st.floats(73.5, 135))
    return system, np.array([lon]), np.array([draw(st.floats(18.2, 53.5))])


@given(places())
def test_a_place_comes_back_within_a_millimetre(sample: tuple[System, np.ndarray, np.ndarray]) -> None:
    system, lon, lat = sample
    x, y = system.from_wgs84(lon, lat)
    assert system.plausible(x, y).all()
    assert apart_m(system.to_wgs84(x, y), (lon, lat)) < 0.001


def test_there_are_all_zones_and_each_has_a_swapped_one() -> None:
    codes = {int(name.removeprefix("EPSG:")) for name in SYSTEMS if name.startswith("EPSG") and SWAPPED not in name}
    assert codes == set(range(4491, 4555))
    assert all(name.removesuffix(SWAPPED) + SWAPPED in SYSTEMS for name in SYSTEMS)


@pytest.mark.parametrize("code", range(4491, 4555))
def test_zones_are_those_of_epsg(code: int) -> None:
    system, box = SYSTEMS[f"EPSG:{code}"], pyproj.CRS.from_epsg(code).area_of_use
    assert box is not None
    lon, lat = np.linspace(box.west, box.east, 5), np.linspace(box.south, box.north, 5)
    wanted = pyproj.Transformer.from_crs(4490, code, always_xy=True).transform(lon, lat)
    found = system.from_wgs84(lon, lat)
    assert np.abs(np.array(found) - np.array(wanted)).max() < 0.001
    swapped = SYSTEMS[f"EPSG:{code}{SWAPPED}"].from_wgs84(lon, lat)
    assert np.array_equal(swapped[0], found[1])
    assert np.array_equal(swapped[1], found[0])


def test_arrays_and_single_places_agree() -> None:
    chance = np.random.default_rng(1)
    lon, lat = chance.uniform(60, 140, 500), chance.uniform(-5, 60, 500)
    for name, one in (("gcj02", gcj02_to_wgs84), ("bd09", bd09_to_wgs84)):
        alone = np.array([one(*place) for place in zip(lon, lat, strict=True)]).T
        assert np.abs(np.array(SYSTEMS[name].to_wgs84(lon, lat)) - alone).max() < 1e-8


def test_what_is_no_number_stays_none_and_disturbs_nothing() -> None:
    x = np.array([111.2, np.nan, np.inf, 0.0])
    y = np.array([34.7, 34.7, -np.inf, 0.0])
    for system in SYSTEMS.values():
        lon, _ = system.to_wgs84(x, y)
        assert len(lon) == 4
        assert not system.plausible(x, y)[1:].any()
    assert not np.isfinite(SYSTEMS["bd09"].to_wgs84(x, y)[0][1])


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("EPSG:4490", "cgcs2000"), ("epsg:4547", "EPSG:4547"), ("4547", "EPSG:4547"), ("EPSG:4326", "wgs84"),
        ("GCJ-02", "gcj02"), ("gcj02", "gcj02"), ("高德", "gcj02"), ("火星坐标系", "gcj02"), ("BD-09", "bd09"),
        ("百度", "bd09"), ("ＢＤ０９", "bd09"), ("WGS 84", "wgs84"), ("OGC:CRS84", "wgs84"), ("CGCS2000", "cgcs2000"),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", "wgs84"), ("gcj02-swapped", "gcj02-swapped"),
        ("EPSG:4547-swapped", "EPSG:4547-swapped"), ("EPSG:32649", "EPSG:32649"),
    ],
)  # fmt: skip
def test_names(text: str, wanted: str) -> None:
    found = named(text)
    assert found is not None
    assert found.id == wanted


@pytest.mark.parametrize("text", [None, "", " auto ", "AUTO", "自动"])
def test_nothing_said(text: str | None) -> None:
    assert named(text) is None


@pytest.mark.parametrize("text", ["xyz", "EPSG:1", "99999999999999999999", "PROJCS[broken"])
def test_names_of_nothing_are_refused(text: str) -> None:
    with pytest.raises(BadValue):
        named(text)


@pytest.mark.parametrize("code", [4326, 4490, 4507, 4525, 4546, 4547])
def test_a_prj_is_recognised_though_it_has_no_code(code: int) -> None:
    found = named(pyproj.CRS.from_epsg(code).to_wkt("WKT1_ESRI"))
    assert found is not None
    assert found.id == {4326: "wgs84", 4490: "cgcs2000"}.get(code, f"EPSG:{code}")


def test_a_prj_under_any_name_is_known_by_its_numbers() -> None:
    wkt = pyproj.CRS.from_epsg(4525).to_wkt("WKT1_ESRI").replace("CGCS2000_3_Degree_GK_Zone_37", "our_survey")
    found = named(wkt.replace("Gauss_Kruger", "Transverse_Mercator"))
    assert found is not None
    assert found.id == "EPSG:4525"


def test_any_other_system_of_proj_gets_its_own() -> None:
    found = named("EPSG:32649")
    assert found is not None
    x, y = found.from_wgs84(np.array([111.2]), np.array([34.7]))
    assert found.plausible(x, y).all()
    assert apart_m(found.to_wgs84(x, y), (np.array([111.2]), np.array([34.7]))) < 0.001


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_system_has_a_name(language: str) -> None:
    names = [system.said(language) for system in SYSTEMS.values()]
    assert len(set(names)) == len(names)
    assert not any("{" in name for name in names)
