"""What a layer says about itself. From one declaration come tiles, style, legend, card, API, pictures and tests."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import ColumnElement, Date, DateTime, Select, func, literal, literal_column, select, true
from sqlalchemy.orm import InstrumentedAttribute

TILE_MARGIN = 64 / 4096
"""Share of a tile's width that is drawn beyond its edge, so that a circle on the edge is whole."""


class Privacy(StrEnum):
    """Who may see a layer at all; areas are a matter of scope, not of this."""

    PUBLIC = "public"
    INTERNAL = "internal"
    HOUSEHOLD = "household"


@dataclass(frozen=True, slots=True)
class Words:
    """One text in both languages."""

    zh: str
    en: str

    def in_(self, language: str) -> str:
        """Return the text in `zh` or `en`."""
        return self.en if language == "en" else self.zh


@dataclass(frozen=True, slots=True)
class Mark:
    """How one value is drawn: colour by theme, a second sign beside the colour, its words in the legend."""

    value: str
    words: Words
    dark: str
    light: str
    letter: str = ""
    """Drawn on or beside the symbol."""
    hatch: str | None = None
    """Name of a pattern drawn over the colour: `diagonal`, `cross`, `dots`."""
    radius: float = 1.0
    """Size of a point against the layer's own."""

    def colour(self, theme: str) -> str:
        """Return the colour in the `dark` or `light` theme."""
        return self.light if theme == "light" else self.dark


@dataclass(frozen=True, slots=True)
class Field:
    """One line of a card: the column it shows, its words, and how the value is written."""

    column: str
    words: Words
    form: str = "text"
    """`text`, `number`, `time`, `date`, `days`, `percent`, `telephone` or `mark` (the value's own words)."""
    unit: Words | None = None
    column_en: str = ""
    """The column that says the same in English, where the query itself writes words."""

    def column_in(self, language: str) -> str:
        """Return the column to show in `zh` or `en`."""
        return self.column_en if self.column_en and language == "en" else self.column


@dataclass(frozen=True, slots=True)
class View:
    """What a layer is asked for: where, at what zoom, at which moment. Its values go into SQL bound, never pasted.

    `box` is an EPSG:3857 envelope or none for everywhere. `moment` is none for now.
    """

    zoom: int
    present: ColumnElement[datetime]
    today: ColumnElement[date]
    box: ColumnElement[Any] | None = None
    moment: ColumnElement[datetime] | None = None
    measure: str = ""

    @property
    def at(self) -> ColumnElement[datetime]:
        """Return the moment that is shown: the asked one, or the present."""
        return self.present if self.moment is None else self.moment

    @property
    def known(self) -> ColumnElement[datetime]:
        """Return up to when things are known: tiles of now are cut for whole minutes, and nothing waits for the next."""
        return self.present + timedelta(minutes=1) if self.moment is None else self.moment

    @property
    def day(self) -> ColumnElement[date]:
        """Return the city's local day that is shown."""
        return self.today if self.moment is None else select(func.local_day(self.at, type_=Date)).scalar_subquery()

    def covers(self, place: InstrumentedAttribute[Any] | ColumnElement[Any]) -> ColumnElement[bool]:
        """Return the condition that a stored EPSG:3857 geometry touches the box."""
        return true() if self.box is None else place.op("&&")(self.box)

    @classmethod
    def of(
        cls,
        now: datetime,
        today: date,
        *,
        zoom: int = 22,
        box: tuple[float, float, float, float] | None = None,
        at: datetime | None = None,
        measure: str = "",
    ) -> "View":
        """Return a view with bound values; `box` is west, south, east, north in degrees."""
        envelope = None if box is None else func.ST_Transform(func.ST_MakeEnvelope(*box, 4326), 3857, type_=Geometry)
        moment = None if at is None else literal(at, DateTime(timezone=True))
        return cls(zoom, literal(now, DateTime(timezone=True)), literal(today, Date), envelope, moment, measure)

    @classmethod
    def of_tile(cls, zoom: int, *, past: bool, measure: str = "") -> "View":
        """Return the view that a tile function sees: its values are that function's own arguments."""
        return cls(
            zoom,
            literal_column("v_present", DateTime(timezone=True)),
            literal_column("v_today", Date),
            literal_column("v_box", Geometry),
            literal_column("v_moment", DateTime(timezone=True)) if past else None,
            measure,
        )


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure that areas can be coloured by: its words, its class breaks, what it counts."""

    id: str
    words: Words
    breaks: tuple[float, ...]
    """Lower bounds of the classes after the first."""
    unit: Words
    whole: bool = False
    """Counts whole things, so that its classes read 1–9 and 10–49."""
    homes: bool = True
    """Whether it counts homes or people, and so is hidden from roles that may not see them."""


@dataclass(frozen=True, eq=False)
class Layer:
    """Everything about one layer. `statement` returns its query; somebody else runs it.

    There is one of each, so a layer equals itself alone: comparing all its fields would cost more than finding a tile.

    The query's columns: `id` (whole number), `geom` (EPSG:3857), `area_id` (its grid, or the area it stands for),
    `data_time` (how old the row is), and the columns that `value`, `label`, `tile_columns` and `fields` name.
    """

    id: str
    title: Words
    group: str
    """`areas`, `homes`, `plan`, `posts`, `care`, `patrols` or `reports`: where the layer panel lists it; `base`: no switch."""
    geometry: str
    """`point`, `line` or `polygon`."""
    privacy: Privacy
    min_zoom: int
    max_zoom: int
    statement: Callable[[View], Select[Any]]
    tables: tuple[str, ...]
    """Tables whose change makes its tiles old."""
    fields: tuple[Field, ...]
    value: str = ""
    """The column that `marks` speak of; none where every feature looks the same."""
    marks: tuple[Mark, ...] = ()
    """One for each value, what must be seen first first; where there is no `value`, at most one, for everything."""
    sign: str = ""
    """The column that `signs` speak of, where a second thing than the colour is told apart: the kind of a post."""
    signs: tuple[Mark, ...] = ()
    """Letters drawn inside each point from zoom 15; the letter of `marks` then stands at its shoulder."""
    by_scheme: bool = False
    """The marks are the states of the city's colour scheme instead."""
    measures: tuple[Measure, ...] = ()
    """What the layer can be coloured by, where it is a choropleth of the column `value`."""
    label: str = ""
    """The column written beside a feature, if any."""
    title_column: str = ""
    """The column that heads the card."""
    tile_columns: tuple[str, ...] = ()
    """Columns of a tile besides id, value and label."""
    label_zoom: int = 14
    radius: float = 5.0
    """Radius of a point, or width of a line, in pixels at zoom 15."""
    icon: str = ""
    """A letter or sign drawn inside each point, where the marks have none of their own."""
    single_from: int = 0
    """From this zoom a feature is one row; below it stands for several, and a click on it goes closer instead."""
    face_from: int | None = None
    """From this zoom a click on a feature, which is a building, opens its face."""
    shown: bool = True
    """On when the map opens."""
    order: int = 50
    """Drawn later where greater."""
    stale_after: timedelta = timedelta(days=1)
    """A row older than this looks stale."""
    live: bool = False
    """Something of it moves, and is drawn by deck.gl over the tiles from the API."""
    note: Words | None = field(default=None)
    """A sentence for the legend, where a colour needs one."""

    def columns(self) -> tuple[str, ...]:
        """Return the columns that a tile carries besides `id` and `geom`."""
        return tuple(dict.fromkeys(c for c in (self.value, self.sign, self.label, *self.tile_columns) if c))
