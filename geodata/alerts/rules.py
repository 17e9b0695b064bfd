"""Alert rules: those that are shipped, those of a city, and the one way to change them."""

import tomllib
from pathlib import Path
from string import Formatter
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator
from sqlalchemy import Connection, text

from geodata.alerts.registry import all_kinds
from geodata.errors import BadValue
from geodata.model import Level

SHIPPED = Path(__file__).parent / "rules.toml"
SEVERITIES = ("severe", "warning", "information")
"""What must be seen first first."""
Text = Annotated[str, StringConstraints(min_length=1, max_length=120, strip_whitespace=True)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
MANY = frozenset({"area", "n"})
"""What a text about many alerts may say."""


class Rule(BaseModel):
    """One rule; see `AlertRule` for what its columns mean."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Code
    kind: str
    severity: Literal["severe", "warning", "information"]
    threshold: float | None = None
    level: Level | None = None
    minutes: Annotated[int, Field(ge=0, le=7 * 24 * 60)] = 0
    active: bool = True
    title_zh: Text
    title_en: Text
    one_zh: Text
    one_en: Text
    many_zh: Text
    many_en: Text

    @model_validator(mode="after")
    def fits_its_kind(self) -> Self:
        """Refuse what could never be judged or said."""
        kind = all_kinds().get(self.kind)
        if kind is None:
            raise ValueError(f"kind: one of {', '.join(all_kinds())}")
        if (self.level is not None) != kind.by_level:
            raise ValueError("level: must be given" if kind.by_level else "level: means nothing to this kind")
        if kind.threshold is None and self.threshold is not None:
            raise ValueError("threshold: means nothing to this kind")
        if kind.threshold and not kind.threshold[0] <= (self.threshold or 0) <= kind.threshold[1]:
            raise ValueError(f"threshold: from {kind.threshold[0]:g} to {kind.threshold[1]:g}")
        for name, known in (("one", kind.facts | {"name"}), ("many", MANY)):
            for language in ("zh", "en"):
                _check_gaps(f"{name}_{language}", getattr(self, f"{name}_{language}"), known)
        return self


def _check_gaps(column: str, said: str, known: frozenset[str]) -> None:
    gaps = [(gap, form, turn) for _, gap, form, turn in Formatter().parse(said) if gap is not None]
    if any(gap not in known or form or turn for gap, form, turn in gaps):
        raise ValueError(f"{column}: gaps can be {', '.join(sorted(known))}")


def read(file: Path) -> list[Rule]:
    """Read rules from a TOML file: an array `rule`. Raises BadValue with everything that is wrong."""
    try:
        rows = tomllib.loads(file.read_text(encoding="utf-8"))["rule"]
        return [checked(row) for row in rows]
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise BadValue(name="file", value=file, wanted=f"TOML, [[rule]] ({error})") from error


def checked(row: dict[str, Any]) -> Rule:
    """Return a rule out of its columns. Raises BadValue with everything that is wrong."""
    try:
        return Rule.model_validate(row)
    except ValidationError as error:
        why = "; ".join(f"{'.'.join(map(str, one['loc']))} {one['msg']}".strip() for one in error.errors())
        raise BadValue(name="rule", value=row.get("code", "?"), wanted=why) from error


def bring(connection: Connection, rules: list[Rule], *, over: bool) -> int:
    """Put rules into the database, `over` those of the same code or beside them; return how many were written."""
    names = list(Rule.model_fields)
    gaps, sets = ", ".join(f":{name}" for name in names), ", ".join(f"{n} = excluded.{n}" for n in names)
    then = f"UPDATE SET {sets}" if over else "NOTHING"
    put = text(
        f"INSERT INTO alert_rule ({', '.join(names)}) VALUES ({gaps}) ON CONFLICT (code) DO {then}"  # noqa: S608 - names of our own model
    )
    return sum(connection.execute(put, rule.model_dump(mode="json")).rowcount for rule in rules)


def ensure(connection: Connection) -> int:
    """Bring in the shipped rules that a city does not have yet; return how many."""
    return bring(connection, read(SHIPPED), over=False)


def known(connection: Connection) -> list[dict[str, Any]]:
    """Return the city's rules, what must be seen first first."""
    rows = connection.execute(
        text("SELECT * FROM alert_rule ORDER BY array_position(:order, severity), code"), {"order": list(SEVERITIES)}
    )
    return [dict(row) for row in rows.mappings()]


def change(connection: Connection, code: str, **changes: object) -> Rule:
    """Change columns of one rule and return it. Raises BadValue: no such rule, or one that could not be judged."""
    held = {row["code"]: row for row in known(connection)}
    if code not in held:
        raise BadValue(name="rule", value=code, wanted=", ".join(held))
    rule = checked({**{name: held[code][name] for name in Rule.model_fields}, **changes})
    bring(connection, [rule], over=True)
    return rule
