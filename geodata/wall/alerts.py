"""Open alerts by severity and by age, as `/map` and the API count them."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.alerts.reading import counts
from geodata.wall.declaration import Block, Moment
from geodata.wall.shapes import plain


async def read(connection: AsyncConnection, code: str, moment: Moment) -> dict[str, Any]:
    """Return an area's open alerts at the moment."""
    return plain(await counts(connection, code, now=moment.now, at=moment.at))


BLOCK = Block("alerts", frozenset({"alert", "alert_rule", "alert_judged"}), read)
