"""The real application with the barest wall in place of its desk, so that the connection is tested by itself.

python -m uvicorn tests.browser.bare_wall:application --factory
"""

from dash import dcc, html
from dash.development.base_component import Component

from app import main
from app.pages import shell
from callbacks import ids, live
from callbacks.lost import banner
from callbacks.services import Taste

STORES = (ids.WALL_NEWS, ids.WALL_LISTEN, ids.BEAT)
PAGE = """<!DOCTYPE html>
<html lang="{lang}" data-theme="{theme}"><head><meta charset="utf-8"><title>wall</title>{css}
<script defer src="{live_js}"></script></head>
<body><main id="map" data-zone="{zone}" data-area="{area}"></main>{app_entry}
<footer hidden>{config}{scripts}{renderer}</footer></body></html>"""
LISTENS = """
window.told = {messages: [], blocks: {}, area: null, out_of_order: 0, lost: [], found: 0};
document.addEventListener('wangge:news', ({detail}) => {
    const last = told.messages.at(-1);
    if (last && detail.area === last.area && detail.seq <= last.seq) told.out_of_order += 1;
    told.messages.push({...detail, heard: Date.now()});
    if (told.messages.length > 2000) told.messages.shift();
    if (detail.area !== told.area) told.blocks = {};
    told.area = detail.area;
    Object.assign(told.blocks, detail.blocks);
});
document.addEventListener('wangge:lost', ({detail}) => told.lost.push(detail.kind));
document.addEventListener('wangge:found', () => { told.found += 1; });
window.listen = (asked) => {
    window.asked = asked;
    const dash = window.dash_clientside;
    if (!dash || !dash.set_props || !document.getElementById('page')) return setTimeout(listen, 50, asked);
    dash.set_props('wall-listen', {data: {...asked, count: told.count = (told.count || 0) + 1}});
};
document.addEventListener('wangge:again', () => listen({...window.asked, again: true}));
addEventListener('DOMContentLoaded', () => listen({area: '', blocks: null}));
"""
"""What a page does that shows a wall; a test puts it into the browser, for the page itself forbids inline scripts."""


def layout(taste: Taste) -> Component:
    """Return the stores of a wall and the sentences about a lost connection."""
    return html.Div([banner(taste.language), *(dcc.Store(id=name) for name in STORES)], id=ids.PAGE)


def application() -> main.App:
    """Return the application whose /map is the bare wall."""
    shell.PAGE = PAGE
    shell.CONCERNS = (live,)  # type: ignore[assignment]
    shell.desk.layout = layout
    return main.application()
