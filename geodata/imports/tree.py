"""The area tree out of a file: parents before children, polygons mended, nothing without a parent."""

from typing import Annotated

from pydantic import StringConstraints
from pypinyin import Style, lazy_pinyin
from sqlalchemy import Connection, text

from geodata.imports.rows import Read, Report, Row, checked, polygons
from geodata.model.areas import Level

LEVELS = list(Level)
Code = Annotated[str, StringConstraints(min_length=1, max_length=40)]


class AreaRow(Row):
    """One area; a city has no `parent_code`, everything else does."""

    code: Code
    name: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    level: Level
    parent_code: str | None = None
    leader: str | None = None
    telephone: str | None = None


def take_areas(connection: Connection, rows: list[Read], report: Report) -> None:
    """Insert or update areas in the caller's transaction. Raises RefusedRows."""
    good = checked(AreaRow, rows, report)
    _demand_unique(good, report)
    known = {row.code: row.level for row in connection.execute(text("SELECT code, level FROM area"))}
    levels = {**known, **{row.code: row.level.value for _, row in good}}
    for read, row in good:
        _demand_parent(read, row, levels, report)
    places = {row.code: polygons(read, report) for read, row in good}
    report.stop_if_refused()
    # A parent's level is above its child's, so this order writes every parent first.
    for _, row in sorted(good, key=lambda pair: LEVELS.index(pair[1].level)):
        place = places[row.code]
        binds = {
            **row.model_dump(),
            "level": row.level.value,
            "pinyin": pinyin(row.name),
            "place": place.wkb if place is not None else None,
        }
        if row.code in known:
            connection.execute(_UPDATE, binds)
            report.changed += 1
        else:
            connection.execute(_INSERT, binds)
            report.added += 1
    _name_the_city(connection)


_INSERT = text(
    "INSERT INTO area (code, name, level, parent_id, leader, telephone, pinyin, place) VALUES (:code, :name, :level, "
    "(SELECT id FROM area WHERE code = :parent_code), :leader, :telephone, :pinyin, ST_GeomFromWKB(:place, 4326))"
)
_UPDATE = text(
    "UPDATE area SET name = :name, level = :level, parent_id = (SELECT id FROM area WHERE code = :parent_code), "
    "leader = coalesce(:leader, leader), telephone = coalesce(:telephone, telephone), pinyin = :pinyin, "
    "place = coalesce(ST_GeomFromWKB(:place, 4326), place) WHERE code = :code"
)


def _demand_unique(good: list[tuple[Read, AreaRow]], report: Report) -> None:
    first: dict[str, int] = {}
    for read, row in good:
        if first.setdefault(row.code, read.number) != read.number:
            report.refuse(
                read.number, "code", f"{row.code} stands in row {first[row.code]} already", "keep one of the two"
            )


def _demand_parent(read: Read, row: AreaRow, levels: dict[str, str], report: Report) -> None:
    if row.level is Level.CITY:
        if row.parent_code:
            report.refuse(read.number, "parent_code", "a city has no parent", "leave it empty")
    elif row.parent_code is None or row.parent_code not in levels:
        missing = row.parent_code or "(empty)"
        report.refuse(
            read.number,
            "parent_code",
            f"{row.code} has no parent: there is no area {missing}, neither in the file nor in the database",
            "add the parent's row, or correct the code",
        )
    elif LEVELS.index(Level(levels[row.parent_code])) >= LEVELS.index(row.level):
        report.refuse(
            read.number,
            "parent_code",
            f"a {row.level} cannot lie below a {levels[row.parent_code]}",
            "correct one of the two",
        )


def pinyin(name: str) -> str:
    """Return a name's letters and initials for search: `hubinqu hbq`."""
    return f"{''.join(lazy_pinyin(name))} {''.join(lazy_pinyin(name, style=Style.FIRST_LETTER))}".lower()


def _name_the_city(connection: Connection) -> None:
    """Let the first city of an empty installation be its city."""
    connection.execute(
        text(
            "INSERT INTO setting (name, value) SELECT 'city', code FROM area WHERE level = 'city' ORDER BY code LIMIT 1 "
            "ON CONFLICT DO NOTHING"
        )
    )
