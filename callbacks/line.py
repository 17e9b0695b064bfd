"""One page's open connection: what is pushed into its stores, written as JSON once for everybody who is told the same."""

import asyncio
import json

from dash.backends.ws import DashWebsocketCallback

from geodata.accounts import Principal

MOST_WAITING = 8
"""Messages that may wait for one page; one that is slower gets the whole state once it has caught up."""


class Line:
    """Where messages to one page go, until the page is gone or another line of the same page takes its place."""

    def __init__(self, principal: Principal, socket: DashWebsocketCallback) -> None:
        """Take who is there, and Dash's side of the connection."""
        self.principal = principal
        self.replaced = False
        self.woken = asyncio.Event()
        """Set where there is something to do, or where the line was replaced."""
        self._socket = socket
        # Dash's own set_props would write a message again for each page. tests/callbacks/test_hub.py notices where Dash
        # changes the form.
        queue = socket._get_outbound_queue()  # noqa: SLF001
        assert queue is not None
        self._queue = queue.async_q
        renderer = socket._renderer_id  # noqa: SLF001
        self.quiet = True
        """Whether nothing was pushed since it was last asked for a beat."""
        self.page = (id(queue), renderer)
        """Tells pages apart: tabs of one browser share a connection."""
        self._head = f'{{"type":"set_props","rendererId":{json.dumps(renderer)},"payload":{{"componentId":'

    @property
    def behind(self) -> bool:
        """Say whether this page takes messages more slowly than it is sent them."""
        return self._queue.qsize() >= MOST_WAITING

    def push(self, store: str, data: str) -> None:
        """Set a store of the page to what a JSON text says; nothing where the page is gone."""
        self.quiet = False
        if not self._socket.is_shutdown:
            self._queue.put_nowait(f'{self._head}"{store}","props":{{"data":{data}}}}}}}')

    def replace(self) -> None:
        """End: the page has another line."""
        self.replaced = True
        self.woken.set()

    async def end(self) -> None:
        """Wait until the line is replaced; where the page goes, Dash cancels whoever waits."""
        while not self.replaced:
            await self.woken.wait()
            self.woken.clear()
