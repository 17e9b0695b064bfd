"""A meter on the wire: passes bytes between a browser and a server, and counts those that come back."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Meter:
    """Counts what a server sends, whoever of the browser's threads and workers asked for it."""

    def __init__(self, port: int) -> None:
        """Stand before the server on this port of this machine."""
        self.server_port = port
        self.port = 0
        self.bytes = 0

    async def serve(self, ready: threading.Event, stop: asyncio.Event) -> None:
        """Listen on a free port until told to stop."""
        server = await asyncio.start_server(self._pass, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        async with server:
            await stop.wait()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inward, outward = await asyncio.open_connection("127.0.0.1", self.server_port)
        await asyncio.gather(self._copy(reader, outward, count=False), self._copy(inward, writer, count=True))

    async def _copy(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, *, count: bool) -> None:
        with suppress(ConnectionError):
            while data := await source.read(65536):
                self.bytes += len(data) if count else 0
                target.write(data)
                await target.drain()
        target.close()


@contextmanager
def metered(port: int) -> Iterator[Meter]:
    """Run a meter before a port until the block ends."""
    meter, ready, stop, loop = Meter(port), threading.Event(), asyncio.Event(), asyncio.new_event_loop()
    thread = threading.Thread(target=lambda: loop.run_until_complete(meter.serve(ready, stop)), daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield meter
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
