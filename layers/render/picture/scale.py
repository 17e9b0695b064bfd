"""From Mercator metres to pixels, and how long things are in truth: Mercator stretches with latitude."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Geod, Transformer
from shapely.geometry.base import BaseGeometry

from layers.render.picture.board import Box

GEOD = Geod(ellps="WGS84")
TO_DEGREES = Transformer.from_crs(3857, 4326, always_xy=True)
ROUND = (5, 2, 1)


@dataclass(frozen=True, slots=True)
class View:
    """Where Mercator coordinates fall on the picture: pixels for each Mercator metre, and what lies at the middle."""

    box: Box
    scale: float
    east: float
    north: float

    @classmethod
    def fitting(cls, bounds: tuple[float, float, float, float], box: Box, room: Box) -> "View":
        """Return the view of `box` in which some Mercator bounds fill the `room` inside it, and no more."""
        west, south, east, north = bounds
        scale = min(room.width / max(east - west, 1.0), room.height / max(north - south, 1.0))
        x, y = room.middle
        middle_x, middle_y = box.middle
        return cls(box, scale, (west + east) / 2 - (x - middle_x) / scale, (south + north) / 2 + (y - middle_y) / scale)

    def pixels(self, coordinates: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return Mercator coordinates (n × 2) as pixels."""
        x, y = self.box.middle
        return (coordinates - (self.east, self.north)) * (self.scale, -self.scale) + (x, y)

    def placed(self, geometry: BaseGeometry) -> BaseGeometry:
        """Return a Mercator geometry in pixels."""
        return shapely.transform(geometry, self.pixels)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Return the Mercator bounds of the whole box."""
        width, height = self.box.width / self.scale / 2, self.box.height / self.scale / 2
        return self.east - width, self.north - height, self.east + width, self.north + height


@dataclass(frozen=True, slots=True)
class Bar:
    """A scale bar: its true length, and how long that is on the picture."""

    metres: float
    pixels: float


def bar(view: View, longest: float) -> Bar:
    """Return the longest bar of a round length (1, 2 or 5 times a power of ten) within `longest` pixels.

    It is true at the middle of the map, and elsewhere as far as Mercator lets any one bar be.
    """
    metres = longest * true_metres(view)
    power = 10 ** math.floor(math.log10(metres))
    length = next((part * power for part in ROUND if part * power <= metres), power)
    return Bar(length, length / true_metres(view))


def true_metres(view: View) -> float:
    """Return how many metres on the ground one pixel is, at the middle of the map, along the parallel."""
    reach = 50 / view.scale
    ends = TO_DEGREES.transform([view.east - reach, view.east + reach], [view.north, view.north])
    (west, east), (south, north) = ends
    return float(GEOD.inv(west, south, east, north)[2]) / 100
