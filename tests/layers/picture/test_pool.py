import asyncio
import os
import signal

import pytest

from layers.render.picture.draw import draw
from layers.render.picture.pool import Pool
from tests.picture_sheets import sheet


async def test_a_pool_draws_what_a_process_draws_and_ends_its_processes() -> None:
    async with Pool(2) as pool:
        await pool.warm()
        small = sheet(order={"size": "900x383"})
        found = await asyncio.gather(pool.draw(small, "png"), pool.draw(small, "svg"), pool.draw(small, "png"))
        assert found == [draw(small, "png"), draw(small, "svg"), draw(small, "png")]
        workers = pool.pids()
        assert workers
    for worker in workers:
        with pytest.raises(ProcessLookupError):
            os.kill(worker, 0)
    with pytest.raises(RuntimeError):
        await pool.draw(small, "png")


async def test_a_killed_process_is_replaced_and_its_picture_drawn_again() -> None:
    async with Pool(1) as pool:
        await pool.warm()
        (first,) = pool.pids()
        waiting = asyncio.create_task(pool.draw(sheet(order={"size": "a3"}), "png"))
        await asyncio.sleep(0.2)
        os.kill(first, signal.SIGKILL)
        assert (await waiting).startswith(b"\x89PNG")
        assert pool.pids() != (first,)


async def test_many_sheets_come_back_each_with_its_place() -> None:
    sheets = [(sheet(order={"size": f"{width}x400"}), "png") for width in (400, 500, 600)]
    async with Pool(2) as pool:
        found = {place: content async for place, content in pool.draw_many(sheets)}
    assert sorted(found) == [0, 1, 2]
    assert found[2] == draw(sheets[2][0], "png")
