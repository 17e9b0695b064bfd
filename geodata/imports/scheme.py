"""The colour scheme out of a table: one row a state, checked as a scheme's file is."""

from datetime import UTC, datetime

from pydantic import ConfigDict, ValidationError
from sqlalchemy import Connection

from geodata.imports.rows import Read, Report, Row, checked
from geodata.schemes import Scheme, State, add
from geodata.schemes.check import Refused
from geodata.words import say


class StateRow(State, Row):
    """One state of the city's colour scheme; `severity` 1 is what must be seen first."""

    model_config = ConfigDict(extra="ignore")


def take_scheme(connection: Connection, rows: list[Read], report: Report) -> None:
    """Insert a new version of the city's colour scheme, in force from today. Raises RefusedRows."""
    good = checked(StateRow, rows, report)
    report.stop_if_refused()
    numbers = {row.code: read.number for read, row in good}
    zh, en = (say("scheme.imported", language) for language in ("zh", "en"))
    try:
        states = tuple(row for _, row in good)
        add(connection, Scheme(id="imported", version=datetime.now(UTC).date(), zh=zh, en=en, states=states))
    except Refused as refusal:
        for fault in refusal.faults:
            report.refuse(numbers.get(fault.state, 0), fault.column, fault.what("en"), fault.mend("en"))
    except ValidationError as error:
        report.refuse(0, "code", error.errors()[0]["msg"], say("scheme_mend.field", "en"))
    report.stop_if_refused()
    report.added += len(good)
