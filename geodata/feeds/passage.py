"""Single passages of checkpoints: when, with which outcome and health code, how long it took, where somebody came from.

A passage is told once, by its post, its moment and its sender's own key; told again it changes nothing. The transaction
that takes it also lays it beside for the counts: within seconds it is in the post's hour (`checkpoint_hour`) and in the mix
of codes and origins (`passage_mix`), which stay when single passages leave. An hour that a post reports by itself
(`passages`) stands before the sum of its single ones, whichever came first.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, StringConstraints
from pydantic_core import CoreSchema, core_schema
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.arrays import Moments, plain, texts
from geodata.feeds.floor.declaration import Feed, Paper, Privacy, Row, Words, Written
from geodata.feeds.floor.fields import Code, Moment
from geodata.feeds.floor.refusal import Refusal, stop

_TAKE = text(
    """SELECT accepted, unknown, early, gone FROM take_passages(
           CAST(:posts AS text[]), CAST(:keys AS text[]), CAST(:ats AS timestamptz[]), CAST(:outcomes AS text[]),
           CAST(:seconds AS int[]), CAST(:colours AS text[]), CAST(:origins AS text[]))"""
)
_SOMEBODY = re.compile(
    r"(?<![^\W_])(?:1[3-9]\d{9}|[1-9]\d{5}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dXx])(?![^\W_])"
)
"""A mobile telephone's number, or an identity number with its date of birth, standing by itself: digits within a UUID may
look like either."""
_DIGITS = str.maketrans("123456789", "000000000")
_USUAL = r"^20(?:0[1-9]|[1-9]\d)-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:[0-5]\d)$"
"""How nearly every sender writes a moment that `Moment` takes; only one in the future is left to the writer."""


class _Swift:
    """Reads a moment as it is usually written from JSON without a call of ours; what `Moment` says of others, it says."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        read = core_schema.no_info_plain_validator_function(datetime.fromisoformat)
        usual = core_schema.chain_schema([core_schema.str_schema(pattern=_USUAL), read])
        return core_schema.json_or_python_schema(usual, handler(source))

    def __get_pydantic_json_schema__(self, _: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return handler(core_schema.datetime_schema())


class Passage(Row):
    """One passage of one checkpoint; nothing of it names anybody."""

    checkpoint: Code
    key: Code
    """The sender's own id of the passage; made anew for each, never a person's number."""
    at: Annotated[Moment, _Swift()]
    outcome: Literal["pass", "home_quarantine", "central_quarantine", "turned_back"]
    seconds: Annotated[int, Field(strict=True, ge=0, le=86_400)]
    code_colour: Literal["green", "yellow", "red", "none"] = "none"
    """The health code that was shown."""
    origin: Annotated[str, StringConstraints(pattern=r"^\d{6}$")] | None = None
    """Six-digit code of the county, city or province somebody comes from."""


async def write(connection: AsyncConnection, rows: Sequence[Passage], _sender: str) -> Written:
    """Take the passages that are new. Raises Refused: an unknown post, a day that has left, a key that names somebody."""
    stop([Refusal(n, "key", "personal") for n in _named([row.key for row in rows])])
    sent = {
        "posts": texts([row.checkpoint for row in rows]),
        "keys": texts([row.key for row in rows]),
        "ats": Moments([row.at for row in rows]),
        "outcomes": plain([row.outcome for row in rows]),
        "seconds": plain([str(row.seconds) for row in rows]),
        "colours": plain([row.code_colour for row in rows]),
        "origins": plain([row.origin or "NULL" for row in rows]),
    }
    taken = (await connection.execute(_TAKE, sent)).one()
    stop([Refusal(n, "checkpoint", "unknown_checkpoint") for n in taken.unknown or ()])
    stop([Refusal(n, "at", "too_new") for n in taken.early or ()])
    stop([Refusal(n, "at", "gone") for n in taken.gone or ()])
    return Written(taken.accepted, len(rows) - taken.accepted)


def _named(keys: Sequence[str]) -> list[int]:
    plain = "\n".join(keys).translate(_DIGITS)
    if "0" * 11 not in plain:
        return []
    long = (n for n, key in enumerate(plain.split("\n")) if "0" * 11 in key)
    return [n + 1 for n in long if _SOMEBODY.search(keys[n])]


FEED = Feed(
    kind="passage",
    title=Words("检测点逐次通行", "Single passages of checkpoints"),
    row=Passage,
    key=("checkpoint", "at", "key"),
    privacy=Privacy.INTERNAL,
    late_after=timedelta(minutes=90),
    write=write,
    example={
        "checkpoint": "411202001001001-001",
        "key": "20200211-000131",
        "at": "2020-02-11T08:03:20+08:00",
        "outcome": "pass",
        "seconds": 15,
        "code_colour": "green",
        "origin": "411202",
    },
    paper=Paper(
        names={
            "checkpoint": ("检测点编号", "卡口编号", "检测点"),
            "key": ("流水号", "记录编号"),
            "at": ("通行时间", "时间"),
            "outcome": ("处置结果", "结果"),
            "seconds": ("用时", "耗时秒"),
            "code_colour": ("健康码颜色", "健康码"),
            "origin": ("来源地代码", "来源地"),
        },
        words={
            "outcome": {
                "pass": ("放行", "通过", "正常放行"),
                "home_quarantine": ("居家隔离", "居家观察"),
                "central_quarantine": ("集中隔离", "集中观察"),
                "turned_back": ("劝返", "劝离"),
            },
            "code_colour": {
                "green": ("绿", "绿码"),
                "yellow": ("黄", "黄码"),
                "red": ("红", "红码"),
                "none": ("无码", "无", "没有健康码", "未出示"),
            },
        },
    ),
)
