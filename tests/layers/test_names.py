from sqlalchemy import text

from geodata.database import Database
from tests.layers.looking import rows, view


def test_names_of_one_or_two_levels_at_a_time(tiny_city: Database) -> None:
    drawn = {zoom: {row.level for row in rows(tiny_city, "names", view(zoom=zoom))} for zoom in (5, 7, 9, 10, 12, 15)}
    assert drawn == {
        5: {"city"},
        7: {"city", "county"},
        9: {"county"},
        10: {"county", "township"},
        12: {"township", "village"},
        15: {"village", "grid"},
    }


def test_a_name_stands_inside_its_area_and_the_higher_goes_first(database: Database) -> None:
    found = rows(database, "names", view(zoom=10))
    with database.owner() as connection:
        for row in found:
            inside = text("SELECT ST_Intersects(mercator, CAST(:g AS geometry)) FROM area WHERE id = :id")
            assert connection.scalar(inside, {"id": row.id, "g": str(row.geom)})
    ranks = {row.level: row.rank for row in found}
    assert ranks["county"] < ranks["township"]
