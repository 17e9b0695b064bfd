"""The area tree: city, counties, townships, villages, grids with their polygons; a row that comes again changes its area."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Any

from pydantic import Field, StringConstraints
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.feeds.floor.declaration import Feed, Paper, Privacy, Row, Words, Written
from geodata.feeds.floor.fields import Code, Line
from geodata.feeds.floor.refusal import Refusal, stop
from geodata.feeds.floor.shapes import SHAPES, Polygons
from geodata.model.areas import Level

LEVELS = list(Level)
_KNOWN = text("SELECT code, level FROM area")
_PUT = text(
    """INSERT INTO area AS t (code, name, level, parent_id, leader, telephone, pinyin, place)
       VALUES (:code, :name, :level, (SELECT id FROM area WHERE code = :parent), :leader, :telephone, :pinyin,
               ST_GeomFromWKB(:place, 4326))
       ON CONFLICT (code) DO UPDATE SET
           name = excluded.name, level = excluded.level, parent_id = excluded.parent_id, pinyin = excluded.pinyin,
           leader = coalesce(excluded.leader, t.leader), telephone = coalesce(excluded.telephone, t.telephone),
           place = coalesce(excluded.place, t.place)
       WHERE (t.name, t.level, t.parent_id, t.leader, t.telephone) IS DISTINCT FROM
             (excluded.name, excluded.level, excluded.parent_id, coalesce(excluded.leader, t.leader),
              coalesce(excluded.telephone, t.telephone))
          OR NOT coalesce(ST_OrderingEquals(t.place, coalesce(excluded.place, t.place)), excluded.place IS NULL)"""
)
_NAME_THE_CITY = text(
    "INSERT INTO setting (name, value) SELECT 'city', code FROM area WHERE level = 'city' ORDER BY code LIMIT 1 "
    "ON CONFLICT DO NOTHING"
)


class AreaRow(Row):
    """One area. A city has no `parent`, everything else does; a leader's telephone is the office's."""

    model_config = SHAPES

    code: Code
    name: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    level: Level
    parent: Code | None = None
    leader: Line | None = None
    telephone: Annotated[str, Field(max_length=40)] | None = None
    place: Polygons | None = None
    """May be missing: development zones have codes that no polygon bears."""


async def write(connection: AsyncConnection, rows: Sequence[AreaRow], _sender: str) -> Written:
    """Add or change areas, parents first. Raises Refused: no parent, a parent below its child, a code that stands twice."""
    known = {row.code: row.level for row in await connection.execute(_KNOWN)}
    levels = known | {row.code: row.level.value for row in rows}
    stop([*_twice(rows), *(refusal for n, row in enumerate(rows, 1) if (refusal := _parentless(n, row, levels)))])
    changed = 0
    # A parent's level is above its child's, so this order writes every parent first.
    for row in sorted(rows, key=lambda row: LEVELS.index(row.level)):
        changed += (await connection.execute(_PUT, _binds(row))).rowcount
    await connection.execute(_NAME_THE_CITY)
    return Written(changed, len(rows) - changed)


def _twice(rows: Sequence[AreaRow]) -> list[Refusal]:
    first: dict[str, int] = {}
    return [
        Refusal(n, "code", "named_twice", {"first": first[row.code]})
        for n, row in enumerate(rows, 1)
        if first.setdefault(row.code, n) != n
    ]


def _parentless(number: int, row: AreaRow, levels: Mapping[str, str]) -> Refusal | None:
    if row.level is Level.CITY:
        return Refusal(number, "parent", "city_with_parent") if row.parent else None
    if row.parent is None or row.parent not in levels:
        return Refusal(number, "parent", "no_parent")
    if LEVELS.index(Level(levels[row.parent])) >= LEVELS.index(row.level):
        return Refusal(number, "parent", "parent_below", {"level": row.level, "parent": levels[row.parent]})
    return None


def _binds(row: AreaRow) -> dict[str, Any]:
    binds = {name: getattr(row, name) for name in ("code", "name", "parent", "leader", "telephone")}
    place = row.place.wkb if row.place is not None else None
    return {**binds, "level": row.level.value, "pinyin": pinyin(row.name), "place": place}


def pinyin(name: str) -> str:
    """Return a name's letters and initials for search: `hubinqu hbq`."""
    # Its dictionary takes half a second to read, which every program would wait for that imports anything.
    from pypinyin import lazy_pinyin  # noqa: PLC0415

    # What is no Chinese comes letter by letter, each its own initial.
    syllables = lazy_pinyin(name, errors=list)  # type: ignore[arg-type]
    return f"{''.join(syllables)} {''.join(syllable[0] for syllable in syllables)}".lower()


FEED = Feed(
    kind="areas",
    title=Words("区划", "Areas"),
    row=AreaRow,
    key=("code",),
    privacy=Privacy.PUBLIC,
    late_after=timedelta(days=365),
    write=write,
    example={"code": "411202099", "name": "示范街道", "level": "township", "parent": "411202"},
    paper=Paper(
        names={
            "place": ("图形", "边界", "几何"),
            "code": ("area_code", "编码", "代码", "区划代码", "统计用区划代码"),
            "name": ("名称", "区划名称"),
            "level": ("级别", "层级"),
            "parent": ("parent_code", "上级", "上级代码", "上级编码"),
            "leader": ("负责人", "网格长"),
            "telephone": ("电话", "联系电话"),
        },
        words={
            "level": {
                "city": ("市", "地级市", "市级"),
                "county": ("区县", "县", "区", "县级"),
                "township": ("乡镇", "街道", "乡", "镇", "乡级"),
                "village": ("村", "社区", "村（社区）", "行政村", "村级"),
                "grid": ("网格", "网格级"),
            },
        },
        place="polygon",
        area="parent",
    ),
    foundation=True,
)
