"""The command wall 指挥大屏: named regions that wall.css arranges by the display's proportions, and that wall/*.js fills."""

from collections.abc import Mapping
from datetime import timedelta
from html import escape

from dash import dcc, html
from dash.development.base_component import Component

from app import vendor
from app.pages import desk, plain
from callbacks import ids
from callbacks.lost import banner
from callbacks.markup import markup
from callbacks.numbers import PATIENCE
from callbacks.services import Services, Taste
from geodata.accounts import Principal
from geodata.model import Role
from geodata.words import LANGUAGES, say
from layers.registry import all_layers, visible
from layers.tokens import tokens

PATH = "/wall"
TABLES = ("screen", "reported", "when", "product", "error", "live", "level")
"""Tables of the catalogue that the page speaks with."""
SIDES = (("left", ("ranked", "trend", "numbers")), ("right", ("feed", "patrols", "posts")))
"""The columns beside the map and their regions, from top to bottom; a very wide display sets each region by itself."""
IDLE_S = 120
"""Seconds after which a screen that nobody touches goes back from the desk to its wall."""
PATIENT = {
    **PATIENCE,
    "posts": PATIENCE["checkpoints"],
    "ranked": PATIENCE["households"],
    "reports": timedelta(days=2),
    "numbers": timedelta(days=2),
}
"""How old a block's data may be before its panel is dimmed, as on the desk."""

PAGE = """<!DOCTYPE html>
<html lang="{lang}" data-theme="{theme}" class="wall">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark light">
<title>{title}</title>
{css}
<link rel="stylesheet" href="{wall_css}">
<link rel="preload" as="script" href="{deck_js}">
<script defer src="{live_js}"></script>
<script type="module" src="{wall_js}"></script>
<script defer src="{map_js}"></script>
</head>
<body class="wall">
<main id="wall">
<header class="region" data-region="head">
<div class="brand"><h1 id="wall-title">{name}</h1>{badge}</div>
<div id="wall-moment" role="status"></div>
<div id="wall-clock"></div>
</header>
<section class="region" data-region="heads" aria-label="{heads}"></section>
{left}
<section class="region" data-region="map" aria-label="{map}">
<div id="map-box"><div id="map" data-deck="{deck}" data-script="{deck_js}" data-style="/style.json" data-area="{area}"
 data-layers="{layers}" data-measure="{measure}" data-zone="{zone}"></div></div>
<span id="canvas-words" class="out-of-sight">{canvas}</span>
<div id="wall-scene"></div><div id="wall-alert" role="status"></div><div id="wall-pin" aria-hidden="true" hidden></div>
<div id="wall-states"></div>
</section>
{right}
<section class="region" data-region="bar" aria-label="{bar}"></section>
</main>
<script type="application/json" id="words">{words}</script>
<script type="application/json" id="facts">{facts}</script>
{lost}
<div id="react-entry-point" hidden></div>
<footer hidden>{config}{scripts}{renderer}</footer>
</body>
</html>"""


def layout(taste: Taste) -> Component:
    """Return what Dash holds of the page: nothing but the stores that messages arrive in."""
    stores: list[Component] = [dcc.Store(id=name) for name in ids.OF_WALL]
    return html.Div([*stores, dcc.Store(id=ids.DONE)], id=ids.PAGE, lang=taste.language)


def page(
    services: Services, principal: Principal | None, taste: Taste, asked: Mapping[str, str], parts: Mapping[str, str]
) -> str:
    """Return the HTML of the wall of an area; `parts` holds what every page has: scripts, addresses, styles."""
    language, installation = taste.language, services.installation
    own = principal.areas[0] if principal and principal.areas else ""
    badge = f'<span class="badge">{escape(say("product.demo", language))}</span>' if installation.demo else ""
    left, right = (_side(name, regions, language) for name, regions in SIDES)
    return PAGE.format(
        lang="en" if language == "en" else "zh-CN",
        theme=taste.theme,
        title=escape(say("screen.title", language)),
        name=escape(say("screen.title", language)),
        badge=badge,
        heads=escape(say("screen.region_heads", language)),
        map=escape(say("screen.map", language)),
        bar=escape(say("screen.bar", language)),
        canvas=escape(say("map.canvas", language)),
        left=left,
        right=right,
        deck=escape(desk.deck()),
        deck_js=vendor.address(),
        area=escape(asked.get("area") or own),
        layers=escape(desk.facts(visible(principal.scope) if principal else ())),
        measure="",
        zone=escape(installation.time_zone),
        lost=markup(banner(language)),
        words=plain.script(words()),
        facts=plain.script(facts(asked.get("programme") or (principal.programme if principal else ""))),
        **parts,
    )


def way_back(principal: Principal | None, language: str) -> str:
    """Return the link on the desk that leads back to the wall, for whoever came from there; back.js shows it."""
    idle = f' data-idle="{IDLE_S}"' if principal is not None and principal.role is Role.DISPLAY else ""
    words = escape(say("screen.back_to_wall", language))
    return f'<a id="back-to-wall" class="button primary" href="{PATH}" hidden{idle}>{words}</a>'


def _side(name: str, regions: tuple[str, ...], language: str) -> str:
    panels = "".join(
        f'<section class="region panel" data-region="{region}"><header><h2 data-say="screen.{region}">'
        f'{escape(say(f"screen.{region}", language))}</h2><span class="stamp"></span></header>'
        f'<div class="failure" role="status"></div><div class="inside"></div></section>'
        for region in regions
    )
    return f'<div class="side-of" data-side="{name}">{panels}</div>'


def words() -> dict[str, dict[str, str]]:
    """Return language -> key -> text of everything the page says."""
    measures = {f"measure.{one.id}": one.words for layer in all_layers().values() for one in layer.measures}
    titles = {language: {key: title.in_(language) for key, title in measures.items()} for language in LANGUAGES}
    return {language: said | titles[language] for language, said in plain.words(TABLES).items()}


def facts(programme: str) -> dict[str, object]:
    """Return what the scripts must know: patience with each block in seconds, colour ramps, the programme to run."""
    return {
        "patience": {block: wait.total_seconds() for block, wait in PATIENT.items()},
        "ramp": {theme: list(tokens(theme).classes) for theme in ("dark", "light")},
        "programme": programme,
    }
