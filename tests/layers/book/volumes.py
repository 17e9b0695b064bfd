"""Map books made by hand, small enough to be counted."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from shapely.geometry import Point, box

from geodata.model import SchemeState
from layers.render.book.content import Book, Building, Door, Fixture, Leaf

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2020, 2, 14, 9, 30, tzinfo=ZONE)
WEST, SOUTH = 12_360_000.0, 4_030_000.0


def states() -> tuple[SchemeState, ...]:
    """Return three states: one that is followed, one that nobody asked, and normal."""
    rows: list[dict[str, Any]] = [
        {
            "code": "back",
            "colour": "#E5484D",
            "letter": "R",
            "hatch": None,
            "follow_days": 14,
            "surveyed": True,
            "zh": "返回",
        },
        {
            "code": "unsurveyed",
            "colour": "#6B7A8C",
            "letter": "?",
            "hatch": "diagonal",
            "surveyed": False,
            "zh": "未排查",
        },
        {"code": "normal", "colour": "#F5F7FA", "letter": "W", "hatch": None, "surveyed": True, "zh": "正常"},
    ]
    return tuple(SchemeState(severity=n, en=row["code"], **row) for n, row in enumerate(rows, 1))


def door(n: int, state: str = "normal", left: int | None = None) -> Door:
    """Return the n-th door of a block with two rooms a floor, due in `left` days."""
    floor = 1 + n // 2
    return Door(
        id=n,
        building=1,
        estate="解放路8号",
        place="1号楼",
        unit=1,
        floor=floor,
        room=f"{floor}{n % 2 + 1:02d}",
        house=False,
        state=state,
        since=NOW - timedelta(days=3),
        due_on=None if left is None else date(2020, 2, 14) + timedelta(days=left),
        days_left=left,
    )


def face(doors: tuple[Door, ...]) -> dict[str, Any]:
    """Return the face of the block that these doors are in."""
    codes = [state.code for state in states()]
    floors = sorted({one.floor for one in doors}, reverse=True)
    cells = {
        floor: [[one.id, one.room, codes.index(one.state), one.days_left] for one in doors if one.floor == floor]
        for floor in floors
    }
    return {
        "kind": "flats",
        "title": "1号楼",
        "estate": "解放路8号",
        "doors": len(doors),
        "columns": [["1单元", ["01", "02"]]],
        "rows": [[f"{floor}层", own + [0] * (2 - len(own))] for floor, own in cells.items()],
        "states": [[s.letter, s.zh, s.colour, "#0B1118", s.hatch or "", 1] for s in states()],
        "lefts": {},
    }


def leaf(doors: tuple[Door, ...] = (), **other: Any) -> Leaf:
    """Return a grid with one block, a gate and a blocked street."""
    outline = box(WEST, SOUTH, WEST + 400, SOUTH + 300)
    block = box(WEST + 180, SOUTH + 140, WEST + 240, SOUTH + 160)
    worst = min((one.state for one in doors), key=[s.code for s in states()].index, default=None)
    found = Leaf(
        code="411202001001001",
        name="市场第1网格",
        leader="邹网格长",
        telephone="0398-5550100",
        outline=outline,
        data_time=datetime(2020, 2, 14, 0, 5, tzinfo=UTC),
        buildings=(Building("1号楼", "解放路8号", block, house=False, state=worst),),
        fixtures=(
            Fixture("gates", "closed", "东门", Point(WEST + 300, SOUTH + 150)),
            Fixture("closures", "blocked_street", "", Point(WEST + 100, SOUTH + 100).buffer(20).boundary),
        ),
        around=(("市场第2网格", box(WEST + 400, SOUTH, WEST + 900, SOUTH + 300)),),
        faces=(face(doors),) if doors else (),
        doors=doors,
    )
    return replace(found, **other)


def book(*leaves: Leaf, **other: Any) -> Book:
    """Return a book of some grids."""
    found = Book(
        name="市场社区",
        trail="三门峡市 · 湖滨区 · 湖滨街道",
        leaves=leaves,
        states=states(),
        made_by="wang",
        made_at=NOW,
        base_url="http://10.0.0.7:8050",
        language="zh",
        demo=True,
    )
    return replace(found, **other)
