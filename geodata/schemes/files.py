"""A colour scheme as a file: `<name>.toml` with id, version, names and its states."""

import csv
import tomllib
from datetime import UTC, date, datetime
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from geodata.errors import BadValue
from geodata.schemes.check import Fault, Refused
from geodata.words import LANGUAGES, say

FOLDER = Path(__file__).parent
Name = Annotated[str, StringConstraints(min_length=1, max_length=40)]


class State(BaseModel):
    """One state of a household: its meaning, its colour and its second sign; `severity` 1 must be seen first."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    code: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    severity: Annotated[int, Field(ge=1, le=99)]
    colour: Annotated[str, StringConstraints(pattern=r"^#[0-9A-Fa-f]{6}$")]
    letter: Annotated[str, StringConstraints(min_length=1, max_length=2)]
    zh: Name
    en: Name
    hatch: Literal["diagonal", "cross", "dots"] | None = None
    """What the map and the pages can draw over a colour."""
    follow_days: Annotated[int, Field(ge=1, le=365)] | None = None
    """Days until a household is due to be cleared; none where nothing is followed."""
    clears_to: str | None = None
    automatic: bool = False
    """Cleared on the due day without a confirmation."""
    surveyed: bool = True
    """False where nobody has asked yet."""


class Scheme(BaseModel):
    """A whole scheme; `version` is the day from which it holds unless whoever adds it says another."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    version: date
    zh: Name
    en: Name
    states: Annotated[tuple[State, ...], Field(min_length=2, max_length=20)]

    def by_code(self) -> dict[str, State]:
        """Return the states by their codes."""
        return {state.code: state for state in self.states}


def read(file: Path) -> Scheme:
    """Read a scheme's file (TOML, or a table of its states) as it stands, unchecked. Raises BadValue, Refused."""
    try:
        content = file.read_text(encoding="utf-8-sig")
        told = _table(content) if file.suffix.lower() == ".csv" else tomllib.loads(content)
        return Scheme.model_validate(told)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, csv.Error) as error:
        raise BadValue(name="file", value=file, wanted=f"TOML or CSV in UTF-8 ({error})") from error
    except ValidationError as error:
        found = [(".".join(str(part) for part in one["loc"]), one["msg"]) for one in error.errors()]
        raise Refused(
            [Fault("field", column=where, facts={"where": where, "why": why}) for where, why in found]
        ) from error


def _table(content: str) -> dict[str, object]:
    """Return a scheme whose states are the rows of a table; it is named for where it came from, and dated today."""
    rows = [{name: cell for name, cell in row.items() if cell} for row in csv.DictReader(StringIO(content))]
    names = {language: say("scheme.imported", language) for language in LANGUAGES}
    return {"id": "imported", "version": datetime.now(UTC).date(), **names, "states": rows}


def shipped_names() -> tuple[str, ...]:
    """Return the names of the schemes that come with the product."""
    return tuple(sorted(file.stem for file in FOLDER.glob("*.toml")))


@cache
def shipped(name: str) -> Scheme:
    """Return a scheme that comes with the product. Raises BadValue."""
    if name not in shipped_names():
        raise BadValue(name="scheme", value=name, wanted=", ".join(shipped_names()))
    return read(FOLDER / f"{name}.toml")
