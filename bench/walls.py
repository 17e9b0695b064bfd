"""Connected walls, many of them, in a process of its own: `python -m bench.walls SERVER COOKIES OUT CODE`.

Each speaks to the server as Dash's page does. COOKIES is a file with one Cookie header a line, a wall each; it says
`ready` once every wall was told its first state, and at the end of its input it writes to OUT one line a message: wall,
seq, households in the state CODE, when it arrived.
"""

import asyncio
import json
import re
import sys
import time
from pathlib import Path

import httpx
from websockets.asyncio.client import ClientConnection, connect

SEQ = re.compile(r'"seq": ?(\d+)')
Heard = list[tuple[int, int, int, float]]


async def wall(nth: int, server: str, cookie: str, asking: str, count: re.Pattern[str], heard: Heard) -> None:
    """Listen for ever; a count of -1 is a message without it."""
    address = f"{server.replace('http', 'ws', 1)}/_dash-ws-callback"
    async with connect(address, additional_headers={"Cookie": cookie}, origin=server, max_size=1 << 24) as socket:  # type: ignore[arg-type]
        await socket.send(asking)
        beats = asyncio.create_task(_live(socket))
        try:
            async for said in socket:
                text = str(said)
                if seq := SEQ.search(text):
                    found = count.search(text)
                    heard.append((nth, int(seq[1]), int(found[1]) if found else -1, time.time()))
        finally:
            beats.cancel()


async def _live(socket: ClientConnection) -> None:
    """Ask for a sign of life, as Dash's worker does."""
    while True:
        await asyncio.sleep(4)
        await socket.send('{"type": "heartbeat"}')


def asking(server: str, cookie: str) -> str:
    """Return what a page sends to listen to its own area."""
    listed = httpx.get(f"{server}/_dash-dependencies", headers={"Cookie": cookie}).json()
    output = next(row["output"] for row in listed if [place["id"] for place in row["inputs"]] == ["wall-listen"])
    place = {"id": "wall-listen", "property": "data", "value": {}}
    payload = {"output": output, "inputs": [place], "changedPropIds": ["wall-listen.data"]}
    return json.dumps({"type": "callback_request", "rendererId": "bench", "requestId": "1", "payload": payload})


async def main(server: str, cookies: list[str], code: str) -> Heard:
    """Connect every wall, say so, and listen until the input ends."""
    heard: Heard = []
    count, ask = re.compile(rf'"{code}": ?(\d+)'), asking(server, cookies[0])
    walls = []
    for nth, cookie in enumerate(cookies):
        walls.append(asyncio.create_task(wall(nth, server, cookie, ask, count, heard)))
        await asyncio.sleep(0.01)
    while len({nth for nth, *_ in heard}) < len(cookies):
        await asyncio.sleep(0.1)
        for one in walls:
            if one.done():
                one.result()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)
    for one in walls:
        one.cancel()
    await asyncio.gather(*walls, return_exceptions=True)
    return heard


if __name__ == "__main__":
    lines = asyncio.run(main(sys.argv[1], Path(sys.argv[2]).read_text().splitlines(), sys.argv[4]))
    Path(sys.argv[3]).write_text("\n".join(" ".join(map(str, line)) for line in lines))
