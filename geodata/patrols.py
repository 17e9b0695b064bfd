"""Patrol cells: the squares of populated land that patrols are to see, laid anew with another side."""

from sqlalchemy import Connection, text

from geodata.errors import BadValue

SMALLEST_M, LARGEST_M = 50, 2000


def lay_cells(connection: Connection, side_m: int) -> int:
    """Lay every cell anew with a side in metres, seen by what patrols told in the last 31 days; return how many there are.

    Raises BadValue where the side is not 50–2000.
    """
    if not SMALLEST_M <= side_m <= LARGEST_M:
        raise BadValue(name="side", value=side_m, wanted=f"{SMALLEST_M}–{LARGEST_M}")
    return int(connection.scalar(text("SELECT lay_patrol_cells(:side)"), {"side": side_m}) or 0)
