"""Which kinds of file there are, and the one way to take any of them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from geodata.errors import BadValue
from geodata.imports import homes, places, scheme, tree
from geodata.imports.rows import Read, Report, Row, read


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file: its columns, and who takes its rows."""

    row: type[Row]
    take: Callable[[Connection, list[Read], Report], None]
    geometry: str = ""

    def columns(self) -> str:
        """Return the columns in words, the needed ones first; `[…]` may be left out."""
        fields = self.row.model_fields
        needed = [name for name, field in fields.items() if field.is_required()]
        more = [f"[{name}]" for name, field in fields.items() if not field.is_required()]
        return ", ".join([*needed, *more, *([self.geometry] if self.geometry else [])])


KINDS = {
    "areas": Kind(tree.AreaRow, tree.take_areas, "[polygon]"),
    "scheme": Kind(scheme.StateRow, scheme.take_scheme),
    "buildings": Kind(places.BuildingRow, places.take_buildings, "polygon"),
    "households": Kind(homes.HouseholdRow, homes.take_households, "[point or lon, lat]"),
    "checkpoints": Kind(places.CheckpointRow, places.take_checkpoints, "point or lon, lat"),
    "hotels": Kind(places.HotelRow, places.take_hotels, "point or lon, lat"),
    "clinics": Kind(places.ClinicRow, places.take_clinics, "point or lon, lat"),
}


def take(connection: Connection, kind: str, file: Path, crs: str | None = None) -> Report:
    """Take a file in the caller's transaction, whole or not at all. Raises BadValue, RefusedRows."""
    if kind not in KINDS:
        raise BadValue(name="kind", value=kind, wanted=", ".join(KINDS))
    rows, report = read(file, crs), Report()
    if not rows:
        raise BadValue(name="file", value=file, wanted="at least one row")
    KINDS[kind].take(connection, rows, report)
    return report
