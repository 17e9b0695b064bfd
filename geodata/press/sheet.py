"""A sheet 图稿: everything that a picture shows, and nothing that it does not: what is drawn, kept and drawn again.

Nothing on a sheet needs protection any more. It is frozen with a release, so that the same release is drawn alike later.
"""

import json
import zlib
from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from geodata.press.declaration import PressMeasure, PressWords, Shown
from geodata.press.order import Order

MAGIC = b"WGSHEET"
VERSION = 1
"""Of the packed form. A later version reads the earlier ones, for a release is kept as long as its number is known."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One coloured area: `value` only where `shown` is `value`; geometry in EPSG:3857."""

    code: str
    name: str
    level: str
    geometry: BaseGeometry | None
    shown: Shown
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Spot:
    """One feature of a public layer: its place in EPSG:3857, its label, the value and sign its marks speak of."""

    geometry: BaseGeometry
    label: str = ""
    value: str = ""
    sign: str = ""


@dataclass(frozen=True, slots=True)
class Outline:
    """The border of an area that is drawn without a figure: the frame, its neighbours, the locator inset."""

    code: str
    name: str
    level: str
    geometry: BaseGeometry


@dataclass(frozen=True, slots=True)
class Sheet:
    """One picture's content. Times carry their offset; the zone is the city's."""

    order: Order
    area: Outline
    """The area in the frame."""
    city: str
    measure: PressMeasure
    """What the cells are, in the words of its day."""
    cells: tuple[Cell, ...]
    data_time: datetime | None
    """How old the figures are; none where there are none."""
    vintage: datetime | None
    """The hour whose protected figures these are."""
    zone: str
    demo: bool
    source: str = ""
    """Who answers for the figures, in words."""
    around: tuple[Outline, ...] = ()
    """Neighbours, drawn quietly."""
    locator: tuple[Outline, ...] = ()
    """Counties of the whole city, for the inset; empty where the frame is the city."""
    spots: dict[str, tuple[Spot, ...]] = field(default_factory=dict)
    """Layer id -> what it shows, in drawing order."""
    number: str = ""
    """The release's number; empty on a draft, which says so."""
    withdrawn: bool = False

    def packed(self) -> bytes:
        """Return the sheet as bytes, the same for sheets that are equal down to the offsets of their times.

        Geometries are WKB and floats are written so that they come back as they were. Raises ValueError where a value is
        not a number.
        """
        content = json.dumps(_written(self), allow_nan=False, separators=(",", ":"))
        return MAGIC + bytes([VERSION]) + zlib.compress(content.encode("ascii"), 9)

    @classmethod
    def unpacked(cls, content: bytes) -> "Sheet":
        """Return the sheet of `packed` bytes. Raises ValueError."""
        head = len(MAGIC)
        if content[:head] != MAGIC or content[head : head + 1] != bytes([VERSION]):
            raise ValueError("not a sheet, or of a version that this program does not know")
        try:
            return _read(json.loads(zlib.decompress(content[head + 1 :])))
        except (zlib.error, KeyError, TypeError, AttributeError, shapely.errors.GEOSException) as error:
            raise ValueError("a sheet that is not whole") from error


def _written(sheet: Sheet) -> dict[str, Any]:
    """Return a sheet in the terms of JSON; `spots` keep their order, which is that of drawing."""
    order = sheet.order
    return {
        "order": {**order.model_dump(mode="json", exclude={"at"}), "at": _stamp(order.at)},
        "area": _outline(sheet.area),
        "city": sheet.city,
        "measure": asdict(sheet.measure),
        "cells": [[c.code, c.name, c.level, _wkb(c.geometry), c.shown, c.value] for c in sheet.cells],
        "data_time": _stamp(sheet.data_time),
        "vintage": _stamp(sheet.vintage),
        "zone": sheet.zone,
        "demo": sheet.demo,
        "source": sheet.source,
        "around": [_outline(one) for one in sheet.around],
        "locator": [_outline(one) for one in sheet.locator],
        "spots": [
            [layer, [[_wkb(s.geometry), s.label, s.value, s.sign] for s in spots]]
            for layer, spots in sheet.spots.items()
        ],
        "number": sheet.number,
        "withdrawn": sheet.withdrawn,
    }


def _read(said: dict[str, Any]) -> Sheet:
    order = {**said["order"], "at": _moment(said["order"]["at"])}
    return Sheet(
        order=Order.model_validate(order),
        area=_outlined(said["area"]),
        city=said["city"],
        measure=_measured(said["measure"]),
        cells=tuple(
            Cell(code, name, level, _geometry(wkb), shown, value)
            for code, name, level, wkb, shown, value in said["cells"]
        ),
        data_time=_moment(said["data_time"]),
        vintage=_moment(said["vintage"]),
        zone=said["zone"],
        demo=said["demo"],
        source=said["source"],
        around=tuple(map(_outlined, said["around"])),
        locator=tuple(map(_outlined, said["locator"])),
        spots={
            layer: tuple(Spot(shapely.from_wkb(b64decode(wkb)), *words) for wkb, *words in spots)
            for layer, spots in said["spots"]
        },
        number=said["number"],
        withdrawn=said["withdrawn"],
    )


def _measured(said: dict[str, Any]) -> PressMeasure:
    return PressMeasure(**{**said, "words": PressWords(**said["words"]), "unit": PressWords(**said["unit"])})


def _outline(one: Outline) -> list[str | None]:
    return [one.code, one.name, one.level, _wkb(one.geometry)]


def _outlined(said: list[str]) -> Outline:
    code, name, level, wkb = said
    return Outline(code, name, level, shapely.from_wkb(b64decode(wkb)))


def _wkb(geometry: BaseGeometry | None) -> str | None:
    if geometry is None:
        return None
    return b64encode(shapely.to_wkb(geometry, byte_order=1, include_srid=True)).decode("ascii")


def _geometry(wkb: str | None) -> BaseGeometry | None:
    return None if wkb is None else shapely.from_wkb(b64decode(wkb))


def _stamp(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment(stamp: str | None) -> datetime | None:
    return None if stamp is None else datetime.fromisoformat(stamp)
