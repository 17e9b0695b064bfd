"""`/tiles/{layer}/{z}/{x}/{y}.mvt`: the shortest way from a request to a tile, before any framework."""

import asyncio
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.responses import JSONResponse

from app.errors import extra_headers, problem, status_of, understood
from app.routes import asked
from geodata.errors import BadTile
from geodata.installation import Installation
from geodata.scope import Scope
from layers.registry import get
from layers.render.tile_cache import Tile
from layers.render.tiles import TileServer, Wanted

AsgiScope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
ADDRESS = re.compile(r"/tiles/([^/]{1,60})/(-?\d{1,9})/(-?\d{1,9})/(-?\d{1,9})\.mvt", re.ASCII)
KEEP = (b"cache-control", b"private, no-cache")
"""A browser keeps a tile but asks each time whether it is still the one."""
SOON_S = 0.05
"""A tile that takes longer than this is given up when its client goes away."""


class TileRoute:
    """Answers tile addresses; the signed-in reader's scope is found by `reader(asgi_scope)`."""

    def __init__(
        self, tiles: TileServer, installation: Callable[[], Installation], reader: Callable[[AsgiScope], Scope]
    ) -> None:
        """Take who cuts tiles, what the city is, and who knows the reader (it may raise NotSignedIn)."""
        self.tiles = tiles
        self.installation = installation
        self.reader = reader

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        """Answer 200, 204 for an empty tile, 304 for the one the browser has, or a refusal in one sentence."""
        try:
            wanted = self._wanted(scope)
            tile = self.tiles.held(wanted) or await _while_connected(self.tiles.cut(wanted), receive)
        except Exception as error:  # noqa: BLE001 - every error becomes an answer
            headers = Headers(scope=scope)
            refusal = understood(error)
            answer = JSONResponse(problem(refusal, asked.language(headers)), status_of(refusal), extra_headers(refusal))
            await answer(scope, receive, send)
            return
        if tile is not None:
            await _send(scope, send, tile)

    def _wanted(self, scope: AsgiScope) -> Wanted:
        reader = self.reader(scope)
        found = ADDRESS.fullmatch(scope["path"])
        if found is None:
            raise BadTile(layer="?", z="?", x="?", y="?", min_zoom=0, max_zoom=22)
        layer = get(found[1], reader)
        z, x, y = int(found[2]), int(found[3]), int(found[4])
        if not scope["query_string"]:
            return self.tiles.wanted(layer, z, x, y, reader)
        query = {name: values[0] for name, values in parse_qs(scope["query_string"].decode("latin-1")).items()}
        at = asked.moment(query.get("at"), self.installation().zone)
        return self.tiles.wanted(layer, z, x, y, reader, at, asked.measure(query.get("measure"), layer))


async def _while_connected(cutting: Awaitable[Tile], receive: Receive) -> Tile | None:
    """Return the tile, or none where the client went away first, in which case it is not waited for any more."""
    answering = asyncio.current_task()
    assert answering is not None
    watches: list[asyncio.Task[None]] = []

    def watch() -> None:
        watches.append(asyncio.ensure_future(_until_gone(receive, answering)))

    # A task costs as much as the rest of an answer, and most tiles are there before a client could have gone.
    later = asyncio.get_running_loop().call_later(SOON_S, watch)
    try:
        return await cutting
    except asyncio.CancelledError:
        if not any(task.done() for task in watches):
            raise
        answering.uncancel()
        return None
    finally:
        later.cancel()
        for task in watches:
            task.cancel()


async def _until_gone(receive: Receive, answering: "asyncio.Task[object]") -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    answering.cancel()


async def _send(scope: AsgiScope, send: Send, tile: Tile) -> None:
    tag = tile.etag.encode()
    headers = [(b"etag", tag), KEEP, (b"vary", b"cookie, authorization")]
    if any(name == b"if-none-match" and tag in value for name, value in scope["headers"]):
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return
    if tile.body:
        headers += [
            (b"content-type", b"application/vnd.mapbox-vector-tile"),
            (b"content-encoding", b"gzip"),
            (b"content-length", str(len(tile.body)).encode()),
        ]
    await send({"type": "http.response.start", "status": 200 if tile.body else 204, "headers": headers})
    await send({"type": "http.response.body", "body": tile.body})
