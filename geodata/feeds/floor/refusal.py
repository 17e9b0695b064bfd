"""Why a row is not taken: said in a sentence with what to do about it, and never with the value that was sent."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from geodata.arrival.somebody import covered
from geodata.errors import RefusedRows
from geodata.words import say

WHOLE = 0
"""The row number of a fault of the whole delivery; the first row is 1."""
FAULTS_A_ROW = 5
MOST_FAULTS = 100_000
_WHY = {
    "missing": "missing",
    "extra_forbidden": "extra",
    "greater_than_equal": "too_small",
    "less_than_equal": "too_large",
    "literal_error": "choice",
    "enum": "choice",
    "timezone_aware": "zone",
    "json_invalid": "not_json",
}
_WHY_BY_TYPE = {
    "int": "whole_number",
    "float": "number",
    "finite": "number",
    "string": "text",
    "uuid": "uuid",
    "bool": "yes_no",
    "model": "object",
    "datetime": "moment",
    "date": "day",
}
OWN = frozenset(
    {
        "bad_shape",
        "before_began",
        "before_hour",
        "clock",
        "day",
        "ended_before",
        "good_twice",
        "goods",
        "mobile",
        "moment",
        "more_than_staff",
        "no_point",
        "no_polygon",
        "no_shape",
        "not_keyed",
        "part_hour",
        "personal",
        "same_hospital",
        "too_many_goods",
        "too_new",
        "too_old",
        "trip_number",
        "which_household",
    }
)
"""Reasons that our own checks of a row give; they name themselves."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One thing wrong with one row: `why` names its two sentences in the catalogue, `facts` fill their gaps."""

    row: int
    column: str
    why: str
    facts: Mapping[str, object] = field(default_factory=dict)

    def renumbered(self, numbers: Sequence[int]) -> "Refusal":
        """Return the same of rows that were counted from 1 and are known by these numbers."""
        facts = dict(self.facts)
        if isinstance(first := facts.get("first"), int):
            facts["first"] = numbers[first - 1]
        return replace(self, row=numbers[self.row - 1], facts=facts)

    def said(self, language: str) -> dict[str, object]:
        """Return it as an answer carries it."""
        facts = {"column": self.column, **self.facts}
        return {
            "row": self.row,
            "column": self.column,
            "reason": say(f"refusal.{self.why}", language, **facts),
            "suggestion": say(f"suggestion.{self.why}", language, **facts),
        }


class Refused(RefusedRows):
    """Rows that a feed cannot take; nothing of the delivery was written."""

    def __init__(self, refusals: Iterable[Refusal], language: str = "zh") -> None:
        """Keep every refusal, in the order of the rows, with its sentences in one language."""
        self.refusals = sorted(refusals, key=lambda refusal: refusal.row)
        super().__init__([refusal.said(language) for refusal in self.refusals])

    def in_(self, language: str) -> "Refused":
        """Return the same refusal in `zh` or `en`."""
        return Refused(self.refusals, language)


def whole(why: str, **facts: object) -> Refused:
    """Return the refusal of a delivery as a whole."""
    return Refused([Refusal(WHOLE, "", why, facts)])


def stop(refusals: Sequence[Refusal]) -> None:
    """Raise Refused where there is anything to refuse."""
    if refusals:
        raise Refused(refusals)


def explained(error: ValidationError, columns: Iterable[str], row: int | None = None) -> list[Refusal]:
    """Return what pydantic found as refusals; `row` is given where the error is about one row alone."""
    if error.error_count() > MOST_FAULTS:
        return [Refusal(WHOLE if row is None else row, "", "too_many_faults")]
    known, counted, found = ", ".join(columns), dict[int, int](), list[Refusal]()
    for detail in error.errors(include_url=False, include_input=False):
        refusal = _explain(detail, known, row)
        counted[refusal.row] = counted.get(refusal.row, 0) + 1
        if counted[refusal.row] <= FAULTS_A_ROW:
            found.append(refusal)
    return found


_SIX_DIGITS = frozenset({r"^\d{6}$", r"^[1-9]\d{5}$"})
"""Patterns of codes of counties, cities and provinces."""


def _explain(detail: ErrorDetails, known: str, row: int | None) -> Refusal:
    place, facts = list(detail["loc"]), detail.get("ctx", {})
    if row is None:
        row = int(place.pop(0)) + 1 if place else WHOLE
    # The name of a column may be what should stand below it: a table without a head, turned into JSON.
    column = covered(str(facts.get("column", _column(place))))[:64]
    expected = ", ".join(re.findall(r"'([^']*)'", str(facts.get("expected", ""))))
    limit = facts.get("ge", facts.get("le", ""))
    detail_of_json = str(facts.get("error", "")) if detail["type"] == "json_invalid" else ""
    why = "six_digits" if facts.get("pattern") in _SIX_DIGITS else _why(detail["type"])
    return Refusal(
        row,
        column,
        why,
        {"columns": known, "expected": expected, "limit": limit, "error": detail_of_json},
    )


def _column(place: Sequence[int | str]) -> str:
    """Return the name of a column; inside a list as `goods[2].price`, counted from 1."""
    written = [f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in place[1:]]
    return f"{place[0]}{''.join(written)}" if place else ""


def _why(kind: str) -> str:
    if kind in OWN:
        return kind
    return _WHY.get(kind) or _WHY_BY_TYPE.get(kind.partition("_")[0], "unreadable")
