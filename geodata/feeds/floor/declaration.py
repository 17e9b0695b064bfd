"""What a feed says about itself. From one declaration come the endpoint, the check of each row, documents and tests."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Generic, Literal, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.feeds.floor.refusal import Refusal

if TYPE_CHECKING:
    import pyarrow as pa


class Row(BaseModel):
    """One delivered row. A column that is not named is refused, so that nobody's name or number slips in."""

    model_config = ConfigDict(extra="forbid", frozen=True)


R = TypeVar("R", bound=Row)


class Privacy(StrEnum):
    """Who may see what a feed brings; areas are a matter of scope, not of this."""

    PUBLIC = "public"
    INTERNAL = "internal"
    HOUSEHOLD = "household"


@dataclass(frozen=True, slots=True)
class Words:
    """One text in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a delivery: rows that changed something, and rows that were there already or came too late to."""

    accepted: int
    repeated: int


_POINT = {"lon": ("经度", "longitude", "lng", "x"), "lat": ("纬度", "latitude", "y")}


@dataclass(frozen=True, slots=True)
class Paper:
    """How departments write a feed in their files, as far as its fields alone do not say."""

    names: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """A field, and further names that its column carries: `{"telephone": ("电话", "联系电话")}`."""
    place: Literal["", "point", "line", "polygon"] = ""
    """What a file's geometry is for: a point fills the fields `lon` and `lat`, anything else the field `place` (GeoJSON)."""
    area: str = ""
    """The field that names the area in which a row's place must lie: by it the coordinate system is found."""
    state: str = ""
    """The field that holds a state of the colour scheme, for which departments have words of their own."""
    words: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=lambda: MappingProxyType({}))
    """Fields with a choice of codes (of a yes or no `true` and `false`), and what departments call each; the first is its name:
    `{"status": {"full": ("已满", "满员")}}`."""

    def __post_init__(self) -> None:
        """Let every feed with points know what their two columns are called."""
        if self.place == "point":
            object.__setattr__(self, "names", MappingProxyType({**self.names, **_POINT}))


Columns = Mapping[str, "pa.Array"]
"""Rows as Arrow columns by field, checked; a field that a file does not have is absent, an empty cell is null."""


class Bulk(Protocol):
    """Rows of one delivery on their way in, as columns. Its calls come one after the other, in one transaction."""

    async def begin(self) -> None:
        """Read what rows are looked up in, and let indexes rest where the table is empty."""

    def encode(self, numbers: Any, columns: Columns) -> tuple[Any, list[Refusal]]:
        """Return rows as the database takes them, less those that do not fit; runs in a thread, beside the database.

        `numbers` (an array of whole numbers) says which rows of the delivery they are.
        """

    async def take(self, encoded: Any) -> None:
        """Send what was encoded."""

    async def finish(self) -> tuple[Written, list[Refusal]]:
        """Check what only the whole shows, count, and put indexes back."""


@dataclass(frozen=True, slots=True)
class Feed(Generic[R]):
    """Everything about one feed. `write` takes rows of `row` in the caller's transaction, all of them or none."""

    kind: str
    title: Words
    row: type[R]
    key: tuple[str, ...]
    """The columns by which a row that comes again is recognised."""
    privacy: Privacy
    late_after: timedelta
    """A source silent for longer than this is late."""
    write: Callable[[AsyncConnection, Sequence[R], str], Awaitable[Written]]
    """`write(connection, rows, sender)`: raises Refused where rows do not fit what the database holds."""
    example: Mapping[str, Any]
    """One row as a sender would write it in JSON."""
    paper: Paper = Paper()
    cut: tuple[str, ...] = ()
    """Columns about persons that senders cannot leave out: taken away at the door, before anything is checked or kept."""
    foundation: bool = False
    """What everything else hangs on (areas, buildings, homes): taken from an administrator of the whole city alone, and
    written as the owner of the tables."""
    bulk: Callable[[AsyncConnection, str], Bulk] | None = None
    """For files of a million rows: `bulk(connection, sender)` takes columns instead of rows; `write` must do the same."""
