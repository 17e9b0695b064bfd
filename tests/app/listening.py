"""A page of a wall as Dash's renderer speaks for it, over the application itself."""

import asyncio
import json
from typing import Any

from app.signin import COOKIE
from tests.app.running import Running
from tests.app.test_signin import Socket


class Page:
    """One page on a connection of its own: asks to be told, and keeps what it was told."""

    def __init__(self, house: Running, cookie: str, output: str, *, room: int = 0) -> None:
        self.socket = Socket(house, cookie, "http://wangge", room=room)
        self.output = output
        self.messages: list[dict[str, Any]] = []
        self.beats: list[dict[str, Any]] = []
        self.raw: list[str] = []
        self.closed: dict[str, Any] | None = None

    def ask(self, **asked: Any) -> None:
        """Set the wall's store, as the page does."""
        place = {"id": "wall-listen", "property": "data"}
        payload = {
            "output": self.output,
            "inputs": [{**place, "value": asked}],
            "changedPropIds": ["wall-listen.data"],
        }
        said = {"type": "callback_request", "rendererId": "r1", "requestId": str(id(asked)), "payload": payload}
        self.socket.inward.put_nowait({"type": "websocket.receive", "text": json.dumps(said)})

    async def read(self, seconds: float = 5) -> dict[str, Any]:
        """Return the next message to the wall."""
        async with asyncio.timeout(seconds):
            count = len(self.messages)
            while len(self.messages) == count:
                self._take(await self.socket.outward.get())
        return self.messages[-1]

    async def read_all(self, quiet: float = 0.6) -> None:
        """Read until nothing comes any more."""
        while True:
            try:
                await self.read(quiet)
            except TimeoutError:
                return

    def leave(self) -> None:
        """Close the page."""
        self.socket.inward.put_nowait({"type": "websocket.disconnect", "code": 1000})

    def _take(self, message: dict[str, Any]) -> None:
        if message["type"] != "websocket.send":
            return
        said = json.loads(message["text"])
        if said["type"] != "set_props":
            return
        assert said["rendererId"] == "r1"
        found = said["payload"]
        if found["componentId"] == "beat":
            self.beats.append(found["props"]["data"])
        elif found["componentId"] == "wall-news":
            self.raw.append(json.dumps(found["props"]["data"]))
            self.messages.append(found["props"]["data"])


async def listener_of(house: Running) -> str:
    """Return Dash's name of the callback that walls listen with."""
    listed = (await house.client.get("/_dash-dependencies")).json()
    return next(str(row["output"]) for row in listed if [place["id"] for place in row["inputs"]] == ["wall-listen"])


async def page(house: Running, *, room: int = 0, **asked: Any) -> Page:
    """Open a page of whoever is signed in, and let it listen."""
    found = Page(house, house.client.cookies[COOKIE], await listener_of(house), room=room)
    assert (await found.socket.next())["type"] == "websocket.accept"
    found.ask(**asked)
    return found
