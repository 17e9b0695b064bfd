"""What the API says of brought files, for programs and for /openapi.json."""

from typing import Any, Literal

from pydantic import BaseModel, Field


class Understood(BaseModel):
    """What somebody says about a file; whatever is left out is found."""

    columns: dict[str, str] = Field(default={}, max_length=500)
    """A column of the file, and the field that it holds; an empty field leaves the column in the file."""
    states: dict[str, str] = Field(default={}, max_length=500)
    """A word of the file for a state, and the state's code."""
    crs: str = Field(default="auto", max_length=200)
    encoding: str | None = Field(default=None, max_length=40)
    sheet: str | None = Field(default=None, max_length=300)
    """The sheet, layer, folder or packed file that is meant, one of `preview.sheets`."""


class Wanted(Understood):
    """How a file is to be taken."""

    dry_run: bool = False
    """Do everything, and then nothing."""
    partial: bool = False
    """Take what is right of it, and leave what is wrong in quarantine."""


class ImportInfo(BaseModel):
    """One brought file. `preview` is there as soon as it was looked at, `report` when it was taken or tried."""

    id: str
    kind: str
    sender: str
    name: str
    size: int
    state: Literal["arriving", "reading", "ready", "waiting", "running", "done", "failed", "ended"]
    step: str
    done: int
    all: int | None
    dry_run: bool
    said: dict[str, Any]
    """What was last said about it: columns, states, crs, encoding, sheet, partial."""
    taken: bool
    """Rows of it are in the database."""
    problem: str | None
    """Why nothing came of it, in a sentence."""
    preview: dict[str, Any] | None
    report: dict[str, Any] | None
    """The first faults alone; `/report` has all of them."""
