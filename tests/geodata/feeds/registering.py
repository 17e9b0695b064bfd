"""What the tests of registries share: where the examples' area lies, and whose areas are whose."""

from geodata.arrival.door import Delivered
from geodata.database import Database
from tests.geodata.feeds.counting import one
from tests.places import EAST, GRIDS, WEST

EXAMPLE_AREA = (
    "UPDATE area SET place = ST_Multi(ST_MakeEnvelope(111.15, 34.75, 111.25, 34.82, 4326)) "
    "WHERE code = '411202001001001'"
)
"""The area that the examples name, where their places are."""
HOME, NEXT, ABROAD = GRIDS[EAST][0], GRIDS[EAST][1], GRIDS[WEST][0]
PLACE = {"lon": 111.0045, "lat": 34.0045}
"""In HOME, and less than two kilometres from NEXT."""
PLACE_ABROAD = {"lon": 111.0245, "lat": 34.0045}
NEW, KNOWN = Delivered(1, 0), Delivered(0, 1)


def area_of(city: Database, table: str, code: str) -> str:
    """Return the code of the area in which a thing is registered."""
    joined = f"SELECT a.code FROM {table} t JOIN area a ON (a.id, a.path) = (t.area_id, t.path) WHERE t.code = :code"
    return str(one(city, joined, code=code))
