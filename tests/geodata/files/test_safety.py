"""Whatever is in a file: nothing is fetched, nothing outside is read, nothing stays behind, nothing else is raised."""

import os
import random
import socket
import tempfile
import zipfile
from pathlib import Path

import pytest

from geodata.files import UnreadableFile, opened
from geodata.files.opening import FOLDER
from geodata.files.refusals import NoFile
from tests.bad_files import KML, placemark
from tests.good_files import GOOD, ROWS, excel, shapes

SECRET = "what nobody should read"


@pytest.fixture
def listener() -> socket.socket:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def called(server: socket.socket) -> bool:
    try:
        server.accept()[0].close()
    except BlockingIOError:
        return False
    return True


def taken(path: Path) -> list[dict[str, str | None]]:
    with opened(path) as book:
        return [row for chunk in book.chunks() for row in chunk.table.to_pylist()]


def test_links_in_a_globe_file_are_not_followed(tmp_path: Path, listener: socket.socket) -> None:
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/a.kml"
    inside = (
        f"<NetworkLink><name>n</name><Link><href>{url}</href></Link></NetworkLink><Style id='s'><IconStyle><Icon>"
        f"<href>{url}</href></Icon></IconStyle></Style>" + placemark("a", f"<styleUrl>{url}#s</styleUrl>")
    )
    (tmp_path / "a.kml").write_text(KML.format("UTF-8", "", inside), encoding="utf-8")
    assert [row["Name"] for row in taken(tmp_path / "a.kml")] == ["a"]
    assert not called(listener)


@pytest.mark.parametrize("name", ["a.geojson", "a.kml", "a.json", "a.csv", "a.shp", "a.gpkg"])
@pytest.mark.parametrize(
    "content",
    [
        '<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>/vsicurl/{url}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>',
        '{{"type": "gdal_streamed_alg", "features": [], "command_line": "gdal vector pipeline ! read /vsicurl/{url} ! write"}}',
        "<WFS_Capabilities><a>{url}</a></WFS_Capabilities>",
        "<OGRWFSDataSource><URL>{url}</URL></OGRWFSDataSource>",
    ],
)
def test_a_file_that_sends_gdal_elsewhere_is_not_opened(
    name: str, content: str, tmp_path: Path, listener: socket.socket
) -> None:
    (tmp_path / name).write_text(
        content.format(url=f"http://127.0.0.1:{listener.getsockname()[1]}/a"), encoding="utf-8"
    )
    with pytest.raises(UnreadableFile):
        taken(tmp_path / name)
    assert not called(listener)


@pytest.mark.parametrize("path", ["/vsicurl/http://127.0.0.1:9/a.geojson", "/vsizip//etc/a.zip", "PG:dbname=a", "."])
def test_only_files_are_opened(path: str) -> None:
    with pytest.raises(NoFile):
        taken(Path(path))


def test_entities_of_a_spreadsheet_stay_unread(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(SECRET)
    excel(tmp_path / "plain.xlsx", ROWS)
    declared = f'<!DOCTYPE sst [<!ENTITY e SYSTEM "file://{tmp_path}/secret">]>'
    with zipfile.ZipFile(tmp_path / "plain.xlsx") as old, zipfile.ZipFile(tmp_path / "a.xlsx", "w") as new:
        for entry in old.infolist():
            content = old.read(entry).decode()
            if entry.filename == "xl/sharedStrings.xml":
                content = declared + content.rpartition("?>")[2].replace("湖滨区第1检测点", "&e;")
            new.writestr(entry.filename, content)
    try:
        assert SECRET not in str(taken(tmp_path / "a.xlsx"))
    except UnreadableFile as refused:
        assert refused.key == "file.damaged"  # noqa: PT017 - either way the secret stays one


def test_nothing_stays_behind_when_the_reader_gives_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    shapes(tmp_path / "a.zip", ROWS)

    def give_up() -> None:
        with opened(tmp_path / "a.zip") as book:
            next(book.chunks(2))
            assert list((tmp_path / "temporary").iterdir())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        give_up()
    assert not list((tmp_path / "temporary").iterdir())


def damaged(content: bytes, dice: random.Random) -> bytes:
    """Cut, alter, drop, insert or repeat some bytes."""
    at, kind = dice.randrange(len(content)), dice.randrange(5)
    more = {
        0: b"",
        1: bytes([dice.randrange(256)]) + content[at + 1 :],
        2: content[at + dice.randrange(1, 50) :],
        3: dice.randbytes(dice.randrange(1, 9)) + content[at:],
        4: content[: dice.randrange(len(content))] + content[at:],
    }
    return content[:at] + more[kind]


@pytest.mark.parametrize("name", GOOD)
def test_a_damaged_file_is_read_or_refused_and_nothing_else(name: str, tmp_path: Path) -> None:
    suffix, make = GOOD[name]
    make(tmp_path / f"a{suffix}", ROWS)
    content, dice = (tmp_path / f"a{suffix}").read_bytes(), random.Random(name)
    for _ in range(5 if name in {"excel", "old_excel", "ods"} else 30):
        (tmp_path / f"b{suffix}").write_bytes(damaged(content, dice))
        _read_or_refuse(tmp_path / f"b{suffix}")


@pytest.mark.parametrize("part", [".shp", ".dbf", ".shx", ".prj", ".cpg"])
def test_a_damaged_part_of_a_shapefile_is_read_or_refused_and_nothing_else(part: str, tmp_path: Path) -> None:
    shapes(tmp_path / "a.zip", ROWS)
    folder = tmp_path / "a-parts"
    content, dice = (folder / f"点位{part}").read_bytes(), random.Random(part)
    for _ in range(60):
        (folder / f"点位{part}").write_bytes(damaged(content, dice))
        _read_or_refuse(folder / "点位.shp")


def _read_or_refuse(path: Path) -> None:
    try:
        taken(path)
    except UnreadableFile as refused:
        assert refused.key.startswith("file.")  # noqa: PT017 - both ends are good ones


def test_what_a_killed_program_left_is_taken_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next file that is opened finds it by the number of a program that is gone; what is in use stays."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    gone, used = tmp_path / f"{FOLDER}999999999-x", tmp_path / f"{FOLDER}{os.getpid()}-x"
    for folder in (gone, used):
        folder.mkdir()
        (folder / "rows.csv").write_text("13800138000")
    file = tmp_path / "a.csv"
    file.write_text("a,b\n1,2\n")
    with opened(file) as book:
        assert [chunk.table.num_rows for chunk in book.chunks()] == [1]
    assert (gone.exists(), used.exists()) == (False, True)
