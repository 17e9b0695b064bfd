"""The tiny city without its own rule: each test brings the rules that it is about."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from geodata.alerts import rules
from geodata.database import Database

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
async def city(tiny_city: Database) -> AsyncIterator[Database]:
    """Return the tiny city in which nothing is an alert yet."""
    with tiny_city.owner() as connection:
        for table in ("alert_event", "alert", "alert_judged", "alert_rule"):
            connection.execute(text(f"DELETE FROM {table}"))
        connection.execute(text("DELETE FROM fever_report"))
    yield tiny_city
    await tiny_city.close()


@pytest.fixture
def ruled(city: Database) -> Callable[..., None]:
    """Return what brings in one of the shipped rules, changed as asked."""
    shipped = {rule.code: rule for rule in rules.read(rules.SHIPPED)}

    def bring(code: str, **changes: Any) -> None:
        with city.owner() as connection:
            rules.bring(connection, [rules.checked({**shipped[code].model_dump(), **changes})], over=True)

    return bring


def run(database: Database, statement: str, **values: object) -> Any:
    """Run one statement as the owner; return its rows, if it has any."""
    with database.owner() as connection:
        result = connection.execute(text(statement), values)
        return [tuple(row) for row in result] if result.returns_rows else None
