"""The data desk 数据台: who reported, files brought, rows that wait, offices that report; admin/*.js fills it."""

from functools import cache
from html import escape

from app.pages import plain
from app.settings import PROJECT
from callbacks.services import Services, Taste
from geodata.accounts import Principal
from geodata.words import say

PATH = "/admin"
MODULES = PROJECT / "assets" / "admin"
TABLES = ("admin", "import", "system", "role", "product", "when", "map")
"""Tables of the catalogue that the page speaks with."""
SHARED = ("grid/dom.js", "grid/words.js", "press/parts.js")
"""Modules of other pages that this one uses too."""

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
<link rel="stylesheet" href="/assets/admin/admin.css">
{preloads}
<script type="module" src="/assets/admin/app.js"></script>
</head>
<body class="press admin">
<div id="admin" data-state="loading">
<header class="bar"><div class="brand"><span class="mark">{name}</span>{badge}</div></header>
<main class="one" aria-busy="true">{bones}</main>
</div>
<script type="application/json" id="words">{words}</script>
<script type="application/json" id="facts">{facts}</script>
</body>
</html>"""


def page(services: Services, principal: Principal, taste: Taste, most_mb: int) -> str:
    """Return the page of whoever asks: the shell, the texts in both languages, who is here, and how large files may be."""
    language, installation = taste.language, services.installation
    badge = f'<span class="badge">{escape(say("product.demo", language))}</span>' if installation.demo else ""
    facts = {
        "user": principal.username,
        "role": principal.role.value,
        "areas": list(principal.areas),
        "founds": principal.scope.founds,
        "zone": installation.time_zone,
        "demo": installation.demo,
        "label": installation.label,
        "most_mb": most_mb,
    }
    return PAGE.format(
        lang="en" if language == "en" else "zh-CN",
        theme=taste.theme,
        title=escape(say("admin.title", language)),
        preloads=plain.preloads(modules()),
        name=escape(say("product.name", language)),
        badge=badge,
        bones='<span class="bone half"></span><span class="bone tall"></span>' * 4,
        words=plain.script(words()),
        facts=plain.script(facts),
    )


@cache
def modules() -> tuple[str, ...]:
    """Return every module of the page."""
    return (*(f"admin/{file.name}" for file in sorted(MODULES.glob("*.js"))), *SHARED)


@cache
def words() -> dict[str, dict[str, str]]:
    """Return language -> key -> text of everything the page says."""
    return plain.words(TABLES)
