"""Search by name, code, address and pinyin; every result is a link that shows it on the map. A trip gets its answer."""

from typing import Any

from dash import Dash, Input, html
from dash.development.base_component import Component

from callbacks import ids
from callbacks import same_trip as trip
from callbacks.parts import aria, go, notice, to_area
from callbacks.regions import drawn, into
from callbacks.services import Services
from geodata.errors import WanggeError
from geodata.search import search
from geodata.words import say

LAYER_OF = {"building": "buildings", "hotel": "hotels", "clinic": "clinics", "checkpoint": "checkpoints"}
"""The layer on which a found thing is picked."""
MOST = 12
LONGEST = 80
"""Characters of a question that are looked at."""


def results(found: list[dict[str, Any]], words: str, language: str) -> list[Component]:
    """Return the results as links, or the sentence that there are none."""
    if not found:
        return [notice(say("find.none", language, words=words))]
    return [html.Ul([html.Li(_result(row, language)) for row in found], **aria(label=say("find.results", language)))]


def _result(row: dict[str, Any], language: str) -> Component:
    kind = say(f"level.{row['level']}" if row.get("level") else f"find.{row['kind']}", language)
    words = [
        html.Span(row["title"]),
        html.Span(kind, className="kind"),
        html.Span(row["subtitle"] or "", className="where"),
    ]
    if row["kind"] == "area":
        return to_area(words, row["code"])
    target = {"pick": f"{LAYER_OF[row['kind']]}:{row['id']}"}
    if row["lon"] is not None:
        target |= {"lon": f"{row['lon']:.5f}", "lat": f"{row['lat']:.5f}", "z": str(row["zoom"])}
    return go(words, "/map?" + "&".join(f"{name}={text}" for name, text in target.items()), target)


async def show(services: Services, words: str | None, language: str) -> list[Component]:
    """Return what stands below the search field."""
    asked = (words or "").strip()[:LONGEST]
    if not asked:
        return []
    now = services.now()
    travelled = trip.trip_of(asked, now.date()) if services.principal().scope.homes else None
    try:
        async with services.reading() as connection:
            found = await search(connection, asked, limit=MOST)
            if travelled is None:
                return results(found, asked, language)
            answer = await trip.answered(connection, travelled, now, language)
            return [answer, *(results(found, asked, language) if found else [])]
    except WanggeError:
        return [notice(say("find.failed", language))]


def register(app: Dash, services: Services) -> None:
    """Search while somebody types, once the typing rests."""

    @app.callback(
        into(ids.FOUND),
        Input(ids.SOUGHT, "data"),
        Input(ids.TASTE, "data"),
        prevent_initial_call=True,
    )
    async def _(words: str | None, taste: dict[str, str]) -> Any:
        return drawn(await show(services, words, taste["language"]))
