"""Lines and polygons of a file: where to ask about them, and how they come to WGS 84."""

from typing import Any

import numpy as np
import shapely

from geodata.coordinates import Floats, Places
from geodata.doctor.systems import System


def middles(shapes: Any) -> Places:
    """Return one point of each geometry (n,), by which its coordinate system is found: the mean of its corners.

    NaN where there is no geometry, or one without corners.
    """
    corners, shape = shapely.get_coordinates(shapes, return_index=True)
    count = np.bincount(shape, minlength=len(shapes))
    with np.errstate(invalid="ignore", divide="ignore"):
        x, y = (np.bincount(shape, weights=column, minlength=len(shapes)) / count for column in corners.T)
    return x, y


def to_wgs84(shapes: Any, system: System) -> Any:
    """Return geometries (n,) of a system in WGS 84, longitude first; heights are dropped."""

    def move(corners: Floats) -> Floats:
        return np.column_stack(system.to_wgs84(corners[:, 0], corners[:, 1]))

    return shapely.transform(shapely.force_2d(shapes), move)
