"""What can be sent, and what is said of what cannot: no database is touched by any of it."""

import gzip
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from geodata.arrival import payload
from geodata.arrival.payload import parse
from geodata.feeds import clinic_status, passage, passages, survey, telemetry
from geodata.feeds.floor.refusal import Refused

FEED = clinic_status.FEED
ROW = dict(FEED.example)
OTHER = ROW | {"clinic": "北区-C02", "status": "open"}
TEXT, OTHER_TEXT = json.dumps(ROW).encode(), json.dumps(OTHER, ensure_ascii=False).encode()


def refused(feed: Any, sent: Any) -> list[tuple[int, str, str]]:
    """Return (row, column, why) of what is refused, after a look at its sentences."""
    with pytest.raises(Refused) as refusal:
        parse(feed, sent)
    for language in ("zh", "en"):
        for said in refusal.value.in_(language).rows:
            assert set(said) == {"row", "column", "reason", "suggestion"}
            assert said["reason"]
            assert said["suggestion"]
            assert "{" not in str(said["reason"]) + str(said["suggestion"]).replace("{…}", "")
    return [(r.row, r.column, r.why) for r in refusal.value.refusals]


@pytest.mark.parametrize(
    ("sent", "rows"),
    [
        (TEXT, 1),
        (json.dumps(ROW, indent=2).encode(), 1),
        (b"\xef\xbb\xbf  " + TEXT + b"\r\n", 1),
        (b"[]", 0),
        (json.dumps([ROW, OTHER]).encode(), 2),
        (TEXT + b"\n" + OTHER_TEXT, 2),
        (TEXT + b"\r\n\r\n" + OTHER_TEXT + b"\n\n", 2),
        (gzip.compress(TEXT, mtime=0), 1),
        (gzip.compress(TEXT + b"\n", mtime=0) + gzip.compress(OTHER_TEXT, mtime=0), 2),
        (ROW, 1),
        ([ROW, OTHER], 2),
        (iter([ROW, OTHER]), 2),
        (parse(FEED, [ROW, OTHER]), 2),
    ],
)
def test_one_or_many_in_every_shape(sent: Any, rows: int) -> None:
    """An object, an array, lines, gzip, Python objects."""
    assert parse(FEED, sent) == [FEED.row(**row) for row in (ROW, OTHER)[:rows]]


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        (gzip.compress(b"", mtime=0), "empty"),
        (b"[" + TEXT, "not_json"),
        (b'[{"clinic": ' + "北".encode("gbk") + b"}]", "not_json"),
        (b"[" * 100_000, "not_json"),
        (gzip.compress(TEXT, mtime=0)[:-9], "not_gzip"),
        (b"\x1f\x8b rubbish", "not_gzip"),
        (b" " * (payload.MOST_BYTES + 1), "too_long"),
        (gzip.compress(b" " * 200_000_000, 9, mtime=0), "too_long"),
        (gzip.compress(b" " * 9_000_000, mtime=0) * 3, "too_long"),
        (b"[" + b",".join([TEXT] * (payload.MOST_ROWS + 1)) + b"]", "too_many_rows"),
        (b"\n".join([TEXT] * (payload.MOST_ROWS + 1)), "too_many_rows"),
        ([ROW] * (payload.MOST_ROWS + 1), "too_many_rows"),
    ],
)
def test_a_delivery_that_cannot_be_read_is_refused_as_a_whole(sent: Any, why: str) -> None:
    """Cut off, in another encoding, too much, or a bomb: one clear sentence about row 0."""
    assert refused(FEED, sent) == [(0, "", why)]


def test_every_bad_row_is_told_and_the_good_ones_do_not_count() -> None:
    """Faults carry the number of their row, whichever shape they came in."""
    rows = [ROW, {"clinic": "a b", "status": "half"}, ROW, 7]
    told = [
        (2, "clinic", "text"),
        (2, "status", "choice"),
        (2, "reported_at", "missing"),
        (4, "", "object"),
    ]
    assert refused(FEED, json.dumps(rows).encode()) == told
    assert refused(FEED, "\n".join(map(json.dumps, rows)).encode()) == told
    assert refused(FEED, rows) == told
    assert refused(FEED, TEXT + b'\n{"clinic": \n' + TEXT) == [(2, "", "not_json")]


def test_a_name_where_six_digits_are_wanted_says_so() -> None:
    row = dict(passage.FEED.example) | {"origin": "武汉"}
    assert refused(passage.FEED, json.dumps(row, ensure_ascii=False).encode()) == [(1, "origin", "six_digits")]


def test_rows_are_counted_and_not_their_faults() -> None:
    with pytest.raises(Refused) as found:
        parse(FEED, [ROW, {"clinic": "a b", "status": "half"}, {}])
    assert (found.value.facts["count"], len(found.value.rows)) == ("2", 6)


def test_nobodys_number_is_said_as_the_name_of_a_column() -> None:
    with pytest.raises(Refused) as found:
        parse(FEED, json.dumps(ROW | {"某甲 13812345678": 1, "41120219900101123X": 1}).encode())
    assert [row["column"] for row in found.value.rows] == ["某甲 ***", "***"]
    assert not re.search(r"\d{11}", json.dumps(found.value.rows, ensure_ascii=False))


def test_a_row_of_ten_thousand_strange_columns_gives_a_short_answer() -> None:
    """A fault a column would be a flood; five a row say enough, and an endless row says it once."""
    wide = ROW | {f"c{n}": n for n in range(10_000)}
    assert refused(FEED, json.dumps(wide).encode()) == [(1, f"c{n}", "extra") for n in range(5)]
    endless = ROW | {f"c{n}": n for n in range(150_000)}
    assert refused(FEED, json.dumps(endless).encode()) == [(0, "", "too_many_faults")]


def test_nothing_that_was_sent_is_said_again() -> None:
    """A telephone number in a wrong place does not come back in the answer, nor stay in an exception."""
    with pytest.raises(Refused) as refusal:
        parse(FEED, [ROW | {"clinic": "call 13800138000"}, ROW | {"status": "13800138000"}, "13800138000"])
    assert "13800138000" not in str(refusal.value) + str(refusal.value.rows)
    assert refusal.value.__suppress_context__ or refusal.value.__context__ is None


SOON = (datetime.now(UTC) + timedelta(hours=2)).isoformat()


@pytest.mark.parametrize(
    ("feed", "changes", "column", "why"),
    [
        (FEED, {"reported_at": 1581400000}, "reported_at", "moment"),
        (FEED, {"reported_at": "1581400000"}, "reported_at", "moment"),
        (FEED, {"reported_at": "2020年2月11日"}, "reported_at", "moment"),
        (FEED, {"reported_at": "2020-02-30T10:00:00+08:00"}, "reported_at", "moment"),
        (FEED, {"reported_at": "2020-02-11T10:00:00"}, "reported_at", "zone"),
        (FEED, {"reported_at": "1999-12-31T10:00:00+08:00"}, "reported_at", "too_old"),
        (FEED, {"reported_at": SOON}, "reported_at", "too_new"),
        (FEED, {"reported_at": "9999-12-31T23:59:59-23:59"}, "reported_at", "too_new"),
        (FEED, {"clinic": "a\u0000b"}, "clinic", "text"),
        (FEED, {"clinic": 411202}, "clinic", "text"),
        (FEED, {"clinic": ""}, "clinic", "text"),
        (passages.FEED, {"passed": -1}, "passed", "too_small"),
        (passages.FEED, {"passed": 10**40}, "passed", "too_large"),
        (passages.FEED, {"passed": 1.5}, "passed", "whole_number"),
        (passages.FEED, {"passed": "12"}, "passed", "whole_number"),
        (passages.FEED, {"passed": True}, "passed", "whole_number"),
        (passages.FEED, {"hour": "2020-02-11T08:30:00+08:00"}, "hour", "part_hour"),
        (passages.FEED, {"reported_at": "2020-02-11T07:59:59+08:00"}, "reported_at", "before_hour"),
        (survey.FEED, {"household": 5}, "household", "which_household"),
        (survey.FEED, {"room": None}, "household", "which_household"),
        (survey.FEED, {"reason": "电话 138-0013 8000"}, "reason", "personal"),
        (survey.FEED, {"reason": "４１１２０２１９８００１０１１２３Ｘ"}, "reason", "personal"),
        (survey.FEED, {"reason": "a\nb"}, "reason", "text"),
        (survey.FEED, {"reason": "x" * 201}, "reason", "text"),
        (survey.FEED, {"client_id": "7"}, "client_id", "uuid"),
        (telemetry.FEED, {"lon": float("nan")}, "lon", "number"),
        (telemetry.FEED, {"lat": 111.0}, "lat", "too_large"),
        (telemetry.FEED, {"lat": "34.1"}, "lat", "number"),
        (telemetry.FEED, {"ended": "yes"}, "ended", "yes_no"),
    ],
)
def test_a_bad_value_gets_its_own_sentence(feed: Any, changes: dict[str, Any], column: str, why: str) -> None:
    """As JSON and as Python objects alike."""
    row = dict(feed.example) | changes
    assert refused(feed, json.dumps(row).encode()) == [(1, column, why)]
    assert refused(feed, [row]) == [(1, column, why)]
