"""A file with several tables in it: which there are, which one is read, and what is asked where nobody said."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from geodata.errors import BadValue
from geodata.files import opened
from geodata.files.refusals import NoSheets, NoSuchSheet, Several
from geodata.words import say
from tests.bad_files import KML, placemark
from tests.good_files import ROWS, csv_in, frame, shapes

NAMES = ("湖滨区", "陕州区")


def excel(path: Path) -> None:
    """A book whose first sheet explains, whose last has a head alone, and with two tables between them."""
    book = openpyxl.Workbook()
    book.active.append(["填表说明"])
    for nth, name in enumerate(NAMES):
        sheet = book.create_sheet(name)
        sheet.append(["名称", "人数"])
        sheet.append([f"点{nth}", nth])
    book.create_sheet("空表").append(["名称", "人数"])
    book.save(path)


def layers(path: Path) -> None:
    for nth, name in enumerate(NAMES):
        frame([{**ROWS[0], "名称": f"点{nth}"}]).to_file(path, driver="GPKG", layer=name)


def folders(path: Path) -> None:
    """Folders in folders, one without a name, one without placemarks, and a placemark in none."""
    inner = [f"<Folder><name>{name}</name>{placemark(f'点{n}')}</Folder>" for n, name in enumerate(NAMES)]
    inner[1] = f"<Folder><name><![CDATA[外&地]]></name>{inner[1]}</Folder>"
    more = f"<Folder>{placemark('无名')}</Folder><Folder><name>空</name></Folder><Folder/>{placemark('散点')}"
    path.write_text(KML.format("UTF-8", "", "<name>全部</name>" + "".join(inner) + more), encoding="utf-8")


def packed(path: Path) -> None:
    """Tables of one name in two folders, packed by a program that does not say that names are GB18030."""
    stand_in = {f"{name}/日报.csv": f"{str(nth) * 6}/{str(nth) * 4}.csv" for nth, name in enumerate(NAMES)}
    with zipfile.ZipFile(path, "w") as archive:
        for nth, name in enumerate(stand_in.values()):
            archive.writestr(name, f"名称,人数\n点{nth},{nth}\n")
    written = path.read_bytes()
    for name, other in stand_in.items():
        written = written.replace(other.encode(), name.encode("gb18030"))
    path.write_bytes(written)


def names_of(path: Path, sheet: str | None) -> list[str]:
    with opened(path, sheet=sheet) as book:
        assert book.sheet == (sheet or "") or not sheet
        return [row.get("名称") or row["Name"] for chunk in book.chunks() for row in chunk.table.to_pylist()]


@pytest.mark.parametrize(("suffix", "make"), [(".xlsx", excel), (".gpkg", layers), (".kml", folders)])
def test_the_one_that_is_named_is_read(suffix: str, make: Callable[[Path], None], tmp_path: Path) -> None:
    path = tmp_path / f"a{suffix}"
    make(path)
    for nth, name in enumerate(NAMES):
        assert names_of(path, name) == [f"点{nth}"]
        with opened(path, sheet=name) as book:
            assert [one for one in book.sheets if one in NAMES] == list(NAMES)
            assert "sheets" not in book.mended, "nothing is left out that was not chosen so"
    with pytest.raises(NoSuchSheet) as wrong, opened(path, sheet="没有"):
        pass
    assert isinstance(wrong.value, BadValue)
    for language in ("zh", "en"):
        said = say(wrong.value.key, language, **wrong.value.facts)
        assert all(name in said for name in (*NAMES, "没有"))


def test_only_what_has_rows_can_be_chosen(tmp_path: Path) -> None:
    excel(tmp_path / "a.xlsx")
    with opened(tmp_path / "a.xlsx") as book:
        assert (book.sheets, book.sheet, book.mended["sheets"]) == (NAMES, NAMES[0], 1)
    folders(tmp_path / "a.kml")
    with opened(tmp_path / "a.kml") as book:
        assert (book.sheets, book.sheet, book.rows) == ((NAMES[0], "外&地", NAMES[1]), "", 4)
    assert names_of(tmp_path / "a.kml", "外&地") == ["点1"], "a folder is read with what lies below it"


def test_layers_and_packed_files_are_asked_for(tmp_path: Path) -> None:
    layers(tmp_path / "a.gpkg")
    packed(tmp_path / "a.zip")
    wanted = {"a.gpkg": NAMES, "a.zip": tuple(f"{name}/日报.csv" for name in NAMES)}
    for file, names in wanted.items():
        with pytest.raises(Several) as asked, opened(tmp_path / file):
            pass
        assert asked.value.names == names
        assert all(name in say(asked.value.key, "en", **asked.value.facts) for name in (*names, "--sheet"))
        for nth, name in enumerate(names):
            assert names_of(tmp_path / file, name) == [f"点{nth}"]
            with opened(tmp_path / file, sheet=name) as book:
                assert (book.sheets, book.sheet) == (names, name)


def test_a_layer_of_one_packed_file_is_chosen_through_the_archive(tmp_path: Path) -> None:
    layers(tmp_path / "a.gpkg")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(tmp_path / "a.gpkg", "a.gpkg")
    assert names_of(tmp_path / "a.zip", NAMES[1]) == ["点1"]


def test_many_names_are_told_in_part(tmp_path: Path) -> None:
    for n in range(30):
        frame([ROWS[0]]).to_file(tmp_path / "a.gpkg", driver="GPKG", layer=f"L{n:02d}")
    with pytest.raises(Several) as asked, opened(tmp_path / "a.gpkg"):
        pass
    assert len(asked.value.names) == 30
    assert asked.value.facts["names"].endswith("L19 …")


def test_a_table_and_a_shapefile_have_no_sheets(tmp_path: Path) -> None:
    csv_in("utf-8")(tmp_path / "a.csv", ROWS)
    shapes(tmp_path / "a.zip", ROWS)
    for file in ("a.csv", "a.zip"):
        with pytest.raises(NoSheets), opened(tmp_path / file, sheet="甲"):
            pass
