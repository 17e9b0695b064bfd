from io import BytesIO
from math import asinh, pi, radians, tan

import pytest
from PIL import Image, ImageDraw

from geodata.coordinates import wgs84_to_gcj02
from geodata.unshift import Fetch, recut

PLACE = (111.2, 34.78)


def pixel(z: int, lon: float, lat: float) -> tuple[float, float]:
    """Return where a place lies in pixels of the whole world at a zoom."""
    side = 256 << z
    return (lon + 180) / 360 * side, (1 - asinh(tan(radians(lat))) / pi) / 2 * side


def shifted_map(z: int) -> Fetch:
    """Return a GCJ-02 map that is white but for a red dot where it draws PLACE."""
    dot = pixel(z, *wgs84_to_gcj02(*PLACE))

    def fetch(_z: int, x: int, y: int) -> bytes:
        picture = Image.new("RGB", (256, 256), "white")
        east, south = dot[0] - x * 256, dot[1] - y * 256
        ImageDraw.Draw(picture).ellipse((east - 3, south - 3, east + 3, south + 3), "red")
        written = BytesIO()
        picture.save(written, "PNG")
        return written.getvalue()

    return fetch


@pytest.mark.parametrize("z", [8, 12, 15, 18])
def test_what_was_shifted_lies_where_it_is(z: int) -> None:
    east, south = pixel(z, *PLACE)
    x, y = int(east // 256), int(south // 256)
    cut = Image.open(BytesIO(recut(shifted_map(z), z, x, y) or b"")).convert("RGB")
    red = [(i, j) for i in range(256) for j in range(256) if cut.getpixel((i, j))[1] < 100]
    assert red
    middle = [sum(axis) / len(red) + 0.5 for axis in zip(*red, strict=True)]
    assert middle == pytest.approx([east - x * 256, south - y * 256], abs=1.6)


def test_neighbours_join_without_a_seam() -> None:
    def fetch(_z: int, x: int, _y: int) -> bytes:
        picture = Image.linear_gradient("L").rotate(90)
        picture = picture.point(lambda grey: grey // 2 + (128 if x % 2 else 0)).convert("RGB")
        written = BytesIO()
        picture.save(written, "PNG")
        return written.getvalue()

    z, x, y = 14, 13252, 6481
    left, right = (Image.open(BytesIO(recut(fetch, z, x + i, y) or b"")).convert("L") for i in (0, 1))
    assert all(abs(left.getpixel((255, j)) - right.getpixel((0, j))) <= 2 for j in range(256))


def test_a_missing_neighbour_leaves_a_hole_and_all_missing_none() -> None:
    z, x, y = 12, 3313, 1620
    full = shifted_map(z)
    cut = Image.open(BytesIO(recut(lambda *place: full(*place) if place == (z, x, y) else None, z, x, y) or b""))
    assert {0, 255} == {cut.getpixel((i, j))[3] for i in (0, 255) for j in (0, 255)}
    assert recut(lambda *_: None, z, x, y) is None


def test_what_is_no_picture_is_an_error() -> None:
    with pytest.raises(OSError, match="identify"):
        recut(lambda *_: b"<html>", 12, 3313, 1620)
    huge = BytesIO()
    Image.new("1", (2048, 2048)).save(huge, "PNG")
    with pytest.raises(OSError, match="2048"):
        recut(lambda *_: huge.getvalue(), 12, 3313, 1620)
