"""`python -m app import`: exit codes, the report, and what a program leaves that is killed in the middle."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import typer
from sqlalchemy import text
from typer.testing import CliRunner

from app.commands.importing import importing
from geodata.database import Database
from tests.geodata.counting import recount
from tests.geodata.feeds.counting import one
from tests.good_files import ROWS, frame
from tests.places import EAST, GRIDS

GRID = GRIDS[EAST][0]
DOORS = "SELECT count(*) FROM household WHERE unit = 7"


class Command:
    """The command as somebody types it, and the report that it writes."""

    def __init__(self, folder: Path) -> None:
        self.typed = typer.Typer()
        self.typed.command()(importing)
        self.folder = folder

    def __call__(self, *words: object, last: Path | None = None) -> tuple[int, str, dict[str, Any]]:
        report = last or self.folder / "report.json"
        report.unlink(missing_ok=True)
        env = {"COLUMNS": "200"}
        result = CliRunner().invoke(self.typed, [*(str(word) for word in words), "--report", str(report)], env=env)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.output, json.loads(report.read_text()) if report.exists() else {}


@pytest.fixture
def command(tiny_city: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setenv("DATABASE_URL", tiny_city.url)
    return Command(tmp_path)


@pytest.fixture
def register(tiny_city: Database, tmp_path: Path) -> Path:
    """Return a file of forty doors without places of their own."""
    address = one(
        tiny_city, "SELECT b.address FROM building b JOIN area a ON a.id = b.area_id WHERE a.code = :c", c=GRID
    )
    lines = ["网格编码,地址,单元,房号", *(f"{GRID},{address},7,{n}" for n in range(40))]
    file = tmp_path / "register.csv"
    file.write_text("\n".join(lines) + "\n", encoding="gb18030")
    return file


def test_all_of_it_is_in(command: Command, register: Path, tiny_city: Database) -> None:
    """Exit code 0, and the report as it is promised."""
    code, said, report = command("households", register)
    assert (code, one(tiny_city, DOORS)) == (0, 40), said
    promised = {"rows", "accepted", "refused", "crs", "crs_confidence", "encoding", "moved_m_median", "mended"}
    assert promised <= set(report)
    assert (report["rows"], report["accepted"], report["refused"], report["encoding"]) == (40, 40, [], "gb18030")
    assert "40" in said


def test_something_is_refused(command: Command, register: Path, tiny_city: Database) -> None:
    """Exit code 1, with row, column, reason and suggestion; with --partial the rest is in."""
    register.write_text(register.read_text("gb18030") + f"{GRID},没有的街,7,900\n", encoding="gb18030")
    code, said, report = command("households", register)
    assert (code, one(tiny_city, DOORS), report["accepted"]) == (1, 0, 0)
    assert [(row["row"], row["column"]) for row in report["refused"]] == [(41, "address")]
    assert all(report["refused"][0][name] for name in ("reason", "suggestion"))
    assert report["refused"][0]["reason"] in said
    chinese = command("households", register, "--dry-run", "--language", "zh")[2]["refused"][0]["reason"]
    assert re.search(r"[一-鿿]", chinese)
    assert chinese in said, "whoever sits there reads either"
    code, _, report = command("households", register, "--partial")
    assert (code, one(tiny_city, DOORS), report["accepted"], report["refused_rows"]) == (1, 40, 40, 1)


def test_a_dry_run(command: Command, register: Path, tiny_city: Database) -> None:
    """Says what would become of it."""
    code, _, report = command("households", register, "--dry-run")
    assert (code, one(tiny_city, DOORS), report["accepted"]) == (0, 0, 40)


def test_a_wrong_call(command: Command, register: Path, tiny_city: Database) -> None:
    """Exit code 2, and nothing is touched."""
    for words in (("people", register), ("households", register, "--map", "x"), ("households", register, "--map", "没有=area"),
                  ("households", register, "--crs", "EPSG:nonsense"),
                  ("households", register, "--encoding", "klingon")):  # fmt: skip
        code, said, _ = command(*words)
        assert code == 2, said
    assert one(tiny_city, DOORS) == 0


def test_a_report_that_cannot_be_written_is_found_out_before_anything_is(
    command: Command, register: Path, tiny_city: Database
) -> None:
    """Exit code 1 would say that something was refused, while everything is in."""
    code, said, _ = command("households", register, last=Path("/nowhere/report.json"))
    assert (code, one(tiny_city, DOORS)) == (2, 0), said


def test_a_sheet_of_several_is_named(command: Command, register: Path, tmp_path: Path, tiny_city: Database) -> None:
    """Without a name the first is read and the other counted; a name that is not there is a wrong call, with those that are."""
    rows = [line.split(",") for line in register.read_text("gb18030").splitlines()]
    book = openpyxl.Workbook()
    for name, some in (("东区", rows[:11]), ("西区", [rows[0], *rows[11:]])):
        sheet = book.create_sheet(name)
        for row in some:
            sheet.append(row)
    book.remove(book.worksheets[0])
    book.save(tmp_path / "register.xlsx")
    code, _, report = command("households", tmp_path / "register.xlsx", "--dry-run")
    assert (code, report["rows"], report["sheet"], report["mended"]["sheets"]) == (0, 10, "东区", 1)
    code, said, report = command("households", tmp_path / "register.xlsx", "--sheet", "南区")
    assert (code, report) == (2, {})
    assert all(name in said for name in ("东区", "西区", "南区"))
    code, said, report = command("households", tmp_path / "register.xlsx", "--sheet", "西区")
    assert (code, report["accepted"], report["sheet"], one(tiny_city, DOORS)) == (0, 30, "西区", 30), said
    assert command("households", register, "--sheet", "西区")[0] == 2, "a table has no sheets"


def test_a_layer_of_several_is_asked_for(command: Command, tmp_path: Path) -> None:
    """The refusal says which there are, and how to say one."""
    for name in ("one", "two"):
        frame(ROWS).to_file(tmp_path / "a.gpkg", driver="GPKG", layer=name)
    code, said, report = command("buildings", tmp_path / "a.gpkg")
    assert (code, len(report["refused"])) == (1, 1)
    assert all(word in said for word in ("one, two", "--sheet"))


def test_a_file_that_cannot_be_read(command: Command, tmp_path: Path) -> None:
    """Exit code 1 with its sentence, also in the report."""
    (tmp_path / "x.csv").write_bytes(b"")
    for file in (tmp_path / "x.csv", tmp_path / "nowhere.csv"):
        code, said, report = command("households", file)
        assert (code, len(report["refused"])) == (1, 1)
        assert report["refused"][0]["reason"] in said


def test_killed_in_the_middle_nothing_is_in_and_again_completes_it(tiny_city: Database, register: Path) -> None:
    """The program is held where doors are written and their findings are not yet."""
    words = [sys.executable, "-m", "app", "import", "households", str(register)]
    env = {**os.environ, "DATABASE_URL": tiny_city.url}
    with tiny_city.engine.connect() as holding, holding.begin():
        holding.execute(text("LOCK TABLE household_finding IN SHARE MODE"))
        program = subprocess.Popen(words, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _wait_for_a_writer(tiny_city, program)
        program.send_signal(signal.SIGKILL)
        program.wait()
    assert one(tiny_city, DOORS) == 0
    done = subprocess.run(words, env=env, capture_output=True, check=False)
    assert (done.returncode, one(tiny_city, DOORS)) == (0, 40), done.stderr.decode()
    with tiny_city.owner() as connection:
        assert recount(connection) == []


def _wait_for_a_writer(database: Database, program: subprocess.Popen[bytes]) -> None:
    waiting = (
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database() "
        "AND query LIKE 'INSERT INTO household_finding%'"
    )
    for _ in range(600):
        assert program.poll() is None
        if one(database, waiting):
            return
        time.sleep(0.1)
    raise AssertionError("the import never came to its findings")
