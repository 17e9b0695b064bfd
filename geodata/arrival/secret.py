"""The secret of personal numbers: made once with the database, read through the gate, never told to anybody."""

from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import text

from geodata.database import Database
from geodata.feeds.floor.declaration import Feed, R

_KEY = text("SELECT value FROM setting WHERE name = 'feed_key'")
_known: WeakKeyDictionary[Database, str] = WeakKeyDictionary()


async def feed_key(database: Database, feed: Feed[Any]) -> str:
    """Return the secret where rows of this feed need one, else nothing. Raises DatabaseAway."""
    if not keyed_columns(feed):
        return ""
    if database not in _known:
        async with database.gate() as connection:
            _known[database] = str((await connection.scalars(_KEY)).one())
    return _known[database]


def keyed_columns(feed: Feed[R]) -> frozenset[str]:
    """Return the columns of a feed that hold numbers of persons, which become hashes at the door."""
    return _keyed(feed.row)


@cache
def _keyed(row: type[R]) -> frozenset[str]:
    columns = row.model_json_schema()["properties"]
    return frozenset(name for name, said in columns.items() if "'format': 'keyed'" in str(said))
