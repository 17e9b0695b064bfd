"""A sheet 图稿: everything that a picture shows, and nothing that it does not: what is drawn, kept and drawn again.

Nothing on a sheet needs protection any more. It is frozen with a release, so that the same release is drawn alike later.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from shapely.geometry.base import BaseGeometry

from geodata.press.order import Order

Shown = Literal["value", "suppressed", "no_data"]


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
        """Return the sheet as bytes that are equal for equal sheets."""
        raise NotImplementedError

    @classmethod
    def unpacked(cls, content: bytes) -> "Sheet":
        """Return the sheet of `packed` bytes. Raises ValueError."""
        raise NotImplementedError
