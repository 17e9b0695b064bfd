from collections.abc import AsyncIterator, Iterator

import pytest
from sqlalchemy import make_url

from geodata.database import Database
from tests.app.running import Running, add_people, running
from tests.conftest import lent_database, new_database


@pytest.fixture(scope="session")
def peopled_template(cluster_url: str, tiny_template: str) -> str:
    """Return the name of the tiny city with one account a role: hashing passwords takes its time on purpose."""
    database = new_database(cluster_url, tiny_template)
    add_people(database)
    name = make_url(database.url).database
    assert name
    return name


@pytest.fixture
def peopled_city(cluster_url: str, peopled_template: str) -> Iterator[Database]:
    """Return a fresh copy of the tiny city with its accounts; a test may change it."""
    with lent_database(cluster_url, peopled_template) as database:
        yield database


@pytest.fixture
async def house(peopled_city: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Running]:
    """Run the application over the tiny city, with nobody signed in."""
    async with running(peopled_city, monkeypatch) as found:
        yield found
