from collections.abc import AsyncIterator, Iterator

import pytest

from geodata.database import Database
from tests.app.running import Running, add_people, running
from tests.lending import Lender, name_of


@pytest.fixture(scope="session")
def peopled_template(lender: Lender, tiny_template: str) -> str:
    """Return the name of the tiny city with one account a role: hashing passwords takes its time on purpose."""
    database = lender.new(tiny_template)
    add_people(database)
    return name_of(database)


@pytest.fixture
def peopled_city(lender: Lender, peopled_template: str) -> Iterator[Database]:
    """Return a fresh copy of the tiny city with its accounts; a test may change it."""
    with lender.lent(peopled_template) as database:
        yield database


@pytest.fixture
async def house(peopled_city: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Running]:
    """Run the application over the tiny city, with nobody signed in."""
    async with running(peopled_city, monkeypatch) as found:
        yield found
