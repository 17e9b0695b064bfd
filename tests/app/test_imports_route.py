"""Files brought by the browser: looked at, tried, taken; nobody else's, and never too much of them."""

import asyncio
import json
import stat
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from shapely import Point
from sqlalchemy import text

from app import import_shelf
from app.import_shelf import Job
from app.import_workshop import MOST_OWN
from geodata import account_keeping
from geodata.database import Database
from geodata.model import Role
from tests.app.running import Running, password, running, soon
from tests.good_files import frame
from tests.places import EAST, WEST

OWN = {"x-wangge": "1", "accept-language": "zh"}
DAY = datetime.now(UTC).date() - timedelta(days=1)
HEADS = ("村", "日期", "外地返回", "武汉返回", "密接", "不明发热", "上报时间", "填报人电话")
FIELDS = ("village", "day", "returned_outside", "returned_wuhan", "close_contact", "fever_unexplained", "reported_at")
COLUMNS = dict(zip(HEADS, FIELDS, strict=False))
VILLAGES = (EAST + "001001", WEST + "001001")


def reports(*rows: dict[str, str], encoding: str = "gb18030") -> bytes:
    """Return village reports as a spreadsheet program in Chinese saves them."""
    usual = dict(zip(HEADS, ("", DAY.isoformat(), "3", "1", "0", "0", f"{DAY} 16:40", "13812345678"), strict=True))
    lines = [HEADS, *((usual | row).values() for row in rows)]
    return "\r\n".join(",".join(line) for line in lines).encode(encoding)


def both() -> bytes:
    return reports(*({"村": village} for village in VILLAGES))


async def bring(house: Running, content: bytes, kind: str = "village_report", **more: str) -> Any:
    sent = {"kind": kind, "sender": "sender:health"} | more
    return await house.client.post("/api/imports", data=sent, files={"file": ("日报.csv", content)}, headers=OWN)


async def ended(house: Running, job: Any) -> dict[str, Any]:
    """Wait until nothing works on a file, and return it."""
    assert job.status_code == 200, job.text
    found: dict[str, Any] = {}

    async def idle() -> bool:
        answer = await house.client.get(f"/api/imports/{job.json()['id']}", headers=OWN)
        found.update(answer.json())
        return found["state"] not in import_shelf.BUSY

    await soon(idle, 60)
    return found


async def run(house: Running, job: dict[str, Any], **how: Any) -> dict[str, Any]:
    wanted = {"columns": COLUMNS} | how
    return await ended(house, await house.client.post(f"/api/imports/{job['id']}/run", json=wanted, headers=OWN))


def count(city: Database, table: str) -> int:
    with city.owner() as connection:
        return int(connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0)


def counts(city: Database) -> dict[str, int]:
    return {table: count(city, table) for table in ("village_report", "delivery")}


def folder(house: Running) -> Any:
    return house.server.state.house.imports.shelf.folder


async def test_a_file_is_looked_at_tried_and_taken(house: Running, peopled_city: Database) -> None:
    there = counts(peopled_city)
    await house.sign_in(Role.COMMAND)
    job = await ended(house, await bring(house, both()))
    seen = job["preview"]
    assert (job["state"], job["name"], seen["form"], seen["encoding"]) == ("ready", "日报.csv", "csv", "gb18030")
    assert seen["heads"] == list(HEADS)
    assert seen["first"][0][:3] == [VILLAGES[0], DAY.isoformat(), "3"]
    assert "13812345678" not in json.dumps(job)
    assert set(FIELDS) - set(seen["columns"].values()) == set(seen["missing"])
    place = folder(house)
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) & 0o077 for file in place.glob("*/file*")} == {0}

    again = await house.client.post(f"/api/imports/{job['id']}/preview", json={"columns": COLUMNS}, headers=OWN)
    seen = (await ended(house, again))["preview"]
    assert (seen["missing"], seen["columns"]) == ([], COLUMNS)

    tried = await run(house, job, dry_run=True)
    report = tried["report"]
    assert (tried["state"], tried["taken"], report["accepted"], report["refused"]) == ("done", False, 2, [])
    assert counts(peopled_city) == there

    taken = await run(house, job)
    assert (taken["taken"], taken["report"]["accepted"], taken["report"]["left"]) == (True, 2, [HEADS[-1]])
    assert counts(peopled_city) == {"village_report": there["village_report"] + 2, "delivery": there["delivery"] + 1}
    assert not list(place.glob("*/file*")), "what is in needs no file"
    more = await house.client.post(f"/api/imports/{job['id']}/run", json={}, headers=OWN)
    assert (more.status_code, more.json()["error"]) == (409, "import_busy")
    whole = await house.client.get(f"/api/imports/{job['id']}/report", headers=OWN)
    assert whole.json()["rows"] == 2
    assert "attachment" in whole.headers["content-disposition"]

    second = await ended(house, await bring(house, both()))
    assert second["preview"]["columns"] == COLUMNS, "what somebody said is remembered of the sender"
    assert second["preview"]["missing"] == []
    assert (await run(house, second, columns={}))["report"]["repeated"] == 2


async def test_all_or_nothing_or_what_is_right(house: Running, peopled_city: Database) -> None:
    there = count(peopled_city, "village_report")
    await house.sign_in(Role.COMMAND)
    mixed = reports({"村": VILLAGES[0]}, {"村": VILLAGES[1], "密接": "很多"}, {"村": "990100009009"})
    job = await ended(house, await bring(house, mixed))
    none = await run(house, job)
    assert (none["taken"], none["report"]["accepted"], none["report"]["refused_rows"]) == (False, 0, 2)
    assert count(peopled_city, "village_report") == there
    assert {row["row"] for row in none["report"]["refused"]} == {2, 3}
    assert all(row["reason"] and row["suggestion"] for row in none["report"]["refused"])
    some = await run(house, job, partial=True)
    assert (some["taken"], some["report"]["accepted"]) == (True, 1)
    assert count(peopled_city, "village_report") == there + 1
    waiting = (await house.client.get("/api/refused-rows?kind=village_report&state=open", headers=OWN)).json()
    assert {row["row"] for row in waiting if row["file"] == "日报.csv"} == {2, 3}
    wrong = next(row for row in waiting if row["column"] == "close_contact")
    fields = wrong["fields"] | {"close_contact": "3"}
    path = f"/api/refused-rows/{wrong['id']}/correct"
    corrected = await house.client.post(path, json={"fields": fields}, headers=OWN)
    assert corrected.status_code == 200, "its other columns wait as they were mended"
    assert count(peopled_city, "village_report") == there + 2


def layers(*villages: str) -> bytes:
    """Return a GeoPackage with a layer of village reports for each village; its places are not asked for."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "a.gpkg"
        for village in villages:
            usual = dict(zip(FIELDS, (village, DAY.isoformat(), "3", "1", "0", "0", f"{DAY} 16:40"), strict=True))
            frame([usual], [Point(111, 34)]).to_file(file, driver="GPKG", layer=village)
        return file.read_bytes()


async def test_a_layer_is_chosen_of_what_was_looked_at(house: Running, peopled_city: Database) -> None:
    await house.sign_in(Role.COMMAND)
    job = await ended(house, await bring(house, layers(*VILLAGES)))
    seen = job["preview"]
    assert (seen["sheets"], seen["sheet"], seen["first"][0][0]) == (list(VILLAGES), VILLAGES[0], VILLAGES[0])
    asked = await run(house, job, columns={})
    assert (asked["state"], asked["report"], asked["taken"]) == ("failed", None, False)
    assert all(village in asked["problem"] for village in VILLAGES), (
        "what was shown first is not taken for what is meant"
    )
    nowhere = await house.client.post(f"/api/imports/{job['id']}/preview", json={"sheet": "无"}, headers=OWN)
    assert VILLAGES[1] in (await ended(house, nowhere))["problem"]
    other = await house.client.post(f"/api/imports/{job['id']}/preview", json={"sheet": VILLAGES[1]}, headers=OWN)
    seen = (await ended(house, other))["preview"]
    assert (seen["sheets"], seen["sheet"], seen["first"][0][0]) == (list(VILLAGES), VILLAGES[1], VILLAGES[1])
    taken = await run(house, job, columns={}, sheet=VILLAGES[1])
    assert (taken["taken"], taken["said"]["sheet"], taken["report"]["sheet"]) == (True, VILLAGES[1], VILLAGES[1])
    with peopled_city.owner() as connection:
        told = connection.scalar(text("SELECT detail->>'sheet' FROM delivery ORDER BY id DESC LIMIT 1"))
    assert told == VILLAGES[1], "and it stays known of the delivery"


async def test_what_cannot_be_taken_is_said_in_a_sentence(
    house: Running, peopled_city: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.sign_in(Role.COMMAND)
    broken = await ended(house, await bring(house, b"PK\x03\x04 nothing of an archive"))
    assert (broken["state"], broken["preview"]) == ("failed", None)
    assert broken["problem"]
    assert (await bring(house, both(), kind="nothing")).json()["error"] == "unknown_kind"
    assert (await bring(house, both(), kind="households")).status_code == 403, "foundations are an administrator's"
    assert (await bring(house, both(), sender="张三 13812345678")).status_code == 400
    for body in ({"content": b"x"}, {"data": {"kind": "village_report"}}, {"files": {"file": b"x"}}):
        answer = await house.client.post("/api/imports", headers=OWN, **body)  # type: ignore[arg-type]
        assert answer.status_code in (400, 404), answer.text
    assert (await house.client.post("/api/imports", files={"file": b"x"})).json()["error"] == "cross_site"
    monkeypatch.setattr(house.server.state.house.imports, "most_bytes", 1 << 20)
    large = await bring(house, b"a,b\n" + b"1,2\n" * 300_000)
    assert (large.status_code, large.json()["error"]) == (413, "too_large")
    wrong = await ended(house, await bring(house, both()))
    wrong = await run(house, wrong, columns={"村": "nonsense"})
    assert (wrong["state"], wrong["report"]) == ("failed", None)
    assert "nonsense" in wrong["problem"]
    assert (await run(house, wrong, dry_run=True))["report"]["accepted"] == 2, "and it can be tried again"


async def test_files_are_their_owners_and_go_in_time(house: Running, peopled_city: Database) -> None:
    for role in (Role.GRID, Role.OFFICER, Role.PRESS):
        await house.sign_in(role)
        assert (await bring(house, both())).status_code == 403, role
    await house.sign_in(Role.COMMAND)
    job = await ended(house, await bring(house, both()))
    shelf = house.server.state.house.imports.shelf
    await house.sign_in(Role.ADMIN)
    path = f"/api/imports/{job['id']}"
    asked = [
        ("GET", path),
        ("GET", path + "/report"),
        ("POST", path + "/run"),
        ("POST", path + "/preview"),
        ("DELETE", path),
    ]
    for method, address in asked:
        sent = {"json": {}} if method == "POST" else {}
        answer = await house.client.request(method, address, headers=OWN, **sent)  # type: ignore[arg-type]
        assert (answer.status_code, answer.json()["error"]) == (404, "unknown_import"), address
    assert (await house.client.get("/api/imports/..%2F..%2Fetc", headers=OWN)).status_code == 404

    await house.sign_in(Role.COMMAND)
    for _ in range(MOST_OWN):
        last = await ended(house, await bring(house, both()))
    assert (await house.client.get(path, headers=OWN)).status_code == 404, "the oldest gave way"
    assert len(shelf.jobs()) == MOST_OWN
    assert (await house.client.delete(f"/api/imports/{last['id']}", headers=OWN)).status_code == 204
    kept: list[Job] = shelf.jobs()
    kept[0].state = "running"
    shelf.keep(kept[0])
    left = (await house.client.get(f"/api/imports/{kept[0].id}", headers=OWN)).json()
    assert left["state"] == "ended", "its process is gone, and nothing works on it"
    old = (datetime.now(UTC) - timedelta(hours=2)).isoformat()
    state = shelf.folder / kept[1].id / "state.json"
    state.write_text(json.dumps(json.loads(state.read_text()) | {"at": old}))
    shelf.sweep()
    assert {job.id for job in shelf.jobs()} == {job.id for job in kept} - {kept[1].id}


async def test_an_administrator_of_the_whole_city_brings_foundations(
    peopled_city: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its doors have places, whose system has to be asked for where there are few; and words that mean nothing yet."""
    with peopled_city.owner() as connection:
        account_keeping.add_account(connection, "county", password(Role.ADMIN), Role.ADMIN, [EAST])
        homes = connection.execute(
            text(
                "SELECT a.code, b.address, ST_X(ST_Centroid(b.place)) AS lon, ST_Y(ST_Centroid(b.place)) AS lat "
                "FROM building b JOIN area a ON a.id = b.area_id ORDER BY b.id"
            )
        ).all()
    lines = ["网格编码,地址,房号,经度,纬度,状态"]
    lines += [f"{home.code},{home.address},9{n:02d},{home.lon:.5f},{home.lat:.5f},鄂返" for n, home in enumerate(homes)]
    content = "\n".join(lines).encode()
    async with running(peopled_city, monkeypatch) as house:
        entered = {"username": "county", "password": password(Role.ADMIN)}
        assert (await house.client.post("/login", data=entered)).status_code == 303
        assert (await bring(house, content, kind="households")).status_code == 403
        await house.sign_in(Role.ADMIN)
        job = await ended(house, await bring(house, content, kind="households"))
        places = job["preview"]["places"]
        assert places["question"]
        assert len(places["points"]) == len(homes)
        assert places["outlines"]
        assert job["preview"]["words"] == [{"field": "state", "word": "鄂返", "rows": len(homes)}]
        assert "hubei" in {state["code"] for state in job["preview"]["states"]}
        assert job["preview"]["choices"] == {"state": job["preview"]["states"]}
        asked = await run(house, job, columns={}, dry_run=True)
        assert {row["row"] for row in asked["report"]["refused"]} == {0}
        told = {"crs": "wgs84", "states": {"鄂返": "hubei"}, "columns": {}}
        seen = await house.client.post(f"/api/imports/{job['id']}/preview", json=told, headers=OWN)
        found = (await ended(house, seen))["preview"]
        assert (found["places"]["question"], found["words"]) == (None, [])
        lacking = content.replace(b",901,", b",,")
        second = await ended(house, await bring(house, lacking, kind="households"))
        report = (await run(house, second, **told, dry_run=True))["report"]
        assert [(row["row"], row["column"]) for row in report["refused"]] == [(2, "room")]
        before = count(peopled_city, "household")
        taken = await run(house, job, **told)
        assert taken["taken"], taken["report"]
        assert count(peopled_city, "household") == before + len(homes)
        place = folder(house)
    assert not place.exists(), "nothing stays after the end"


async def test_a_stopped_server_leaves_nothing_half_done(
    peopled_city: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = count(peopled_city, "village_report")
    async with running(peopled_city, monkeypatch) as house:
        await house.sign_in(Role.COMMAND)
        job = await ended(house, await bring(house, both()))
        await house.client.post(f"/api/imports/{job['id']}/run", json={"columns": COLUMNS}, headers=OWN)
        await asyncio.sleep(0)
    assert count(peopled_city, "village_report") in (there, there + 2)
