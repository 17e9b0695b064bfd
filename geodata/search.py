"""Finding a place by what people say: name, code, address or pinyin; only within the reader's areas."""

import re
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.areas import statement
from geodata.errors import BadValue

MOST = 100
LONGEST = 100
SHORTEST_ADDRESS = 3
"""Letters of an address in one piece at least: fewer are in thousands of addresses, and the index knows threes."""


async def search(connection: AsyncConnection, words: str, *, limit: int = 20) -> list[dict[str, Any]]:
    """Return places that match all of `words`, best first: kind, id, code, title, subtitle, lon, lat, zoom.

    Areas come first, then hotels and clinics, posts, buildings. Raises BadValue where `words` is too long.
    """
    if len(words) > LONGEST:
        raise BadValue(name="q", value=f"{words[:20]}…", wanted=f"≤ {LONGEST}")
    if not 1 <= limit <= MOST:
        raise BadValue(name="limit", value=limit, wanted=f"1–{MOST}")
    parts = words.split()
    if not parts:
        return []
    plain = "".join(parts).lower()
    binds = {
        "words": " ".join(parts),
        "start": f"{_literal(' '.join(parts))}%",
        "inside": f"%{'%'.join(map(_literal, parts))}%",
        "pinyin": f"{_literal(plain)}%" if re.fullmatch(r"[a-z]+", plain) else None,
        "address": max(map(len, parts)) >= SHORTEST_ADDRESS,
        "limit": limit,
    }
    return [dict(row) for row in (await connection.execute(statement("search"), binds)).mappings()]


def _literal(text: str) -> str:
    """Return a text as LIKE takes it for itself."""
    return re.sub(r"([\\%_])", r"\\\1", text)
