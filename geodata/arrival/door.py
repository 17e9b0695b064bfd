"""The one door for everything delivered: checked, written in one transaction inside the sender's scope, and counted."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from geodata.arrival import deliveries, quarantine
from geodata.arrival.payload import Checked, Payload, check
from geodata.arrival.secret import feed_key
from geodata.arrival.writing import stubbornly, write_right
from geodata.database import Database
from geodata.errors import NotAllowed
from geodata.feeds.floor.declaration import Feed, Privacy, Written
from geodata.feeds.floor.refusal import Refusal, Refused, stop
from geodata.feeds.floor.registry import get
from geodata.scope import WITHOUT_HOMES, Scope


@dataclass(frozen=True, slots=True)
class Delivered:
    """What became of a delivery: rows that changed something, rows that were there already, what is wrong with others."""

    accepted: int
    repeated: int
    refused: list[Refusal] = field(default_factory=list)

    @property
    def refused_rows(self) -> int:
        """Return how many rows were refused; one row may have several faults."""
        return len({refusal.row for refusal in self.refused})

    def said(self, language: str) -> dict[str, Any]:
        """Return it as an answer carries it."""
        rows = [refusal.said(language) for refusal in self.refused]
        return {"accepted": self.accepted, "repeated": self.repeated, "refused": self.refused_rows, "rows": rows}


@dataclass(frozen=True, slots=True)
class _Delivery:
    """One delivery under way."""

    feed: Feed[Any]
    sender: str
    source: str


async def deliver(
    database: Database,
    scope: Scope,
    kind: str,
    payload: Payload,
    sender: str,
    *,
    language: str = "zh",
    partial: bool = False,
    source: str = "http",
) -> Delivered:
    """Take a delivery whole or not at all, or with `partial` whatever is right of it.

    Sending the same again changes nothing. What is refused waits in quarantine. Raises UnknownKind, NotAllowed, RefusedRows
    (its sentences in `language`), DatabaseAway, TooSlow.
    """
    feed = get(kind)
    demand_right(feed, scope)
    delivery, checked = _Delivery(feed, sender, source), _NOTHING
    try:
        checked = check(feed, payload, await feed_key(database, feed))
        if not partial:
            stop(checked.refusals)
        taken = checked

        async def take(connection: AsyncConnection) -> Delivered:
            return await _take(connection, delivery, taken, partial=partial)

        homes = feed.privacy is Privacy.HOUSEHOLD
        return await stubbornly(database, scope, take, as_owner=feed.foundation, tell=homes)
    except Refused as refused:
        lost, faults = checked, refused.refusals
        await stubbornly(database, scope, lambda connection: _turn_away(connection, delivery, lost, faults))
        raise refused.in_(language) from None


def demand_right(feed: Feed[Any], scope: Scope) -> None:
    """Raise NotAllowed for whoever sees no homes, and for whoever would lay foundations without the whole city."""
    if scope.role in WITHOUT_HOMES or (feed.foundation and not scope.founds):
        raise NotAllowed


async def _take(connection: AsyncConnection, delivery: _Delivery, checked: Checked[Any], *, partial: bool) -> Delivered:
    """Write the right rows and note what arrived, in the caller's transaction."""
    feed, more = delivery.feed, list[Refusal]()
    if partial:
        written, more = await write_right(connection, feed, checked.rows, delivery.sender)
    elif checked.rows:
        written = await feed.write(connection, list(checked.rows.values()), delivery.sender)
    else:
        written = Written(0, 0)
    refused = sorted([*checked.refusals, *more], key=lambda refusal: refusal.row)
    delivered = Delivered(written.accepted, written.repeated, refused)
    if refused:
        await _remember(connection, delivery, checked, delivered)
    else:
        facts = {"rows": checked.count, "accepted": written.accepted, "repeated": written.repeated}
        await deliveries.count(connection, feed.kind, delivery.sender, **facts)
    return delivered


async def _turn_away(
    connection: AsyncConnection, delivery: _Delivery, checked: Checked[Any], refusals: Sequence[Refusal]
) -> None:
    """Note a delivery of which nothing was written, after its transaction has gone."""
    await _remember(connection, delivery, checked, Delivered(0, 0, list(refusals)))


async def _remember(
    connection: AsyncConnection, delivery: _Delivery, checked: Checked[Any], delivered: Delivered
) -> None:
    kind, sender, refusals = delivery.feed.kind, delivery.sender, delivered.refused
    numbers = {refusal.row for refusal in refusals[: quarantine.MOST_KEPT]}
    fields = {number: checked.sent(number) for number in numbers if number}
    found = quarantine.faults(kind, sender, refusals, fields)
    noted = await deliveries.note(
        connection,
        kind,
        sender,
        source=delivery.source,
        rows=checked.count,
        accepted=delivered.accepted,
        repeated=delivered.repeated,
        refused=delivered.refused_rows,
        detail={"faults": len(refusals)},
        digest=quarantine.digest(found, len(refusals)),
    )
    await quarantine.keep_faults(connection, noted, found)


_NOTHING: Checked[Any] = Checked(0, {}, [], lambda _number: {})
"""Of a delivery that could not be read."""
