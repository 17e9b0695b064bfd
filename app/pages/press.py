"""The press desk 制图台: a bar, a form in the order of decision, the true picture beside it; press/*.js fills them."""

from functools import cache
from html import escape

from app.pages import plain
from app.settings import PROJECT
from callbacks.services import Services, Taste
from geodata.accounts import Principal
from geodata.words import LANGUAGES, say

PATH = "/press"
MODULES = PROJECT / "assets" / "press"
TABLES = ("press_desk", "level", "role", "product", "when", "map")
"""Tables of the catalogue that the page speaks with."""
TITLE = "press_picture.title"
"""What stands on a picture that nobody gave a title."""
SHARED = ("dom.js", "words.js")
"""Modules of the tablet that the page uses too."""

PAGE = """<!DOCTYPE html>
<html lang="{lang}" data-theme="{theme}" class="press">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark light">
<title>{title}</title>
<link rel="icon" href="/favicon.ico">
<link rel="stylesheet" href="/assets/wangge.css">
<link rel="stylesheet" href="/assets/press/press.css">
{preloads}
<script type="module" src="/assets/press/app.js"></script>
</head>
<body class="press">
<div id="press" data-state="loading">
<header class="bar"><div class="brand"><span class="mark">{name}</span>{badge}</div></header>
<main class="desk" aria-busy="true"><div class="form">{bones}</div><div class="stage"></div></main>
</div>
<script type="application/json" id="words">{words}</script>
<script type="application/json" id="facts">{facts}</script>
</body>
</html>"""


def page(services: Services, principal: Principal, taste: Taste) -> str:
    """Return the page of whoever asks: the shell, the texts in both languages, and who is here."""
    language, installation = taste.language, services.installation
    badge = f'<span class="badge">{escape(say("product.demo", language))}</span>' if installation.demo else ""
    facts = {
        "user": principal.username,
        "role": principal.role.value,
        "zone": installation.time_zone,
        "demo": installation.demo,
        "label": installation.label,
        "itself": {one: say(TITLE, one) for one in LANGUAGES},
    }
    return PAGE.format(
        lang="en" if language == "en" else "zh-CN",
        theme=taste.theme,
        title=escape(say("press_desk.title", language)),
        preloads=plain.preloads(modules()),
        name=escape(say("product.name", language)),
        badge=badge,
        bones='<span class="bone half"></span><span class="bone tall"></span>' * 6,
        words=plain.script(words()),
        facts=plain.script(facts),
    )


@cache
def modules() -> tuple[str, ...]:
    """Return every module of the page."""
    return (*(f"press/{file.name}" for file in sorted(MODULES.glob("*.js"))), *(f"grid/{name}" for name in SHARED))


@cache
def words() -> dict[str, dict[str, str]]:
    """Return language -> key -> text of everything the page says."""
    return plain.words(TABLES)
