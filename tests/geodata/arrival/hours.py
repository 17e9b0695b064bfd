"""Rows of passages for tests of the door."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.geodata.feeds.conftest import POST

HOUR = (datetime.now(UTC) - timedelta(hours=30)).replace(minute=0, second=0, microsecond=0)


def passed(post: str = POST, hours: int = 0, **more: Any) -> dict[str, Any]:
    """Return one right row as JSON would carry it, `hours` after HOUR."""
    hour = HOUR + timedelta(hours=hours)
    figures = {"passed": 5, "home_quarantine": 0, "central_quarantine": 0, "turned_back": 0, "seconds": 75}
    reported = (hour + timedelta(minutes=61)).isoformat()
    return {"checkpoint": post, "hour": hour.isoformat(), "reported_at": reported} | figures | more
