"""What a database needs done every now and then, whoever does it: single passages counted into their sums."""

from sqlalchemy import text

from geodata.database import Database

MOST = 200_000
"""Passages that one transaction counts: seconds of a full load, the hours of every post at most some times over."""
_FOLD = text("SELECT fold_passages(:most)")
_PATIENTLY = text("SET LOCAL statement_timeout = '60s'")


async def count_passages(database: Database) -> int:
    """Count every single passage that waits, MOST a transaction; return how many. Raises DatabaseAway, TooSlow.

    Several processes may do it at once: one counts, the others find nothing to do. What comes in meanwhile is left to the
    next time, so that under load more is counted at once.
    """
    counted = 0
    while True:
        async with database.gate() as connection:
            await connection.execute(_PATIENTLY)
            folded = int(await connection.scalar(_FOLD, {"most": MOST}) or 0)
        counted += folded
        if folded < MOST:
            return counted
