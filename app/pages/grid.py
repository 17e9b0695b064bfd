"""The tablet's page: one shell for everybody, in both languages, that a device can keep and start without signal."""

import hashlib
import json
from functools import cache
from html import escape
from typing import Any

from app import vendor
from app.pages import desk, plain
from app.settings import PROJECT
from geodata.words import say
from layers.tokens import tokens

ASSETS = PROJECT / "assets"
MODULES = ASSETS / "grid"
TABLES = ("tablet", "reason", "when", "product")
"""Tables of the catalogue that the page speaks with."""
APART = {"worker.js", "leave.js"}
"""Scripts of that folder that the page itself does not load."""
ICONS = {"tablet-192": ("192x192", "any"), "tablet-512": ("512x512", "any"), "tablet-mask": ("512x512", "maskable")}

PAGE = """<!DOCTYPE html>
<html lang="zh-CN" data-theme="dark" class="tablet">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="dark light">
<meta name="theme-color" content="{ground}">
<title>{title}</title>
<link rel="manifest" href="/manifest.webmanifest">
<link rel="icon" href="/favicon.ico">
<link rel="apple-touch-icon" href="/assets/icons/tablet-192.png">
<link rel="stylesheet" href="/assets/wangge.css">
<script src="/assets/grid/taste.js"></script>
{preloads}
<script type="module" src="/assets/grid/app.js"></script>
</head>
<body class="tablet">
<div id="app"></div>
<div id="land" data-deck="{deck}" data-script="{script}"></div>
<script type="application/json" id="words">{words}</script>
</body>
</html>"""


@cache
def shell() -> str:
    """Return the page: nothing of it belongs to anybody, what it shows comes out of the device's own store."""
    return PAGE.format(
        ground=tokens("dark").ground,
        title=escape(say("tablet.title", "zh")),
        preloads=plain.preloads(f"grid/{name}" for name in _modules() if name != "taste.js"),
        deck=escape(desk.deck()),
        script=vendor.address(),
        words=plain.script(words()),
    )


def words() -> dict[str, dict[str, str]]:
    """Return language -> key -> text of everything the page says."""
    return plain.words(TABLES)


def _modules() -> list[str]:
    return sorted(file.name for file in MODULES.glob("*.js") if file.name not in APART)


def kept() -> list[str]:
    """Return the addresses that the service worker keeps from its installation on."""
    scripts = [f"/assets/grid/{name}" for name in _modules()]
    return ["/grid/shell", "/assets/wangge.css", "/manifest.webmanifest", "/favicon.ico", *scripts, *_icons()]


def _icons() -> list[str]:
    return [f"/assets/icons/{name}.png" for name in ICONS]


def worker() -> str:
    """Return the service worker's script: what it keeps, under a version made of all their content, and what it does."""
    script = (MODULES / "worker.js").read_text(encoding="utf-8")
    files = [ASSETS / "wangge.css", *(MODULES / name for name in _modules())]
    content = [file.read_bytes() for file in files] + [shell().encode(), script.encode()]
    version = hashlib.blake2b(b"\0".join(content), digest_size=8).hexdigest()
    facts = {"version": version, "files": kept(), "bundle": vendor.address()}
    return f"self.KEPT = {json.dumps(facts)};\n{script}"


def manifest() -> dict[str, Any]:
    """Return the web app manifest."""
    ground = tokens("dark").ground
    return {
        "id": "/grid",
        "name": say("tablet.title", "zh"),
        "short_name": say("product.name", "zh"),
        "lang": "zh-CN",
        "start_url": "/grid",
        "scope": "/",
        "display": "standalone",
        "background_color": ground,
        "theme_color": ground,
        "icons": [
            {"src": f"/assets/icons/{name}.png", "sizes": sizes, "type": "image/png", "purpose": purpose}
            for name, (sizes, purpose) in ICONS.items()
        ],
    }
