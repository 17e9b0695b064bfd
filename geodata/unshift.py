"""Pictures of a GCJ-02 base map, cut anew so that they lie under WGS 84 data.

The shift changes by less than a quarter of a metre in a hundred, so within one tile it is a slight distortion: each
corner is moved exactly and what lies between is stretched. Neighbouring tiles share their corners, so no seam shows.
"""

from collections.abc import Callable
from io import BytesIO
from math import atan, atanh, degrees, floor, pi, radians, sin, sinh

from PIL import Image

from geodata.coordinates import wgs84_to_gcj02

Fetch = Callable[[int, int, int], bytes | None]
"""z, x, y to a picture, none where there is none."""
LARGEST_PX = 1024
CORNERS = ((0, 0), (0, 1), (1, 1), (1, 0))
"""Of a tile: north-west, south-west, south-east, north-east, as Pillow counts them."""


def recut(fetch: Fetch, z: int, x: int, y: int) -> bytes | None:
    """Return one tile as PNG, made of the up to four that GCJ-02 spreads it over; none where all are missing.

    Raises OSError where what was fetched is no picture.
    """
    corners = [_shifted(z, x + right, y + down) for right, down in CORNERS]
    west, north = (floor(min(corner[axis] for corner in corners)) for axis in (0, 1))
    east, south = (floor(max(corner[axis] for corner in corners)) for axis in (0, 1))
    pictures = {
        (column, row): picture
        for column in range(west, east + 1)
        for row in range(north, south + 1)
        if (picture := _picture(fetch, z, column, row)) is not None
    }
    if not pictures:
        return None
    size = next(iter(pictures.values())).width
    sheet = Image.new("RGBA", ((east - west + 1) * size, (south - north + 1) * size))
    for (column, row), picture in pictures.items():
        sheet.paste(picture.resize((size, size)), ((column - west) * size, (row - north) * size))
    places = tuple(part for corner in corners for part in ((corner[0] - west) * size, (corner[1] - north) * size))
    cut = sheet.transform((size, size), Image.Transform.QUAD, places, Image.Resampling.BILINEAR)
    written = BytesIO()
    cut.save(written, "PNG", compress_level=1)
    return written.getvalue()


def _shifted(z: int, x: float, y: float) -> tuple[float, float]:
    """Return where, in tiles of the shifted map, a point (x, y) of ours lies."""
    side = 1 << z
    lon, lat = x / side * 360 - 180, degrees(atan(sinh(pi * (1 - 2 * y / side))))
    lon, lat = wgs84_to_gcj02(lon, lat)
    return (lon + 180) / 360 * side, (1 - atanh(sin(radians(lat))) / pi) / 2 * side


def _picture(fetch: Fetch, z: int, x: int, y: int) -> Image.Image | None:
    if not 0 <= y < 1 << z:
        return None
    body = fetch(z, x % (1 << z), y)
    if not body:
        return None
    picture = Image.open(BytesIO(body))
    if max(picture.size) > LARGEST_PX:
        raise OSError(f"a tile of {picture.size} pixels")
    return picture.convert("RGBA")
