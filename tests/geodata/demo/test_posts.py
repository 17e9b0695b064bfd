import itertools
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import shapely

from geodata.demo.divisions import Divisions
from geodata.demo.plan import Plan
from geodata.demo.population import Size
from geodata.demo.rules import care, checkpoints, patrols
from geodata.demo.rules.checkpoints import KINDS
from geodata.demo.rules.states import clock
from geodata.demo.tiling import Tiling

ZONE = ZoneInfo("Asia/Shanghai")
AT = clock(datetime(2026, 5, 6, 4, 30, tzinfo=UTC), ZONE)


@pytest.fixture(scope="module")
def small(divisions: Divisions, tiling: Tiling) -> Plan:
    return Plan(Size.SMALL, divisions, tiling)


@pytest.fixture(scope="module")
def city(divisions: Divisions, tiling: Tiling) -> Plan:
    return Plan(Size.CITY, divisions, tiling)


def test_the_city_has_exactly_as_many_posts_as_the_source_says(city: Plan) -> None:
    assert len(city.posts.code) == len(set(city.posts.code)) == 33_172
    assert set(np.unique(city.posts.kind)) == set(range(len(KINDS)))
    assert len(np.unique(city.posts.site)) == len(city.sites)


def test_posts_stand_inside_their_grids_in_every_kind_and_shift(small: Plan) -> None:
    posts = small.posts
    assert len(posts.code) == 2_000
    assert set(posts.kind.tolist()) == set(range(len(KINDS)))
    assert set(posts.shift.tolist()) == set(range(len(checkpoints.SHIFTS)))
    polygons = np.array([small.sites[site].polygon for site in posts.site.tolist()])
    assert shapely.contains_xy(polygons, *posts.lonlat.T).all()
    assert all(posts.name)


def test_reports_come_in_time_and_a_few_posts_are_silent(small: Plan) -> None:
    duty = small.posts.duty
    told = checkpoints.reports(duty, AT.now - 48 * 3600, AT)
    assert (told.reported_at <= AT.now).all()
    assert (told.reported_at > told.hour + 3600).all()
    assert (told.reported_at < told.hour + 5400).all()
    assert len(np.unique(told.post)) == 2_000
    silent = checkpoints.quiet_hours(duty) > 0
    assert 3 < silent.sum() < 80
    newest = np.zeros(2_000, dtype=np.int64)
    np.maximum.at(newest, told.post, told.hour)
    assert (newest[silent] < AT.now - 3 * 3600).all()


def test_what_an_hour_counted_does_not_depend_on_when_one_asks(small: Plan) -> None:
    duty = small.posts.duty
    later = clock(datetime(2026, 5, 6, 9, 30, tzinfo=UTC), ZONE)
    first = checkpoints.reports(duty, AT.now - 6 * 3600, AT)
    again = checkpoints.reports(duty, AT.now - 6 * 3600, later)
    counted = {
        (p, h): n for p, h, n in zip(again.post.tolist(), again.hour.tolist(), again.seconds.tolist(), strict=True)
    }
    assert all(
        counted[p, h] == n
        for p, h, n in zip(first.post.tolist(), first.hour.tolist(), first.seconds.tolist(), strict=True)
    )
    new = checkpoints.reports(duty, AT.now - 6 * 3600, later, told_after=AT.now)
    assert (new.reported_at > AT.now).all()


def test_passages_take_from_fifteen_seconds_to_a_minute(small: Plan) -> None:
    told = checkpoints.reports(small.posts.duty, AT.now - 24 * 3600, AT)
    total = told.passed + told.home_quarantine + told.central_quarantine + told.turned_back
    some = total > 20
    each = told.seconds[some] / total[some]
    assert each.min() > 10
    assert each.max() < 75
    assert 0 < told.central_quarantine.sum() < told.home_quarantine.sum() < told.turned_back.sum() * 3


def test_shifts_are_kept(small: Plan) -> None:
    told = checkpoints.reports(small.posts.duty, AT.now - 48 * 3600, AT)
    day = np.array([shift == (8, 20) for shift in checkpoints.SHIFTS])[small.posts.shift][told.post]
    local = (told.hour + 8 * 3600) // 3600 % 24
    assert local[day].min() == 8
    assert local[day].max() == 19


def test_every_county_has_a_hotel_and_nearly_all_report_today(small: Plan) -> None:
    counties = {small.above[small.sites[site].code][1] for site in small.hotels.site.tolist()}
    assert counties == {row.code for row in small.divisions.level("county")}
    assert len(set(small.hotels.name)) == len(small.hotels.name) == care.HOTELS
    told = care.nights(small.hotels.words, small.hotels.rooms, AT.today - 20, AT)
    assert (told.occupied <= small.hotels.rooms[told.hotel]).all()
    assert (told.reported_at <= AT.now).all()
    assert (told.day == AT.today).sum() == care.HOTELS - 2
    taken = told.occupied / small.hotels.rooms[told.hotel]
    assert taken.max() > 0.97
    assert taken.min() < 0.6


def test_clinics_and_hospitals_in_every_status(small: Plan) -> None:
    assert small.clinics.kind.count("fever_clinic") == 12
    assert small.clinics.kind.count("designated_hospital") == 6
    assert set(small.clinics.status) == {"open", "full", "closed"}
    assert len(set(small.clinics.name)) == 18


def test_six_drones_fly_one_is_in_the_air(small: Plan) -> None:
    flown = patrols.flights_between(small.drones, AT.now - 86_400, AT.now)
    assert {one.drone for one in flown} == set(range(6))
    assert [one.began <= AT.now < one.lands for one in flown].count(True) == 1
    for drone in range(6):
        mine = sorted((one.began, one.lands) for one in flown if one.drone == drone)
        assert all(lands < began for (_, lands), (began, _) in itertools.pairwise(mine))
    assert all(600 <= one.lands - one.began <= 1200 for one in flown)


def test_a_track_flies_at_ten_metres_a_second_over_its_village(small: Plan) -> None:
    one = patrols.flights_between(small.drones, AT.now - 86_400, AT.now)[0]
    polygon = small.sites[one.site].polygon
    track = patrols.track(polygon, one, one.began - 1, AT.now)
    assert np.array_equal(np.unique(np.diff(track.at)), [patrols.STEP_S])
    metres = np.hypot(*(np.diff(track.lonlat, axis=0) * (91_900, 110_950)).T)
    assert metres.max() < 10.6 * patrols.STEP_S
    assert 60 < track.height_m.max() < 130
    box = shapely.box(*polygon.bounds).buffer(0.001)
    assert shapely.contains_xy(box, *track.lonlat.T).all()


def test_a_position_lies_in_the_grid_that_covers_it(small: Plan) -> None:
    polygons = [site.polygon for site in small.sites]
    places = shapely.get_coordinates(shapely.point_on_surface(polygons))
    tree = shapely.STRtree(polygons)
    assert patrols.covering(tree, places).tolist() == list(range(len(polygons)))
    assert patrols.covering(tree, np.array([[0.0, 0.0]])).tolist() == [-1]
