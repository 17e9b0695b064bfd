"""What every table shares: the declarative base, the area columns, the geometry columns."""

from datetime import datetime
from typing import Any, ClassVar

from geoalchemy2 import Geometry
from sqlalchemy import Computed, DateTime, ForeignKeyConstraint, Integer, MetaData
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column
from sqlalchemy.types import UserDefinedType

WGS84 = 4326
MERCATOR = 3857


class LTree(UserDefinedType[str]):
    """A path of area ids from the city down, such as `1.7.88`: PostgreSQL's ltree."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """Return the column type's name."""
        return "ltree"


# So that Alembic, which compares a database with the models, knows the type when it meets it.
ischema_names["ltree"] = LTree


class Base(DeclarativeBase):
    """Every table of Wangge; a moment is always stored with its time zone."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: DateTime(timezone=True)}

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def wgs84(kind: str, dimension: int = 2) -> Geometry:
    """Return the type of a stored place: lon/lat in degrees; its index is declared in the migration."""
    return Geometry(kind, srid=WGS84, dimension=dimension, spatial_index=False)


def mercator(kind: str) -> Mapped[Any]:
    """Return the generated twin of `place` in metres of EPSG:3857, which tiles are cut from without transforming."""
    return mapped_column(
        Geometry(kind, srid=MERCATOR, spatial_index=False),
        Computed(f"ST_Transform(place, {MERCATOR})", persisted=True),
        deferred=True,
    )


class InArea:
    """A row that belongs to an area: `path` repeats the area's own path, kept equal by a composite foreign key.

    Row-level security reads `path` alone, so that a policy costs no join. A trigger fills it where it is not given.
    """

    area_id: Mapped[int] = mapped_column(Integer)
    path: Mapped[str] = mapped_column(LTree)

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:  # noqa: N805
        return (area_key(),)


def area_key() -> ForeignKeyConstraint:
    """Return the foreign key that keeps a row's path equal to its area's, also when the area moves in the tree."""
    return ForeignKeyConstraint(["area_id", "path"], ["area.id", "area.path"], onupdate="CASCADE")
