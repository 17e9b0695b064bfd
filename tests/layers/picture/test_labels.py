from itertools import combinations

import numpy as np
import pytest
import shapely

from layers.render.picture.board import Box
from layers.render.picture.labels import Wanted, call_out, candidates, forms, place, short

FRAME = Box(0, 0, 1000, 800)


def scattered(count: int) -> list[Wanted]:
    rng = np.random.default_rng(5)
    points = shapely.MultiPoint(rng.uniform((0, 0), (1000, 800), (count, 2)))
    areas = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=shapely.box(0, 0, 1000, 800)))
    frame = shapely.box(0, 0, 1000, 800)
    names = ("陕州区", "河南三门峡经济开发区", "观音堂镇", "大安村", "西李村乡")
    return [Wanted(area.intersection(frame), forms(names[i % 5], f"{i * 37:,}")) for i, area in enumerate(areas)]


@pytest.mark.parametrize("count", [1, 7, 40, 200, 900])
def test_labels_lie_in_the_frame_and_never_over_each_other_or_what_is_taken(count: int) -> None:
    wanted, taken = scattered(count), [Box(0, 700, 300, 100), Box(900, 0, 100, 100)]
    found = place(wanted, FRAME, 20, smallest=14, taken=taken)
    boxes = [label.box for label in found if label is not None]
    assert boxes
    assert all(FRAME.holds(box) for box in boxes)
    assert not any(
        one.overlaps(other) for one, other in combinations([*boxes, *taken], 2) if other not in taken or one in boxes
    )


@pytest.mark.parametrize("count", [7, 60])
def test_each_label_stands_about_a_point_of_its_own_area(count: int) -> None:
    wanted = scattered(count)
    for label, placed in zip(wanted, place(wanted, FRAME, 18, smallest=12), strict=True):
        if placed is not None:
            assert label.polygon.covers(shapely.Point(placed.box.middle))


def test_the_largest_area_wins_and_smaller_forms_are_tried_before_a_label_is_left_out() -> None:
    large = Wanted(shapely.box(0, 0, 600, 300), forms("大王镇", "1,234"))
    narrow = Wanted(shapely.box(700, 10, 780, 27), forms("大王镇", "1,234"))
    tiny = Wanted(shapely.box(900, 0, 905, 5), forms("大王镇", "1,234"))
    found = place([tiny, narrow, large], FRAME, 24, smallest=14)
    assert found[0] is None
    assert found[1] is not None
    assert [line.text for line in found[1].lines] == ["大王镇"]
    assert found[2] is not None
    assert found[2].size == 24


def test_a_horseshoe_is_named_inside_itself() -> None:
    horseshoe = shapely.box(0, 0, 300, 300).difference(shapely.box(60, 60, 240, 300))
    x, y = candidates(horseshoe)[0]
    assert horseshoe.contains(shapely.Point(x, y))
    assert candidates(shapely.Polygon()) == []


def test_a_label_without_room_is_called_out_beside_the_map() -> None:
    area = shapely.box(300, 300, 600, 600)
    label = Wanted(shapely.box(300, 400, 306, 406), forms("义马市", "12"))
    found = call_out(label, FRAME, 18, avoid=area, taken=[], lines=[])
    assert found is not None
    assert not shapely.box(
        found.label.box.x, found.label.box.y, found.label.box.right, found.label.box.bottom
    ).intersects(area)
    assert label.polygon.covers(shapely.Point(found.foot))
    assert call_out(label, FRAME, 18, avoid=shapely.box(0, 0, 1000, 800), taken=[], lines=[]) is None


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("泉脑村村民委员会", "泉脑村"),
        ("茅津社区居民委员会", "茅津社区"),
        ("新建社区居委会", "新建社区"),
        ("店子乡", "店子乡"),
        ("村委会", "村委会"),
    ],
)
def test_villages_are_named_without_their_committee(name: str, bare: str) -> None:
    assert short(name) == bare
