"""What imports of files remember: a sender's own names of columns and states, and places as they were delivered."""

from typing import Any

from sqlalchemy import ARRAY, BigInteger, Integer, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from geodata.model.base import Base


class ImportMemory(Base):
    """One name of a sender's for something of ours, given once by a person and used from then on."""

    __tablename__ = "import_memory"

    sender: Mapped[str] = mapped_column(Text, primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    what: Mapped[str] = mapped_column(Text, primary_key=True)
    """`column` or `state`."""
    theirs: Mapped[str] = mapped_column(Text, primary_key=True)
    ours: Mapped[str] = mapped_column(Text)
    """A field of the feed; empty for a column that is left in the file."""


class DeliveredPlace(Base):
    """Places of some rows of a file in the file's own coordinates, in the order of the rows."""

    __tablename__ = "delivered_place"

    delivery_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    first: Mapped[int] = mapped_column(Integer, primary_key=True)
    """The number of the first of these rows."""
    system: Mapped[str] = mapped_column(Text)
    """The coordinate system in which they were understood."""
    x: Mapped[bytes | None] = mapped_column(LargeBinary)
    y: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Numbers of eight bytes each (IEEE 754, the least first), NaN where a row has none."""
    shapes: Mapped[Any | None] = mapped_column(ARRAY(LargeBinary))
    """Lines and polygons as WKB."""
