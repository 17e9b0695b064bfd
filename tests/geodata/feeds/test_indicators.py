"""Indicators, as they come in, and the sample file with the figures of the sources."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from geodata.arrival.door import Delivered, deliver
from geodata.database import Database
from geodata.demo import samples
from geodata.scope import Scope
from tests.geodata.feeds.counting import one
from tests.geodata.feeds.test_delivery import KNOWN, NEW, refusals
from tests.places import CITY, EAST, WEST

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = NOW.date() - timedelta(days=1)


def figure(value: float = 10, minute: int = 0, **more: Any) -> dict[str, Any]:
    row = {"code": "news", "title_zh": "阅读量", "unit": "次", "area": EAST, "day": DAY, "value": value}
    return row | {"reported_at": NOW - timedelta(hours=2) + timedelta(minutes=minute)} | more


async def test_the_newest_report_of_a_day_counts(city: Database, east: Scope) -> None:
    rows = [figure(10, 5), figure(8), figure(7, 9, day=DAY - timedelta(days=1), title_zh="点击量", title_en="Clicks")]
    assert await deliver(city, east, "indicators", rows, "t") == Delivered(2, 1)
    assert await deliver(city, east, "indicators", rows, "t") == Delivered(0, 3)
    assert await deliver(city, east, "indicators", figure(99, 1), "t") == KNOWN
    assert await deliver(city, east, "indicators", figure(12.5, 8), "t") == NEW
    assert one(city, "SELECT name_zh || '/' || name_en FROM indicator") == "点击量/Clicks"
    assert one(city, "SELECT array_agg(value ORDER BY day) FROM indicator_day") == [7, 12.5]


async def test_a_code_belongs_to_its_area(city: Database, scope: Callable[..., Scope]) -> None:
    """Two counties may call different things by one code; neither renames the other's."""
    for code, words in ((EAST, "东"), (WEST, "西")):
        await deliver(city, scope(code), "indicators", figure(area=code, title_zh=words), "t")
    with city.owner() as connection:
        assert connection.scalars(text("SELECT name_zh FROM indicator ORDER BY name_zh")).all() == ["东", "西"]
    for code, seen in ((EAST, 1), (CITY, 2)):
        async with city.scoped(scope(code)) as connection:
            assert await connection.scalar(text("SELECT count(*) FROM indicator")) == seen
            assert await connection.scalar(text("SELECT count(*) FROM indicator_day")) == seen


async def test_what_does_not_fit_is_refused(city: Database, east: Scope) -> None:
    assert await refusals(city, east, "indicators", figure(area=WEST)) == [(1, "area", "unknown_area")]
    assert await refusals(city, east, "indicators", figure(float("nan"))) == [(1, "value", "number")]
    assert await refusals(city, east, "indicators", figure(better="sideways")) == [(1, "better", "choice")]
    assert await refusals(city, east, "indicators", figure(source="张 139 1234 5678")) == [(1, "source", "personal")]
    assert one(city, "SELECT count(*) FROM indicator") == 0


async def test_the_figures_of_the_sources_load_as_they_stand(city: Database, scope: Callable[..., Scope]) -> None:
    """Each with its source and its day; sent again they change nothing."""
    with city.owner() as connection:
        connection.execute(text("UPDATE area SET code = '411200' WHERE level = 'city'"))
    rows = samples.rows()
    everywhere = scope("411200")
    assert await deliver(city, everywhere, "indicators", rows, "t") == Delivered(len(rows), 0)
    assert await deliver(city, everywhere, "indicators", rows, "t") == Delivered(0, len(rows))
    with city.owner() as connection:
        kept = connection.execute(
            text(
                "SELECT i.code, d.value, d.target, d.day, d.source FROM indicator i JOIN indicator_day d ON indicator_id = id"
            )
        ).all()
    figures = {row.code: (row.value, row.target) for row in kept}
    assert figures == {
        "src_checkpoints": (33_172, None),
        "src_reporters": (1_386, None),
        "src_report_coverage": (100, 100),
        "src_codes_registered": (219, 240),
        "src_hotline_received": (6_775, None),
        "src_hotline_closed": (6_673, 6_775),
        "src_hotline_closing": (98.5, None),
        "src_seconds_paper": (60, None),
        "src_seconds_code": (15, None),
    }
    assert all(row.source and f"{row.day:%Y-%m}" == "2020-02" for row in kept)
