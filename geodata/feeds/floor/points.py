"""Points as COPY wants them: EWKB in hexadecimal, made for a whole column at once."""

from typing import Any

import numpy as np
import pyarrow as pa

Floats = np.ndarray[Any, np.dtype[np.float64]]
_HEAD = np.frombuffer(bytes.fromhex("0101000020E6100000"), dtype=np.uint8)
"""Little-endian, a point that has an SRID, 4326."""
_PAIRS = np.array([f"{byte:02X}".encode() for byte in range(256)]).view(np.uint8).reshape(256, 2)
_LONG = 50


def hex_points(lon: Floats, lat: Floats) -> pa.StringArray:
    """Return points of EPSG:4326 (degrees); null where either number is not finite."""
    count = len(lon)
    raw = np.empty((count, 25), dtype=np.uint8)
    raw[:, :9] = _HEAD
    raw[:, 9:17] = np.ascontiguousarray(lon, dtype="<f8").view(np.uint8).reshape(count, 8)
    raw[:, 17:] = np.ascontiguousarray(lat, dtype="<f8").view(np.uint8).reshape(count, 8)
    letters = _PAIRS[raw].reshape(-1)
    offsets = np.arange(0, (count + 1) * _LONG, _LONG, dtype=np.int32)
    known = np.isfinite(lon) & np.isfinite(lat)
    valid = None if known.all() else pa.py_buffer(np.packbits(known, bitorder="little").tobytes())
    return pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(letters), valid)
