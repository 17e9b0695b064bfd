"""What the API of the press desk takes and answers."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from app.routes.alert_models import Few
from app.routes.models import InBothLanguages
from geodata.feeds.floor.fields import names_nobody
from geodata.press.order import Order
from geodata.press.reading import BIGGEST
from geodata.press.releases import Form

State = Literal["making", "draft", "approved", "released", "withdrawn", "rejected", "failed"]


def _once(forms: list[Form]) -> list[Form]:
    return list(dict.fromkeys(forms))


def _impersonal(words: str) -> str:
    if not names_nobody(words):
        raise ValueError("without anybody's telephone or identity number")
    return words


Forms = Annotated[list[Form], Field(min_length=1, max_length=12), AfterValidator(_once)]
Id = Annotated[int, Field(ge=1, le=BIGGEST)]
Reason = Annotated[
    str,
    StringConstraints(pattern=r"^[^\x00]+$", min_length=1, max_length=500, strip_whitespace=True),
    AfterValidator(_impersonal),
]


class Taken(BaseModel):
    """A body that holds nothing but what is asked for."""

    model_config = ConfigDict(extra="forbid")


class NewTemplate(Taken):
    """A template to add, or with an `id` to change; without an `area` it belongs to the order's."""

    id: Id | None = None
    name: Few
    order: Order
    forms: Forms = Field(default=["png"])
    area: Annotated[str, StringConstraints(max_length=64)] | None = None


class Template(BaseModel):
    """An order that is given often."""

    id: int
    name: str
    order: Order
    forms: list[Form]
    area: str
    changed_by: str
    changed_at: datetime


class NewRelease(Taken):
    """What is to be released: an order or a template; with `areas` one of it for each county."""

    order: Order | None = None
    template: Id | None = None
    areas: Literal["counties"] | None = None
    forms: Forms | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "NewRelease":
        if (self.order is None) == (self.template is None):
            raise ValueError("an order or a template")
        if self.order is not None and self.forms is None:
            raise ValueError("forms are missing")
        return self


class Ids(BaseModel):
    """What was begun."""

    ids: list[int]


class Why(Taken):
    """Why a draft is rejected, or a release withdrawn."""

    reason: Reason


class ReleaseFile(BaseModel):
    """A file that can be fetched now."""

    form: Form
    bytes: int
    sha256: str


class Step(BaseModel):
    """What happened to a release; without a name the program did it."""

    what: State
    by: str | None
    at: datetime
    told: str | None


class Release(BaseModel):
    """A release in a list; the manifest is told with the one alone."""

    id: int
    number: str | None
    state: State
    order: Order
    forms: list[Form]
    batch: UUID | None
    area_code: str
    area_name: str
    made_by: str
    made_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    released_by: str | None
    released_at: datetime | None
    ended_by: str | None = Field(description="Who rejected or withdrew it.")
    withdrawn_at: datetime | None
    reason: str | None
    problem: str | None = Field(description="Why files are not drawn yet, where something went wrong.")
    manifest: dict[str, Any] | None
    files: list[ReleaseFile]
    progress: float = Field(ge=0, le=1, description="Of what its state waits for.")


class WholeRelease(Release):
    """A release with its manifest, once there is one, and all that happened to it."""

    journal: list[Step]


class Verdict(BaseModel):
    """What can be said of a file or a number; `message` says it in the reader's language."""

    verdict: Literal["genuine", "withdrawn", "altered", "unknown"]
    message: str
    number: str
    area_code: str
    area_name: str
    form: str
    released_at: datetime | None
    withdrawn_at: datetime | None
    reason: str | None
    order: Order | None


class AreaChoice(BaseModel):
    """An area that fits into a frame, and what can be coloured in it."""

    code: str
    name: str
    level: str
    pinyin: str
    """Of the name, in full and in initials: `hubinqu hbq`."""
    parts: list[Literal["county", "township", "village"]]


class MeasureChoice(BaseModel):
    """What areas can be coloured by."""

    id: str
    title: InBothLanguages
    unit: InBothLanguages
    kind: Literal["count", "share"]


class LayerChoice(BaseModel):
    """A layer that may be drawn over the areas."""

    id: str
    title: InBothLanguages


class SizeChoice(BaseModel):
    """A size by name, in pixels."""

    id: str
    width: int
    height: int
    group: Literal["screen", "paper"]


class Options(BaseModel):
    """What the reader may choose."""

    areas: list[AreaChoice]
    measures: list[MeasureChoice]
    layers: list[LayerChoice]
    sizes: list[SizeChoice]
    forms: list[Form]
    newest: datetime
    earliest: datetime | None
    threshold: int
