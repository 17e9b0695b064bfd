"""What a database needs done every now and then, whoever does it: single passages counted into their sums."""

from sqlalchemy import text

from geodata.database import Database

_FOLD = text("SELECT fold_passages()")


async def count_passages(database: Database) -> int:
    """Count every single passage that waits, some thousands a transaction; return how many. Raises DatabaseAway, TooSlow.

    Several processes may do it at once: one counts, the others find nothing to do.
    """
    counted = 0
    while True:
        async with database.gate() as connection:
            folded = int(await connection.scalar(_FOLD) or 0)
        if not folded:
            return counted
        counted += folded
