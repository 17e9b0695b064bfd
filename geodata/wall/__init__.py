"""The command wall's blocks: one file a block, found by file; each is read by itself, so that none takes others with it."""

import logging
import pkgutil
from collections.abc import Collection
from importlib import import_module
from types import MappingProxyType
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.areas import current_code
from geodata.database import understood
from geodata.errors import DatabaseAway, WanggeError
from geodata.scope import Scope
from geodata.summaries import walking_once
from geodata.wall.declaration import Block, Moment

__all__ = ["BLOCKS", "Block", "Moment", "for_reader", "read"]

LOG = logging.getLogger(__name__)
FLOOR = {"declaration", "shapes"}


def _found() -> dict[str, Block]:
    """Return every block by id. Raises ValueError for a file without one, or two of one id."""
    blocks: dict[str, Block] = {}
    for module in pkgutil.iter_modules(__path__):
        if module.name in FLOOR:
            continue
        block = getattr(import_module(f"{__name__}.{module.name}"), "BLOCK", None)
        if not isinstance(block, Block) or block.id in blocks:
            raise ValueError(f"geodata/wall/{module.name}.py: declares no BLOCK, or one whose id is taken")
        blocks[block.id] = block
    return blocks


async def read(
    connection: AsyncConnection, code: str, moment: Moment, wanted: Collection[str]
) -> dict[str, dict[str, Any]]:
    """Return the wanted blocks of an area by id; one that fails is `{"error": <sentence key>}`, and others go on.

    Takes an area's present or older code. Raises UnknownArea, DatabaseAway.
    """
    code = await current_code(connection, code)
    figures: dict[str, dict[str, Any]] = {}
    left = [BLOCKS[name] for name in wanted if name in BLOCKS]
    with walking_once():
        while left:
            await _read_until_one_fails(connection, code, moment, left, figures)
    return figures


async def _read_until_one_fails(
    connection: AsyncConnection, code: str, moment: Moment, left: list[Block], figures: dict[str, dict[str, Any]]
) -> None:
    """Read blocks off the list inside one savepoint: nothing is written, so going back to it loses no figure read."""
    savepoint = await connection.begin_nested()
    try:
        while left:
            block = left.pop(0)
            figures[block.id] = await block.read(connection, code, moment)
        await savepoint.commit()
    except Exception as error:
        key = _sentence(error)
        LOG.exception("the wall's block %s failed", block.id)
        figures[block.id] = {"error": key}
        await savepoint.rollback()


def _sentence(error: Exception) -> str:
    """Return the key of the sentence that says why a block failed. Raises DatabaseAway, which no block survives."""
    known = error if isinstance(error, WanggeError) else understood(error)
    if isinstance(known, DatabaseAway):
        raise known from error
    return known.key if known is not None else WanggeError.key


def for_reader(scope: Scope) -> frozenset[str]:
    """Return the ids of the blocks that a reader's role may see."""
    return frozenset(name for name, block in BLOCKS.items() if scope.homes or not block.inside)


BLOCKS: MappingProxyType[str, Block] = MappingProxyType(_found())
"""Every block by id."""
