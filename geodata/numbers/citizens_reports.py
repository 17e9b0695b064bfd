"""Citizens' reports 群众上报 that nobody has answered yet: fevers, tip-offs, announced returns."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.areas import statement
from geodata.feeds.floor.declaration import Words
from geodata.numbers.declaration import Line, Moment, Number

CASES = Words("件", "cases")
KINDS = {
    "fever": Words("发热自报待核", "Fevers to follow up"),
    "tip_off": Words("举报待核", "Tip-offs to follow up"),
    "return": Words("返乡待接", "Returns to meet"),
}


async def read(connection: AsyncConnection, code: str, moment: Moment) -> list[Line]:
    """Return what was open at the moment, of each kind, beside the day before; none of a kind that nobody ever reported."""
    at = moment.known
    query = statement("number_citizens_reports")
    now = {row.what: row for row in await connection.execute(query, {"code": code, "at": at})}
    then = {row.what: row for row in await connection.execute(query, {"code": code, "at": at - timedelta(days=1)})}
    lines = []
    for kind, words in KINDS.items():
        row, earlier = now[kind], then[kind]
        value = row.open if row.told else None
        before = earlier.open if earlier.told else None
        # That nobody reports anything is good news, so such a line is never late.
        lines.append(Line(words, value, CASES, row.data_time, before=before, severe=kind == "fever" and bool(value)))
    return lines


NUMBER = Number(
    id="citizens_reports",
    title=Words("群众上报", "Citizens' reports"),
    order=40,
    tables=frozenset({"fever_report", "tip_off", "return_registration"}),
    homes=True,
    read=read,
)
