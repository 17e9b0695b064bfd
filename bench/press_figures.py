"""What may be published: one hour of a city of a million households counted, proved and kept, and then read."""

from datetime import UTC, datetime, timedelta
from time import perf_counter

from sqlalchemy import text

from bench.figures import Figure, Stage, bench
from geodata.database import Database
from geodata.press.figures import ensure_vintage

HOURS = 3


@bench
def press_figures(stage: Stage) -> list[Figure]:
    """Make some hours of a week, one after the other, as pictures of several days ask for them; then ask for one again."""
    times: dict[str, list[float]] = {}
    for size in ("small", "city"):
        database = Database(stage.database_url(size))
        with database.owner() as connection:
            connection.execute(text("DELETE FROM vintage"))
        now = datetime.now(UTC)
        times[size] = [_made(database, now - timedelta(days=2 * nth), now) for nth in range(HOURS)]
        times[size].append(_made(database, now, now))
        database.dispose()
    made, again = max(times["city"][:HOURS]), times["city"][HOURS]
    small = max(times["small"][:HOURS])
    return [
        Figure("an hour counted, protected and kept, 1,000,000 households", made, None, "s", "<= 30"),
        Figure("the same, 1,000,000 against 60,000", made, small, "s", "<= 3"),
        Figure("an hour that is kept, asked for again", again * 1000, None, "ms", "<= 50"),
    ]


def _made(database: Database, at: datetime, now: datetime) -> float:
    began = perf_counter()
    ensure_vintage(database, at, now)
    return perf_counter() - began
