"""A register of households from end to end: whatever spreadsheets and map makers did to it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import text

from geodata.coordinates import many_wgs84_to_bd09, many_wgs84_to_gcj02
from geodata.database import Database
from geodata.errors import BadValue, NotAllowed
from geodata.model import Role
from geodata.scope import Scope
from tests.geodata.counting import recount
from tests.geodata.feeds.counting import one
from tests.geodata.imports.conftest import Bring, Cells, table

Doors = Callable[[int], list[Cells]]
BROUGHT = "SELECT count(*) FROM delivery WHERE kind = 'households'"
NEW = "FROM household WHERE unit = 7"


def shifted(rows: list[Cells], shift: Callable[..., tuple[np.ndarray, np.ndarray]]) -> list[Cells]:  # type: ignore[type-arg]
    lon, lat = shift(*(np.array([float(row[name]) for row in rows]) for name in ("经度", "纬度")))
    return [row | {"经度": f"{x:.7f}", "纬度": f"{y:.7f}"} for row, x, y in zip(rows, lon, lat, strict=True)]


@pytest.mark.parametrize(
    ("system", "shift", "least", "most"),
    [
        ("gcj02", many_wgs84_to_gcj02, 300, 800),
        ("bd09", many_wgs84_to_bd09, 800, 1800),
        ("wgs84", lambda x, y: (x, y), 0, 0),
    ],
)
async def test_places_come_back_from_whatever_map_they_were_drawn_on(
    city: Database, bring: Bring, doors: Doors, tmp_path: Path, system: str, shift: Callable[..., object],
    least: float, most: float,
) -> None:  # fmt: skip
    """In GBK, under Chinese heads; each door lies where it was before somebody drew it on their map."""
    rows = doors(400)
    file = table(tmp_path / "户籍.csv", shifted(rows, shift), "gb18030")  # type: ignore[arg-type]
    report = await bring("households", file)
    assert (report.rows, report.accepted, report.refused) == (400, 400, [])
    assert (report.crs, report.encoding) == (system, "gb18030")
    assert report.crs_confidence is not None
    assert report.crs_confidence > 0.9
    assert least <= (report.moved_m_median or 0) <= most
    with city.owner() as connection:
        found = connection.execute(text(f"SELECT room, ST_X(place) AS x, ST_Y(place) AS y {NEW}")).all()
        assert recount(connection) == []
    own = {row["房号"]: row for row in rows}
    assert max(abs(row.x - float(own[row.room]["经度"])) for row in found) < 1e-5
    assert max(abs(row.y - float(own[row.room]["纬度"])) for row in found) < 1e-5
    kept = "SELECT sum(length(x)) / 8 FROM delivered_place WHERE delivery_id = :id AND system = :system"
    assert one(city, kept, id=report.delivery, system=system) == 400, "what was delivered is kept"


async def test_what_spreadsheets_did_is_mended_and_said(
    city: Database, bring: Bring, doors: Doors, tmp_path: Path
) -> None:
    """Codes that became numbers, dates in every style, full-width digits, an office's own words."""
    rows = doors(120)
    for n, row in enumerate(rows):
        row["网格编码"] = (row["网格编码"] + ".0", f"'{row['网格编码']}", row["网格编码"])[n % 3]
        row["排查时间"] = ("2026年1月5日", "2026.1.5 8:00", "46027", "2026/1/5 上午8时")[n % 4]
        row["单元"] = ("７", "7.0", "七")[n % 3]
        row["状态"] = ("白", "正常户", "normal")[n % 3]
    report = await bring("households", table(tmp_path / "h.csv", rows))
    assert (report.accepted, report.refused) == (120, [])
    assert report.mended["float"] >= 40
    assert {"full_width", "quotes", "dates", "day_alone", "state_words", "chinese_numerals"} <= set(report.mended)
    assert (
        one(city, f"SELECT count(*) {NEW} AND since <= '2026-01-05 08:00+08' AND since >= '2026-01-05 00:00+08'") == 120
    )


async def test_a_code_that_has_lost_its_end_is_refused(
    city: Database, bring: Bring, doors: Doors, tmp_path: Path
) -> None:
    """Nobody can give the digits back, so nothing comes in; the rows wait to be corrected."""
    rows = doors(80)
    rows[6]["网格编码"] = "9.90100E+14"
    report = await bring("households", table(tmp_path / "h.csv", rows))
    assert [(refusal.row, refusal.column, refusal.why) for refusal in report.refused] == [
        (7, "area", "code_lost_digits")
    ]
    assert report.accepted == 0
    assert one(city, f"SELECT count(*) {NEW}") == 0
    waiting = "SELECT nth || ' ' || why || ' ' || (fields->>'address' <> '') FROM refused_row WHERE kind = 'households'"
    assert one(city, waiting) == "7 code_lost_digits true"
    assert one(city, "SELECT file_name FROM delivery WHERE kind = 'households'") == "h.csv"
    again = await bring("households", table(tmp_path / "h.csv", rows), partial=True)
    assert (again.accepted, again.refused_rows) == (79, 1)
    assert one(city, "SELECT count(*) FROM refused_row WHERE kind = 'households'") == 1, (
        "the same fault does not wait twice"
    )


async def test_a_dry_run_writes_nothing(city: Database, bring: Bring, doors: Doors, tmp_path: Path) -> None:
    """It says what would become of the file."""
    report = await bring("households", table(tmp_path / "h.csv", doors(60)), dry_run=True)
    assert (report.rows, report.accepted) == (60, 60)
    assert one(city, f"SELECT count(*) {NEW}") == one(city, BROUGHT) == 0


async def test_the_same_file_again_changes_nothing(city: Database, bring: Bring, doors: Doors, tmp_path: Path) -> None:
    """Doors are found again by what they are."""
    file = table(tmp_path / "h.csv", doors(60))
    await bring("households", file)
    again = await bring("households", file)
    assert (again.accepted, again.repeated) == (0, 60)


async def test_persons_stay_in_the_file(city: Database, bring: Bring, doors: Doors, tmp_path: Path) -> None:
    """Columns that no field names are never read further, also not into quarantine."""
    rows = [row | {"姓名": "张三丰", "身份证": "411202199001011234", "电话": "13800138000"} for row in doors(60)]
    rows[3]["状态"] = "紫色"
    report = await bring("households", table(tmp_path / "h.csv", rows), partial=True)
    assert report.left == ["姓名", "身份证", "电话"]
    assert (report.accepted, [refusal.why for refusal in report.refused]) == (59, ["unknown_word"])
    everything = " ".join(
        str(one(city, f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {name} t"))
        for name in ("household", "refused_row", "delivery", "delivered_place")
    )
    assert not any(personal in everything for personal in ("张三丰", "411202199001011234", "13800138000"))


async def test_what_an_office_calls_things_is_remembered(bring: Bring, doors: Doors, tmp_path: Path) -> None:
    """Said once for a sender, and for no other."""
    rows = [
        {("片区号" if name == "网格编码" else name): cell for name, cell in row.items()} | {"状态": "已排查"}
        for row in doors(60)
    ]
    file = table(tmp_path / "h.csv", rows)
    lost = await bring("households", file)
    assert [(refusal.row, refusal.column, refusal.why) for refusal in lost.refused] == [(0, "area", "no_column")]
    told = await bring("households", file, columns={"片区号": "area"}, states={"已排查": "normal"})
    assert (told.accepted, told.refused) == (60, [])
    assert (await bring("households", file)).repeated == 60
    assert (await bring("households", file, sender="others")).refused[0].why == "no_column"


async def test_too_little_to_tell_the_system_by_is_asked(bring: Bring, doors: Doors, tmp_path: Path) -> None:
    """Three rows prove nothing; said by a person they are taken."""
    file = table(tmp_path / "h.csv", doors(3))
    report = await bring("households", file)
    assert [(refusal.row, refusal.column) for refusal in report.refused] == [(0, "crs")]
    assert report.accepted == 0
    assert (await bring("households", file, crs="wgs84")).accepted == 3


async def test_wrong_calls(bring: Bring, doors: Doors, admin: Scope, tmp_path: Path) -> None:
    """Each says what would be right."""
    file = table(tmp_path / "h.csv", doors(3))
    for wrong in ({"columns": {"没有": "area"}}, {"columns": {"地址": "nothing"}}, {"crs": "EPSG:nonsense"}):
        with pytest.raises(BadValue):
            await bring("households", file, **wrong)
    for scope in (
        Scope(Role.OFFICER, admin.paths),
        Scope(Role.ADMIN, (f"{admin.paths[0]}.2",)),
        Scope(Role.PRESS, admin.paths),
    ):
        with pytest.raises(NotAllowed):
            await bring("households", file, scope)
