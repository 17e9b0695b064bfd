"""Whatever numbers the feeds bring, as the desk and the API show them: one block for all of them."""

from importlib import import_module
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.wall.declaration import Block, Moment
from geodata.wall.shapes import plain


class _TablesOfNumbers:
    """Every table that any number is read from. Looked up when asked: numbers may import what this package holds."""

    def __contains__(self, table: object) -> bool:
        return any(table in number.tables for number in import_module("geodata.numbers").NUMBERS.values())


async def read(connection: AsyncConnection, code: str, moment: Moment) -> dict[str, Any]:
    """Return an area's numbers at the moment, in the order they are shown; for readers who work there alone."""
    reading = import_module("geodata.numbers.reading")
    known = import_module("geodata.numbers").NUMBERS
    found = await reading.read(connection, code, moment, known.values())
    return plain({"numbers": found, "data_time": reading.newest(found)})


BLOCK = Block("numbers", _TablesOfNumbers(), read)
