"""Heads are cleaned, rows keep their numbers, and what a program did to a cell can be seen."""

from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

from geodata.files import Chunk, UnreadableFile, opened
from geodata.files import limits as limit
from geodata.files.refusals import CutOff, MixedEncodings, NoHead, NoSuchEncoding, Ragged, TooLongCell, WrongEncoding


def csv(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "a.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(
    path: Path, rows: int = 50_000, encoding: str | None = None
) -> tuple[list[Chunk], dict[str, int], tuple[str, ...]]:
    with opened(path, encoding=encoding) as book:
        chunks = list(book.chunks(rows))
        return chunks, book.mended, book.columns


def test_heads_are_trimmed_and_each_is_there_once(tmp_path: Path) -> None:
    _, mended, columns = read(csv(tmp_path, "\u3000区划代码 ,名\u200b称,备注,备注,\n1,2,3,4,5\n"))
    assert columns == ("区划代码", "名称", "备注", "备注_2", "#5")
    assert (mended["head"], mended["doubled"]) == (2, 1)


def test_titles_above_the_head_are_left_out(tmp_path: Path) -> None:
    chunks, mended, columns = read(csv(tmp_path, "检测点登记表,,\n\n填报单位：湖滨区,,\n代码,名称,数\n1,a,2\n"))
    assert columns == ("代码", "名称", "数")
    assert (chunks[0].first, chunks[0].table.to_pylist(), mended["title"]) == (
        1,
        [{"代码": "1", "名称": "a", "数": "2"}],
        2,
    )


def test_blank_rows_are_left_out_and_the_others_keep_their_numbers(tmp_path: Path) -> None:
    chunks, mended, _ = read(csv(tmp_path, "a,b\n1,2\n\n,\n3,\n,\n,\n5,6\n,\n"))
    assert [(chunk.first, chunk.table.to_pylist()) for chunk in chunks] == [
        (1, [{"a": "1", "b": "2"}]),
        (4, [{"a": "3", "b": None}]),
        (7, [{"a": "5", "b": "6"}]),
    ]
    assert mended == {"blank": 5}


def test_chunks_have_the_size_asked_for(tmp_path: Path) -> None:
    chunks, _, _ = read(csv(tmp_path, "a,b\n" + "".join(f"{n},x\n" for n in range(1, 100_001))), rows=30_000)
    assert [(chunk.first, chunk.table.num_rows) for chunk in chunks] == [
        (1, 30_000),
        (30_001, 30_000),
        (60_001, 30_000),
        (90_001, 10_000),
    ]
    assert chunks[3].table.column(0)[0].as_py() == "90001"


def test_formulas_are_text_and_counted_but_numbers_and_dashes_are_none(tmp_path: Path) -> None:
    cells = [
        "=1+1",
        "@SUM(A1)",
        "+cmd|' /C calc'!A0",
        "-2+3+cmd",
        "-1.5",
        "+8613800000000",
        "-",
        "-1,234.5",
        "+1E5",
        "a=b",
    ]
    chunks, mended, _ = read(csv(tmp_path, "a;b\n" + "".join(f"{cell};x\n" for cell in cells)))
    assert chunks[0].table.column(0).to_pylist() == cells
    assert mended == {"formula": 4}


def test_what_excel_did_to_codes_and_days_can_be_seen(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["code", "destroyed", "long", "count", "day", "moment", "hour", "yes", "text"])
    moment = datetime(2020, 2, 11, 8, 5, tzinfo=UTC).replace(tzinfo=None)
    sheet.append([411202001001, 4.11202e11, 411202001001001001, 12, moment.date(), moment, moment.time(), True, "0041"])
    sheet.append([None] * 9 + ["beside"])
    book.create_sheet("other").append(["a", "b"])
    book["other"].append([1, 2])
    book.save(tmp_path / "a.xlsx")
    chunks, mended, _ = read(tmp_path / "a.xlsx")
    assert list(chunks[0].table.to_pylist()[0].values()) == [
        "411202001001",
        "411202000000",
        "4.11202001001001E+17",
        "12",
        "2020-02-11",
        "2020-02-11T08:05:00",
        "08:05:00",
        "true",
        "0041",
    ]
    assert mended == {"float": 2, "beside": 1, "blank": 1, "sheets": 1}


def test_numbers_of_json_stay_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    path.write_text('{"a": 411202001001.0, "b": 1E400, "c": NaN}\n{"a": {"x": [1, "二"]}, "d": true}\n')
    chunks, _, columns = read(path)
    assert columns == ("a", "b", "c", "d")
    assert [list(row.values()) for row in chunks[0].table.to_pylist()] == [
        ["411202001001.0", "1E400", "NaN", None],
        ['{"x": ["1", "二"]}', None, None, "true"],
    ]


@pytest.mark.parametrize("told", ["gb18030", "GBK", "gb2312", "auto", None])
def test_gb18030_under_any_of_its_names(told: str | None, tmp_path: Path) -> None:
    chunks, _, _ = read(csv(tmp_path, "代码,名称\n1,㐀村\n".encode("gb18030")), encoding=told)
    assert chunks[0].table.to_pylist() == [{"代码": "1", "名称": "㐀村"}]


def test_an_encoding_that_is_told_wins(tmp_path: Path) -> None:
    content = "代碼,名稱\n1,繁體\n".encode("big5")
    assert read(csv(tmp_path, content), encoding="big5")[0][0].table.to_pylist()[0]["名稱"] == "繁體"
    assert read(csv(tmp_path, "a,b\n1,二\n".encode("utf-16-le")), encoding="utf-16-le")[0][0].table.num_rows == 1


@pytest.mark.parametrize(
    ("content", "told", "kind", "facts"),
    [
        ("a,b\n1,2\n3,湖滨\n".encode("gb18030"), "utf-8", WrongEncoding, {"line": "3"}),
        ("a,b\n1,2\n3,湖滨\n".encode(), "gb18030", WrongEncoding, {"line": "3"}),
        ("a,b\n1,2\n3,男\n".encode(), "gbk", WrongEncoding, {"line": "3"}),
        ("a,b\n1,湖滨\n".encode("utf-8-sig"), "gb18030", WrongEncoding, {"line": "1"}),
        (b"a,b\n1,2\n", "klingon", NoSuchEncoding, {"encoding": "klingon"}),
        ("a,b\n1,湖滨\n2,x\n".encode() + "3,陕州\n".encode("gbk"), None, MixedEncodings, {"line": "4"}),
        ("a,b\n1,湖滨\n2,x\n".encode("gbk") + "3,陕州\n".encode(), None, MixedEncodings, {"line": "4"}),
        ("a,b\n1,湖滨\n2,x\n".encode("gbk") + "3,男,\n".encode(), None, MixedEncodings, {"line": "4"}),
        ("a,b\n1,湖滨\n".encode() + "二".encode()[:2], None, CutOff, {}),
        (b"a,b\n1,2\n3,4,5\n", None, Ragged, {"row": "2", "found": "3", "wanted": "2"}),
        (b"a,b\n1,2\n\n3\n", None, Ragged, {"row": "3", "found": "1", "wanted": "2"}),
        (b"a,b\n1,2\n\n3," + b"x" * (limit.CELL_CHARACTERS + 1), None, TooLongCell, {"row": "3", "column": "b"}),
    ],
)
def test_a_refusal_says_where(
    content: bytes, told: str | None, kind: type[UnreadableFile], facts: dict[str, str], tmp_path: Path
) -> None:
    with pytest.raises(kind) as refused:
        read(csv(tmp_path, content), encoding=told)
    assert facts.items() <= refused.value.facts.items()


def test_a_cell_may_have_as_many_characters_as_the_limit_says(tmp_path: Path) -> None:
    chunks, _, _ = read(csv(tmp_path, "a,b\n1," + "湖" * limit.CELL_CHARACTERS + "\n"))
    assert len(chunks[0].table.column(1)[0].as_py()) == limit.CELL_CHARACTERS


def test_lines_may_end_as_on_an_old_mac_and_the_last_without_an_end(tmp_path: Path) -> None:
    assert read(csv(tmp_path, "a,b\r1,2\r3,4"))[0][0].table.num_rows == 2
    assert read(csv(tmp_path, "a\n1\n2"))[0][0].table.num_rows == 2


def sheet(tmp_path: Path, rows: list[list[object]], name: str = "a.xlsx") -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / name)
    return tmp_path / name


HEADS = ["村代码", "日期", "域外返回", "武汉返回", "密切接触"]


def test_a_line_of_several_cells_above_the_head_is_a_title(tmp_path: Path) -> None:
    above = [["四类人员日报表"], ["填报单位：某街道", None, None, "2020年2月11日"]]
    chunks, mended, columns = read(sheet(tmp_path, [*above, HEADS, ["1", "2", "3", "4", "5"]]))
    assert (columns, mended["title"]) == (tuple(HEADS), 2)
    assert chunks[0].table.num_rows == 1
    lines = "\n".join(",".join(str(cell or "") for cell in [*row, *[None] * (5 - len(row))]) for row in [*above, HEADS])
    assert read(csv(tmp_path, f"{lines}\n1,2,3,4,5\n"))[2] == tuple(HEADS)


def test_a_head_of_two_rows_is_one(tmp_path: Path) -> None:
    merged = [["村代码", "日期", "四类人员", None, None], [None, None, "域外返回", "武汉返回", "密切接触"]]
    chunks, mended, columns = read(sheet(tmp_path, [*merged, ["1", "2", 3, 4, 5]]))
    assert (columns, mended["two_rows"], chunks[0].first) == (tuple(HEADS), 1, 1)
    assert chunks[0].table.to_pylist()[0]["密切接触"] == "5"
    lines = "\n".join(",".join(cell or "" for cell in row) for row in merged)
    assert read(csv(tmp_path, f"{lines}\n1,2,3,4,5\n"))[2] == tuple(HEADS)


def test_a_row_below_a_head_with_gaps_stays_a_row(tmp_path: Path) -> None:
    chunks, mended, columns = read(csv(tmp_path, "村代码,名称,\n1,,3\n"))
    assert (columns, "two_rows" in mended) == (("村代码", "名称", "#3"), False)
    assert chunks[0].table.num_rows == 1


def test_totals_and_signatures_are_no_records(tmp_path: Path) -> None:
    rows = [
        ["1", "2", 3, 4, 5],
        ["小计", None, 3, 4, 5],
        ["6", "7", 8, 9, 10],
        ["　合　计", None, 11, 13, 15],
        ["填表人：甲", None, "审核人：乙"],
    ]
    chunks, mended, _ = read(sheet(tmp_path, [HEADS, *rows]))
    assert [(chunk.first, chunk.table["村代码"].to_pylist()) for chunk in chunks] == [(1, ["1"]), (3, ["6"])]
    assert mended["foot"] == 3
    chunks, mended, _ = read(csv(tmp_path, "a,b\n合计部件厂,1\n,合计\n"))
    assert (chunks[0].table.num_rows, mended["foot"]) == (1, 1), "a name that only begins so is a record"


def test_a_hidden_sheet_is_read_only_where_it_is_named(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for title, value in (("上月", "9"), ("本月", "1")):
        made = book.create_sheet(title)
        made.append(["代码", "数"])
        made.append([value, value])
    del book["Sheet"]
    book["上月"].sheet_state, book.active = "hidden", 1
    book.save(tmp_path / "a.xlsx")
    with opened(tmp_path / "a.xlsx") as seen:
        assert (seen.sheet, set(seen.sheets)) == ("本月", {"上月", "本月"})
    with opened(tmp_path / "a.xlsx", sheet="上月") as seen:
        assert next(seen.chunks()).table.to_pylist() == [{"代码": "9", "数": "9"}]


@pytest.mark.parametrize(
    "cells", ["某甲,13812345678,天鹅湖", "某甲,411202199001011234,天鹅湖", "某甲,138 1234 5678,天鹅湖"]
)
def test_a_table_without_a_head_says_so_and_nobodys_number(cells: str, tmp_path: Path) -> None:
    for path in (csv(tmp_path, f"{cells}\n{cells}\n"), sheet(tmp_path, [cells.split(","), cells.split(",")])):
        with pytest.raises(NoHead) as refused, opened(path):
            pass
        assert not refused.value.facts
