from sqlalchemy import text

from geodata.database import Database
from geodata.model import Role
from tests.layers.looking import rows, scope, view
from tests.places import CITY, EAST


def test_lower_levels_come_with_the_zoom(tiny_city: Database) -> None:
    drawn = {zoom: {row.level for row in rows(tiny_city, "boundaries", view(zoom=zoom))} for zoom in (5, 10, 12, 14)}
    assert drawn[5] == {"city", "county"}
    assert drawn[10] == drawn[5] | {"township"}
    assert drawn[12] == drawn[14] == drawn[10] | {"village"}


def test_an_officer_sees_the_border_of_their_own_area_first(tiny_city: Database) -> None:
    found = rows(tiny_city, "boundaries", view(zoom=6), scope(tiny_city, f"{EAST}001001", Role.OFFICER))
    assert [row.level for row in found] == ["village"]


def test_a_border_is_a_line(tiny_city: Database) -> None:
    found = rows(tiny_city, "boundaries", view(zoom=5))
    with tiny_city.owner() as connection:
        kinds = {
            connection.scalar(text("SELECT GeometryType(CAST(:g AS geometry))"), {"g": str(row.geom)}) for row in found
        }
    assert kinds <= {"LINESTRING", "MULTILINESTRING"}
    assert CITY in {row.code for row in found}
