"""What departments write into their files beside figures: words for a choice, hours from when to when, a foot below."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
from sqlalchemy import Row, text

from geodata.database import Database
from geodata.imports import preview
from geodata.imports.options import Options
from geodata.scope import Scope
from tests.geodata.feeds.counting import one
from tests.geodata.imports.conftest import Bring

PASSAGES = "卡口编号,流水号,通行时间,处置结果,用时,健康码颜色"
HOURS = "卡口编号,时段,放行,居家隔离,集中隔离,劝返,总用时秒,填报时间"


def post(city: Database) -> str:
    return str(one(city, "SELECT code FROM checkpoint ORDER BY id LIMIT 1"))


def many(city: Database, statement: str, **values: object) -> list[Row[Any]]:
    with city.owner() as connection:
        return list(connection.execute(text(statement), values))


def written(tmp_path: Path, *lines: str) -> Path:
    (tmp_path / "a.csv").write_text("\n".join(lines), encoding="gb18030")
    return tmp_path / "a.csv"


async def test_words_for_a_choice_are_read(city: Database, bring: Bring, tmp_path: Path) -> None:
    code = post(city)
    rows = [
        f"{code},w1,2026-01-05 08:03:20,放行,15,绿色",
        f"{code},w2,2026-01-05 08:04:20,劝返,20,红",
        f"{code},w3,2026-01-05 08:05,居家隔离,9,无",
    ]
    report = await bring("passage", written(tmp_path, PASSAGES, *rows))
    assert (report.accepted, report.refused) == (3, [])
    assert report.mended["state_words"] == 6
    told = many(city, "SELECT key, outcome, code_colour FROM passage WHERE key LIKE 'w_' ORDER BY key")
    assert [tuple(row) for row in told] == [
        ("w1", "pass", "green"),
        ("w2", "turned_back", "red"),
        ("w3", "home_quarantine", "none"),
    ]


async def test_an_offices_own_word_is_asked_for_and_remembered(
    city: Database, bring: Bring, admin: Scope, tmp_path: Path
) -> None:
    clinic = one(city, "SELECT code FROM clinic ORDER BY id LIMIT 1")
    file = written(tmp_path, "门诊编号,状态,填报时间", f"{clinic},爆满了,{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}")
    report = await bring("clinic_status", file)
    assert [(fault.column, fault.why) for fault in report.refused] == [("status", "unknown_word")]
    assert "已满(full)" in str(report.said("zh")["refused"][0]["suggestion"])
    seen = (await preview(city, admin, "clinic_status", file, Options(), sender="police")).said("zh")
    assert seen["words"] == [{"field": "status", "word": "爆满了", "rows": 1}]
    assert {one["code"] for one in seen["choices"]["status"]} == {"open", "full", "closed"}
    told = (
        await preview(city, admin, "clinic_status", file, Options(states={"爆满了": "full"}), sender="police")
    ).said("zh")
    assert (told["words"], told["choices"]) == ([], seen["choices"]), "what was said can be changed"
    assert (await bring("clinic_status", file, states={"爆满了": "full"})).accepted == 1
    again = await bring("clinic_status", file)
    assert (again.repeated, again.refused, again.mended["remembered"]) == (1, [], 1)


async def test_a_whole_day_of_a_spreadsheet_has_24_hours(city: Database, bring: Bring, tmp_path: Path) -> None:
    """The reader of spreadsheets hands midnight over as a day."""
    book, code = openpyxl.Workbook(), post(city)
    book.active.append(HOURS.split(","))
    for hour in range(24):
        row = [code, datetime(2026, 1, 7, hour), 3, 0, 0, 0, 30, datetime(2026, 1, 8, 8)]  # noqa: DTZ001 -- as a sheet has it
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    report = await bring("passages", tmp_path / "a.xlsx")
    assert (report.accepted, report.refused) == (24, [])
    hours = "SELECT count(DISTINCT hour) FROM checkpoint_hour WHERE passed = 3 AND local_day(hour) = '2026-01-07'"
    assert one(city, hours) == 24


async def test_a_shift_until_24(city: Database, bring: Bring, tmp_path: Path) -> None:
    head = "检测点编号,日期,班次开始,班次结束,在岗人数,填报时间"
    report = await bring(
        "staffing", written(tmp_path, head, f"{post(city)},2026-01-05,22:00,24:00,3人,2026-01-06 8:00")
    )
    assert (report.accepted, report.refused) == (1, [])


async def test_a_yes_or_no_in_words(city: Database, bring: Bring, tmp_path: Path) -> None:
    shop = one(city, "SELECT code FROM shop ORDER BY id LIMIT 1")
    rows = [f"{shop},2026-01-0{day},{said},2026-01-0{day} 08:00" for day, said in ((3, "营业"), (4, "停业"), (5, "是"))]
    report = await bring("shop_prices", written(tmp_path, "门店编号,日期,是否营业,填报时间", *rows))
    assert (report.accepted, report.refused) == (3, [])
    days = "SELECT is_open FROM shop_day d JOIN shop s ON s.id = d.shop_id WHERE s.code = :c AND day <= '2026-01-05' ORDER BY day"
    told = many(city, days, c=shop)
    assert [row.is_open for row in told][-3:] == [True, False, True]


async def test_an_hour_from_when_to_when_stays_that_hour(city: Database, bring: Bring, tmp_path: Path) -> None:
    """08:00-09:00 is no 08:00 nine hours west of Greenwich."""
    code = post(city)
    rows = [
        f"{code},{hour},7,0,0,0,70,2026-01-06 08:00" for hour in ("2026-01-05 08:00-09:00", "2026-01-05 23:00-24:00")
    ]
    report = await bring("passages", written(tmp_path, HOURS, *rows, "合计,,14,0,0,0,140,"))
    assert (report.accepted, report.refused, report.mended["hours"], report.mended["foot"]) == (2, [], 2, 1)
    told = many(
        city,
        "SELECT hour FROM checkpoint_hour h JOIN checkpoint c ON c.id = h.checkpoint_id WHERE c.code = :c AND passed = 7",
        c=code,
    )
    assert {row.hour for row in told} == {datetime(2026, 1, 5, 0, tzinfo=UTC), datetime(2026, 1, 5, 15, tzinfo=UTC)}
    for hour in ("2026-01-05", "2026-01-05 08:00-10:00"):
        refused = await bring("passages", written(tmp_path, HOURS, f"{code},{hour},7,0,0,0,70,2026-01-06 08:00"))
        assert [fault.column for fault in refused.refused] == ["hour"]
