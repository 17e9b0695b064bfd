"""What every page stands in: the HTML that is there before any script, and the layout that Dash is given."""

import re
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dash import Dash
from dash.development.base_component import Component

from app import vendor
from app.pages import desk, wall
from callbacks import alerts, area, card, chrome, find, homes, layer_panel, live, plan, regions, reported, router
from callbacks import wall as wall_stores
from callbacks.services import Services, Taste, current
from geodata.words import say
from layers.registry import visible

CONCERNS = (router, regions, chrome, area, alerts, homes, layer_panel, card, plan, find, live, reported, wall_stores)

PAGE = """<!DOCTYPE html>
<html lang="{lang}" data-theme="{theme}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark light">
<title>{title}</title>
{favicon}
{css}
<link rel="preload" as="script" href="{deck_js}">
<script defer src="{live_js}"></script>
<script defer src="{desk_js}"></script>
<script defer src="{paint_js}"></script>
<script defer src="{map_js}"></script>
<script defer src="{plan_js}"></script>
<script defer src="{alerts_js}"></script>
<script defer src="{face_js}"></script>
<script defer src="{back_js}"></script>
</head>
<body>
{app_entry}
{back}
<main id="map" data-deck="{deck}" data-script="{deck_js}" data-style="/style.json" data-area="{area}" data-layers="{layers}"
 data-measure="{measure}" data-zone="{zone}"></main>
<footer hidden>{config}{scripts}{renderer}</footer>
</body>
</html>"""

ENTRY = """<div id="react-entry-point"></div>
<div class="bones" aria-hidden="true">
<div class="bar"><div class="brand"><span class="mark">{name}</span>{badge}</div></div>
<div class="side"><section>{bones}</section></div>
</div>"""

RENDERER = '<script id="_dash-renderer" src="{source}" defer></script>'


def taste_of(app: Dash) -> Taste:
    """Return theme and language of the request that Dash is answering."""
    request = app.backend.request_adapter()
    return Taste.of(request.cookies, request.args, request.headers.get("accept-language", ""))


def index(app: Dash, services: Services) -> Callable[..., str]:
    """Return what writes the HTML of a page: it stands at once, scripts come later and hold nothing up."""

    def write(**parts: str) -> str:
        taste = taste_of(app)
        principal = current.get()
        language = taste.language
        if app.backend.request_adapter().path == wall.PATH:
            return wall.page(services, principal, taste, app.backend.request_adapter().args, _wall_parts(app, parts))
        demo = escape(say("product.demo", language))
        badge = f'<span class="badge">{demo}</span>' if services.installation.demo else ""
        bones = '<span class="bone"></span><span class="bone half"></span>' * 6
        return PAGE.format(
            lang="en" if language == "en" else "zh-CN",
            theme=taste.theme,
            title=escape(say("product.name", language)),
            favicon="",
            css=parts["css"],
            deck_js=vendor.address(),
            live_js=asset(app, "live.js"),
            desk_js=asset(app, "desk.js"),
            paint_js=asset(app, "paint.js"),
            map_js=asset(app, "map.js"),
            plan_js=asset(app, "plan.js"),
            alerts_js=asset(app, "alerts.js"),
            face_js=asset(app, "face.js"),
            back_js=asset(app, "back.js"),
            back=wall.way_back(principal, language),
            app_entry=ENTRY.format(name=escape(say("product.name", language)), badge=badge, bones=bones),
            deck=escape(desk.deck()),
            area=escape(principal.areas[0] if principal and principal.areas else ""),
            layers=escape(desk.facts(visible(principal.scope) if principal else ())),
            measure=escape(area.first_measure(principal.scope) if principal else ""),
            zone=escape(services.installation.time_zone),
            config=parts["config"],
            scripts=later(parts["scripts"]),
            renderer=RENDERER.format(source=asset(app, "start.js")),
        )

    return write


def _wall_parts(app: Dash, parts: dict[str, str]) -> dict[str, str]:
    return {
        "css": parts["css"],
        "wall_css": asset(app, "wall/wall.css"),
        "wall_js": asset(app, "wall/app.js"),
        "live_js": asset(app, "live.js"),
        "map_js": asset(app, "map.js"),
        "config": parts["config"],
        "scripts": later(parts["scripts"]),
        "renderer": RENDERER.format(source=asset(app, "start.js")),
    }


def asset(app: Dash, name: str) -> str:
    """Return the address of an asset, another one whenever the file changed."""
    changed = (Path(app.config.assets_folder) / name).stat().st_mtime_ns
    return f"{app.get_asset_url(name)}?m={changed}"


def later(scripts: str) -> str:
    """Return Dash's script tags so that none of them holds up the first picture."""
    return re.sub(r"<script (?=src=)", "<script defer ", scripts)


def layout(app: Dash) -> Callable[[], Component]:
    """Return the layout as a function of the request: of the page that asks for it, which its referrer names."""

    def found() -> Component:
        asking = str(urlsplit(app.backend.request_adapter().headers.get("referer", "")).path)
        taste = taste_of(app)
        return wall.layout(taste) if asking == wall.PATH else desk.layout(taste)

    return found


def dress(app: Dash, services: Services) -> None:
    """Give a Dash app its pages and its callbacks."""
    app.title = say("product.name", "zh")
    app.interpolate_index = index(app, services)  # type: ignore[method-assign]  # Dash asks for a subclass or this
    app.layout = layout(app)
    for concern in CONCERNS:
        concern.register(app, services)


def options() -> dict[str, Any]:
    """Return how the Dash app is to be made: own assets only, no title that flickers, no icon from elsewhere."""
    return {
        "serve_locally": True,
        "update_title": "",
        "assets_ignore": r"(start|live|desk|paint|map|plan|alerts|face|back)\.js",
        "assets_path_ignore": ["^grid$", "^wall$", "^press$", "^admin$"],
        "suppress_callback_exceptions": True,
        # A page that nothing happens on must not be hung up on, and what many pages are told goes out at once.
        "websocket_inactivity_timeout": 0,
        "websocket_batch_delay": 0,
    }
