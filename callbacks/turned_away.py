"""Changes that were refused, in the panel of whoever decides about them: where, who, when, and why they were not entered."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from dash import html
from dash.development.base_component import Component
from sqlalchemy.ext.asyncio import AsyncConnection

from callbacks.parts import go
from callbacks.wording import clock
from geodata.ledger import refused_changes
from geodata.model import Role
from geodata.words import say

DECIDERS = frozenset({Role.OFFICER, Role.COMMAND})
IN_SIGHT = timedelta(days=14)
LISTED, MOST = 3, 100


async def load(connection: AsyncConnection, role: Role, code: str, now: datetime) -> tuple[dict[str, Any], ...]:
    """Return the changes that were refused lately below an area; none for roles that do not decide about them."""
    if role not in DECIDERS:
        return ()
    return tuple(await refused_changes(connection, since=now - IN_SIGHT, code=code, limit=MOST))


def section(found: Sequence[dict[str, Any]], now: datetime, language: str) -> list[Component]:
    """Return the section; nothing where nothing was refused."""
    if not found:
        return []
    title = [html.H2(say("away.title", language)), html.Strong(f"{len(found)}", className="warning value")]
    head = html.Div([*title, html.Span(say("away.days", language), className="stamp")], className="title-row")
    rows: list[Component] = [html.Li(_row(one, now, language)) for one in found[:LISTED]]
    if len(found) > LISTED:
        rows.append(html.Li(say("away.more", language, n=len(found) - LISTED), className="small quiet"))
    return [html.Section([head, html.Ul(rows, className="away")], className="turned-away")]


def _row(one: dict[str, Any], now: datetime, language: str) -> list[Component]:
    place = f"{one['area_name']} {one['door'] or ''}".strip()
    target = {"area": one["area_code"], "pick": f"households:{one['household']}" if one["household"] else ""}
    who = say("away.who", language, who=one["by"], moment=clock(one["at"], now, language))
    return [
        html.Div([go(place, f"/map?area={one['area_code']}", target), html.Span(who, className="small quiet")]),
        html.P(say(f"ledger.{one['refusal']}", language), className="small quiet"),
    ]
