"""`python -m app snapshot`: files that are whole or not there, sentences for what cannot be, verifying, releases again."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from app.commands.snapshot import snapshot
from app.whole_file import NotWritten, WholeFile
from geodata.accounts import Principal
from geodata.database import Database
from geodata.errors import WanggeError
from geodata.model import Role
from geodata.press import releases, templates, work
from geodata.press.order import Order
from geodata.press.stamp import number_in, stamp
from geodata.scope import Scope
from geodata.words import say
from layers.render.picture.draw import draw
from tests.places import CITY, EAST, WEST
from tests.release_sheets import sheet

SMALL = ("--size", "480x400")


def names(folder: Path) -> set[str]:
    return {one.name for one in folder.iterdir()}


class Run:
    """The command as somebody types it."""

    def __call__(self, *words: object) -> tuple[int, str]:
        """Return the exit code and all that was said; a refusal of ours is code 1, as `python -m app` makes it."""
        result = CliRunner().invoke(snapshot, [str(word) for word in words], env={"COLUMNS": "200"})
        if isinstance(result.exception, WanggeError):
            return 1, say(result.exception.key, "en", **result.exception.facts)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.output


@pytest.fixture
def run(tiny_city: Database, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("DATABASE_URL", tiny_city.url)
    return Run()


@pytest.mark.parametrize(
    ("suffix", "begin"),
    [("png", b"\x89PNG"), ("PDF", b"%PDF"), ("svg", b"<"), ("html", b"<!"), ("gif", b"GIF8"), ("mp4", b"\x00\x00\x00")],
)
def test_every_form_is_made(run: Run, tmp_path: Path, suffix: str, begin: bytes) -> None:
    out = tmp_path / f"picture.{suffix}"
    code, said = run("--area", CITY, "--measure", "households", *SMALL, "--days", 2, "--lang", "zh", "--out", out)
    assert code == 0, said
    assert out.read_bytes().startswith(begin)
    assert "草稿" in said
    assert "a draft" in said
    assert number_in(out.read_bytes()) is None
    assert names(tmp_path) == {out.name}
    assert run("verify", out)[0] == 1, "a draft is nothing that was released"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--area", "424242"), "no such area"),
        (("--area", CITY, "--measure", "nonsense"), "households"),
        (("--area", CITY, "--at", "2099-01-01"), "at"),
        (("--area", CITY, "--at", "yesterday"), "ISO 8601"),
        (("--area", CITY, "--title", "长" * 201), "200"),
        (("--area", CITY, "--size", "9x9"), "320"),
        (("--area", CITY, "--size", "huge"), "fhd"),
        (("--area", CITY, "--parts", "house"), "county"),
        (("--area", CITY, "--lang", "fr"), "both"),
        (("--area", CITY, "--days", "99"), "31"),
        (("--area", CITY, "--layers", "households"), "households"),
        (("--template", "nothing"), "no such template"),
        (("--release", "WG-2026-000001-0"), "no release"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_writes_nothing(
    run: Run, tmp_path: Path, words: tuple[str, ...], sentence: str
) -> None:
    out = tmp_path / "picture.png"
    out.write_bytes(b"before")
    code, said = run(*words, "--out", out)
    assert (code, sentence in said) == (1, True), said
    assert out.read_bytes() == b"before"
    assert names(tmp_path) == {out.name}


def test_a_place_that_cannot_be_written_is_told_before_any_work(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "folder.png").mkdir()
    for out in ("file/x.png", "nowhere/x.png", "folder.png"):
        code, said = run("--area", CITY, "--out", tmp_path / out)
        assert (code, "was not written" in said) == (1, True), said
    code, said = run("--area", CITY, "--out", tmp_path / "x.bmp")
    assert (code, ".mp4" in said) == (1, True)


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--area", CITY),
        ("--out", "x.png"),
        ("--area", CITY, "--out", "x.png", "--out-dir", "."),
        ("--area", CITY, "--batch", "counties"),
        ("--release", "WG-2026-000001-4", "--batch", "counties", "--out-dir", "."),
        ("--area", CITY, "--batch", "houses", "--out-dir", "."),
        ("--area", CITY, "--release", "x", "--out", "x.png"),
        ("--nonsense",),
        ("verify",),
        ("verify", "x", "--number", "y"),
    ],
)
def test_a_wrong_call_is_exit_code_2(run: Run, words: tuple[str, ...]) -> None:
    assert run(*words)[0] == 2


def test_a_template_over_all_counties(run: Run, tmp_path: Path, tiny_city: Database) -> None:
    order = Order(area=CITY, measure="households", size="480x400", title="每日")

    async def keep() -> None:
        async with tiny_city.writing(owner_scope(tiny_city)) as connection:
            await templates.keep(connection, "每日", order, ["png"], by="x", now=datetime.now(UTC))
        await tiny_city.close()

    asyncio.run(keep())
    (tmp_path / f"{WEST}-households.svg").mkdir()
    words = ("--template", "每日", "--batch", "counties", "--out-dir", tmp_path, "--form", "png", "--form", "svg")
    code, said = run(*words)
    assert (code, f"{WEST}：" in said, f"{WEST}-households.svg was not written" in said.replace("\n", "")) == (
        1,
        True,
        True,
    )
    wanted = {f"{county}-households.{form}" for county in (EAST, WEST) for form in ("png", "svg")}
    assert names(tmp_path) == wanted, "one that fails stops no other"
    (tmp_path / f"{WEST}-households.svg").rmdir()
    assert run(*words)[0] == 0
    assert all((tmp_path / name).stat().st_size > 1000 for name in wanted)
    assert run("--template", "每日", "--area", EAST, "--out", tmp_path / "one.png")[0] == 0


def owner_scope(database: Database) -> Scope:
    with database.owner() as connection:
        return Scope(Role.PRESS, (str(connection.scalar(text("SELECT path::text FROM area WHERE code = '990000'"))),))


@pytest.fixture
def released(run: Run, tiny_city: Database) -> Callable[[str], None]:
    """Make release 1, whose sheet is made by hand, approve and release it; return what withdraws it."""
    scope = owner_scope(tiny_city)
    maker, checker = (Principal(n, f"p{n}", Role.PRESS, scope, (CITY,)) for n in (1, 2))
    now = datetime.now(UTC)
    frozen = [sheet(order=sheet().order.model_copy(update={"size": "480x400", "area": CITY}), spots={})]

    async def do(what: Callable[..., object], *more: str, by: Principal) -> None:
        async with tiny_city.writing(scope) as connection:
            await what(connection, 1, *more, by=by, now=now)  # type: ignore[misc]
        await tiny_city.close()

    def draw_all() -> None:
        with tiny_city.owner() as connection:
            job = work.claim(connection, now)
            assert job is not None
            marked = [one_of(sheet_, job.number) for sheet_ in frozen]
            files = {form: draw(marked[0], form) for form in ("png", "svg", "pdf")}  # type: ignore[arg-type]
            if job.number:
                files = {form: stamp(content, form, job.number) for form, content in files.items()}
            assert work.keep(connection, job, frozen, files, "1")

    async def begin() -> None:
        async with tiny_city.writing(scope) as connection:
            await releases.draft(connection, frozen[0].order, ["png", "svg", "pdf"], by=maker, now=now)
        await tiny_city.close()

    asyncio.run(begin())
    draw_all()
    asyncio.run(do(releases.approve, by=checker))
    draw_all()
    asyncio.run(do(releases.release, by=maker))
    return lambda reason: asyncio.run(do(releases.withdraw, reason, by=checker))


def one_of(one: object, number: str) -> "object":
    from dataclasses import replace

    return replace(one, number=number)  # type: ignore[type-var]


def number_of_first(database: Database) -> str:
    with database.owner() as connection:
        return str(connection.scalar(text("SELECT number FROM press_release")))


def test_a_release_made_again_in_another_process_is_the_same_bytes(
    released: object, tiny_city: Database, tmp_path: Path
) -> None:
    number = number_of_first(tiny_city)
    with tiny_city.owner() as connection:
        rows = connection.execute(text("SELECT form, content FROM press_release_file")).all()
    kept = {row.form: bytes(row.content) for row in rows}
    assert set(kept) == {"png", "svg", "pdf"}
    for form, content in kept.items():
        out = tmp_path / f"again.{form}"
        done = command(tiny_city, "--release", number, "--out", str(out))
        assert (done.returncode, number in done.stdout) == (0, True), done.stderr
        assert out.read_bytes() == content, form


def test_verifying_files_numbers_and_manifests(
    released: Callable[[str], None], run: Run, tiny_city: Database, tmp_path: Path
) -> None:
    number = number_of_first(tiny_city)
    with tiny_city.owner() as connection:
        said = str(connection.scalar(text("SELECT manifest FROM press_release")))
    file, list_, forged = tmp_path / "a.png", tmp_path / "a.json", tmp_path / "forged.json"
    assert run("--release", number, "--out", file)[0] == 0
    list_.write_text(json.dumps(json.loads(said), indent=2), encoding="utf-8")
    forged.write_text(said.replace("湖滨区", "陕州区"), encoding="utf-8")

    def verdict(*words: object) -> tuple[int, str]:
        code, told = run("verify", *words)
        return code, told.split("：")[0]

    assert verdict(file) == (0, "真实有效")
    assert verdict("--number", number.lower().replace("-", " ")) == (0, "编号有效")
    assert verdict(list_) == (0, "清单真实")
    assert verdict(forged) == (1, "清单已被改动")
    assert verdict(file, "--manifest", list_) == (0, "与清单相符")
    assert verdict("--number", "WG-2026-000009-0")[0] == 1
    altered = tmp_path / "b.png"
    altered.write_bytes(file.read_bytes() + b"\n")
    assert verdict(altered) == (1, "已被改动")
    assert verdict(altered, "--manifest", list_) == (1, "与清单不符")
    assert verdict(tmp_path / "nothing.png") == (
        1,
        "The file " + str(tmp_path / "nothing.png") + " cannot be read: No such file or directory",
    )
    assert verdict(file, "--manifest", file)[0] == 1
    altered.write_bytes(b"somebody's holiday")
    assert verdict(altered) == (1, "无法确认")
    code, listed = run("releases")
    assert (code, number in listed, "released" in listed, "p2" in listed) == (0, True, True, True)
    released("数字有误")
    assert verdict(file) == (1, "已撤回")
    assert verdict("--number", number) == (1, "已撤回")
    assert verdict(list_) == (1, "已撤回")
    assert run("--release", number, "--out", altered)[0] == 0
    assert altered.read_bytes() != file.read_bytes(), "it says that it was withdrawn"
    assert run("--release", number, "--out", tmp_path / "x.html")[0] == 1, "a form that was not released"


def command(database: Database, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "app", "snapshot", *words],
        env={**os.environ, "DATABASE_URL": database.url},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_refusal_is_said_in_both_languages_on_standard_error(tiny_city: Database, tmp_path: Path) -> None:
    done = command(tiny_city, "--area", "424242", "--out", str(tmp_path / "x.png"))
    assert (done.returncode, done.stdout) == (1, "")
    assert "没有这个区域" in done.stderr
    assert "There is no such area" in done.stderr
    assert command(tiny_city, "--area").returncode == 2


@pytest.mark.parametrize(("how", "code"), [(signal.SIGKILL, -signal.SIGKILL), (signal.SIGINT, 130)])
def test_an_interrupted_export_leaves_what_was_there(
    tiny_city: Database, tmp_path: Path, how: signal.Signals, code: int
) -> None:
    out = tmp_path / "film.gif"
    out.write_bytes(b"before")
    words = ["--area", CITY, "--days", "31", "--size", "uhd", "--out", str(out)]
    process = subprocess.Popen(
        # A shell lets what it starts in the background ignore SIGINT, and whatever that starts in turn.
        ["env", "--default-signal=INT", sys.executable, "-m", "app", "snapshot", *words],
        env={**os.environ, "DATABASE_URL": tiny_city.url},
        stderr=subprocess.PIPE,
    )
    until_it_works(process, tiny_city)
    process.send_signal(how)
    _, said = process.communicate(timeout=60)
    assert process.returncode == code
    assert b"Traceback" not in said
    if how is signal.SIGINT:
        assert "没有留下半个文件".encode() in said
    assert (names(tmp_path), out.read_bytes()) == ({out.name}, b"before")


def until_it_works(process: "subprocess.Popen[bytes]", database: Database) -> None:
    """Wait until the command has read the figures, and so is drawing or about to."""
    asked = text(
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    end = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < end:
        with database.owner() as connection:
            if connection.scalar(asked):
                return
        time.sleep(0.05)
    raise AssertionError("it never began")


HALF = """
import sys, os, time
from pathlib import Path
from app.whole_file import WholeFile
with WholeFile(Path(sys.argv[1])) as file:
    os.write(file._file, b"half")
    print("half", flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize("named", [False, True])
def test_half_a_file_is_none(tmp_path: Path, named: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed in the middle of writing; also where a file cannot be written without a name."""
    out = tmp_path / "x[1].png"
    out.write_bytes(b"before")
    script = ("import os; del os.O_TMPFILE\n" if named else "") + HALF
    with subprocess.Popen([sys.executable, "-c", script, str(out)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"half\n"
        process.kill()
    left = names(tmp_path) - {out.name}
    assert out.read_bytes() == b"before"
    assert all(name.startswith(".") and name.endswith(".part") for name in left)
    assert len(left) == named
    if named:
        monkeypatch.delattr(os, "O_TMPFILE")
    with WholeFile(out) as file:
        file.write(b"whole")
    assert (names(tmp_path), out.read_bytes()) == ({out.name}, b"whole")
    with pytest.raises(RuntimeError), WholeFile(out):
        raise RuntimeError
    assert (names(tmp_path), out.read_bytes()) == ({out.name}, b"whole")
    with pytest.raises(NotWritten), WholeFile(tmp_path / "no" / "x.png"):
        pass
