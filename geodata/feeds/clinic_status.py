"""Whether fever clinics and designated hospitals are open, full or closed; an older report never undoes a newer one."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Literal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.feeds.floor.declaration import Feed, Paper, Privacy, Row, Words, Written
from geodata.feeds.floor.fields import Code, Moment
from geodata.feeds.floor.refusal import Refusal, stop
from geodata.feeds.floor.tables import newest_word

_CLINICS = text(
    "SELECT id, code, status, reported_at FROM clinic WHERE code = ANY (CAST(:codes AS text[])) ORDER BY id FOR NO KEY UPDATE"
)
_PUT = text(
    """UPDATE clinic c SET status = r.status, reported_at = r.reported_at
       FROM unnest(CAST(:clinic AS int[]), CAST(:status AS text[]), CAST(:reported_at AS timestamptz[]))
            AS r(clinic, status, reported_at)
       WHERE c.id = r.clinic"""
)


class ClinicStatus(Row):
    """What one clinic says of itself."""

    clinic: Code
    status: Literal["open", "full", "closed"]
    reported_at: Moment


async def write(connection: AsyncConnection, rows: Sequence[ClinicStatus], _sender: str) -> Written:
    """Set what is newer than what is known. Raises Refused where a clinic is not known here."""
    found = await connection.execute(_CLINICS, {"codes": sorted({row.clinic for row in rows})})
    clinics = {clinic.code: clinic for clinic in found}
    stop([Refusal(n, "clinic", "unknown_clinic") for n, row in enumerate(rows, 1) if row.clinic not in clinics])
    kept = [
        row
        for row in newest_word(rows, "clinic")
        if row.reported_at > (held := clinics[row.clinic]).reported_at
        or (row.reported_at == held.reported_at and row.status != held.status)
    ]
    if kept:
        columns = {name: [getattr(row, name) for row in kept] for name in ("status", "reported_at")}
        await connection.execute(_PUT, columns | {"clinic": [clinics[row.clinic].id for row in kept]})
    return Written(len(kept), len(rows) - len(kept))


FEED = Feed(
    kind="clinic_status",
    title=Words("发热门诊与定点医院状态", "Status of fever clinics and designated hospitals"),
    row=ClinicStatus,
    key=("clinic",),
    privacy=Privacy.PUBLIC,
    late_after=timedelta(hours=24),
    write=write,
    example={"clinic": "411202-C01", "status": "full", "reported_at": "2020-02-11T10:30:00+08:00"},
    paper=Paper(
        names={
            "clinic": (
                "门诊编号",
                "医院编号",
                "机构编号",
            ),
            "status": (
                "状态",
                "接诊状态",
            ),
            "reported_at": (
                "填报时间",
                "上报时间",
            ),
        },
        words={
            "status": {
                "open": ("开放", "接诊", "正常接诊", "正常"),
                "full": ("已满", "满员", "满负荷", "床位已满"),
                "closed": ("关闭", "停诊", "暂停接诊"),
            },
        },
    ),
)
