"""An order for a picture 制图单: what the form, the command line, a template and a release all say about one picture."""

import re
from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

PIXELS = {
    "fhd": (1920, 1080),
    "uhd": (3840, 2160),
    "cover": (900, 383),
    "phone": (1080, 1920),
    "square": (1080, 1080),
}
"""Sizes for screens, in pixels."""
PAGES_MM = {"a4": (210, 297), "a4-landscape": (297, 210), "a3": (297, 420), "a3-landscape": (420, 297)}
"""Sizes for paper in millimetres, drawn at 300 dots an inch."""
DPI = 300
SMALLEST, LARGEST = 320, 8_000
"""Pixels of a side of a free size."""
FREE = re.compile(r"(\d{1,5})[x×](\d{1,5})")

Text = Annotated[str, StringConstraints(strip_whitespace=True)]


class Order(BaseModel):
    """One picture: nothing in it depends on who asks. Raises pydantic's ValidationError on anything else."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    area: Text
    """Code of the area in the frame."""
    at: AwareDatetime | None = None
    """The moment shown, taken down to the hour; none for the newest hour."""
    measure: Text = "households"
    """What the areas inside it are coloured by: an id of `geodata/press/measures`."""
    parts: Literal["county", "township", "village"] | None = None
    """Level of the coloured areas; none for the one right below `area`."""
    layers: tuple[Text, ...] = ()
    """Ids of layers that are public, drawn over the areas."""
    title: Annotated[Text, Field(max_length=200)] = ""
    """Empty for the measure's and area's own words."""
    note: Annotated[Text, Field(max_length=400)] = ""
    language: Literal["zh", "en", "both"] = "zh"
    size: Text = "fhd"
    review_number: Annotated[Text, Field(max_length=60)] = ""
    """The map review number 审图号; an empty field is drawn where there is none."""
    days: Annotated[int, Field(ge=2, le=31)] = 7
    """How many days an animation shows, up to `at`."""

    @model_validator(mode="after")
    def _drawable(self) -> Self:
        size_of(self.size)
        return self

    def at_moment(self, at: datetime) -> Self:
        """Return the same order for another moment."""
        return self.model_copy(update={"at": at})


def size_of(name: str) -> tuple[int, int]:
    """Return width and height in pixels of a size's name or of `1200x800`. Raises ValueError with what is possible."""
    if name in PIXELS:
        return PIXELS[name]
    if name in PAGES_MM:
        width, height = PAGES_MM[name]
        return round(width / 25.4 * DPI), round(height / 25.4 * DPI)
    free = FREE.fullmatch(name)
    if free is None:
        raise ValueError(f"{', '.join([*PIXELS, *PAGES_MM])}, WIDTHxHEIGHT")
    sides = int(free[1]), int(free[2])
    if min(sides) < SMALLEST or max(sides) > LARGEST:
        raise ValueError(f"{SMALLEST}–{LARGEST} px")
    return sides
