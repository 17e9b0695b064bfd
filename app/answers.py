"""Refusals as answers: JSON for programs, a page for people, both in the reader's language."""

import logging
from collections.abc import Mapping
from html import escape

from starlette.responses import HTMLResponse, JSONResponse, Response

from app.errors import extra_headers, problem, status_of, understood
from app.routes import asked
from app.signin import cookie_of
from callbacks.services import Taste
from geodata.words import say

LOG = logging.getLogger(__name__)

PAGE = """<!DOCTYPE html>
<html lang="{lang}" data-theme="{theme}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark light">
<title>{title}</title>
<link rel="stylesheet" href="/assets/wangge.css">
</head>
<body class="gate">{body}</body>
</html>"""


def taste_of(headers: Mapping[str, str], query: Mapping[str, str] | None = None) -> Taste:
    """Return theme and language of a request."""
    cookies = {name: cookie_of(headers, name) or "" for name in ("theme", "lang")}
    return Taste.of(cookies, query or {}, headers.get("accept-language", ""))


def document(title: str, body: str, taste: Taste) -> str:
    """Return a page of one column; `body` is HTML."""
    lang = "en" if taste.language == "en" else "zh-CN"
    return PAGE.format(lang=lang, theme=taste.theme, title=escape(title), body=body)


def wants_page(headers: Mapping[str, str]) -> bool:
    """Say whether somebody looks at the answer in a browser's window."""
    return "text/html" in headers.get("accept", "")


def refusal(error: Exception, headers: Mapping[str, str]) -> Response:
    """Return the answer to what went wrong."""
    found = understood(error)
    status, extra = status_of(found), extra_headers(found)
    if not wants_page(headers):
        return JSONResponse(problem(found, asked.language(headers)), status, extra)
    taste = taste_of(headers)
    sentence = escape(say(found.key, taste.language, **found.facts))
    name = escape(say("product.name", taste.language))
    back = escape(say("gate.back", taste.language))
    body = (
        f'<main><div class="brand"><span class="mark">{name}</span><span class="quiet">{status.value}</span></div>'
        f'<p class="error" role="alert">{sentence}</p><footer><a href="/">{back}</a></footer></main>'
    )
    return HTMLResponse(document(say("product.name", taste.language), body, taste), status, extra)
