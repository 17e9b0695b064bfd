"""The sign-in form: plain HTML, so that it works before any script, and without one.

Its one script belongs to the tablet: whoever has signed out leaves nothing on the device.
"""

from html import escape
from http import HTTPStatus
from urllib.parse import urlencode

from starlette.responses import HTMLResponse

from app.answers import document
from app.errors import extra_headers, status_of
from callbacks.services import Taste
from geodata.errors import WanggeError
from geodata.installation import Installation
from geodata.words import say

BODY = """<main>
<div class="brand"><span class="mark">{product}</span>{badge}</div>
<h1>{city}</h1>
<form method="post" action="/login">
{problem}<input type="hidden" name="next" value="{where}">
<label>{username}<input name="username" value="{typed}" autocomplete="username" autocapitalize="none" spellcheck="false"
 maxlength="100" required{first}></label>
<label>{password}<input name="password" type="password" autocomplete="current-password" maxlength="200" required{second}>
</label>
<button type="submit" class="button primary">{enter}</button>
</form>
<script type="module" src="/assets/grid/leave.js"></script>
<footer><span>{help}</span><a href="{other}" hreflang="{other_code}">{language}</a></footer>
</main>"""


def login_page(
    installation: Installation,
    taste: Taste,
    *,
    where: str,
    error: WanggeError | None = None,
    username: str = "",
) -> HTMLResponse:
    """Return the form, with the sentence of a refusal and what was typed as the name, if there was one."""
    language = taste.language
    words = {
        name: escape(say(f"signin.{name}", language)) for name in ("username", "password", "enter", "help", "language")
    }
    code = "zh" if language == "en" else "en"
    badge = f'<span class="badge">{escape(say("product.demo", language))}</span>' if installation.demo else ""
    problem = f'<p class="error" role="alert">{escape(say(error.key, language, **error.facts))}</p>\n' if error else ""
    body = BODY.format(
        product=escape(say("product.name", language)),
        badge=badge,
        city=escape(say("signin.city", language, city=installation.label or installation.city_name)),
        problem=problem,
        where=escape(where),
        typed=escape(username[:100]),
        first="" if username else " autofocus",
        second=" autofocus" if username else "",
        other=escape("/login?" + urlencode({"lang": code, "next": where})),
        other_code="zh-CN" if code == "zh" else "en",
        **words,
    )
    title = f"{say('signin.title', language)} · {say('product.name', language)}"
    status = status_of(error) if error else HTTPStatus.OK
    answer = HTMLResponse(document(title, body, taste), status, extra_headers(error) if error else {})
    answer.set_cookie("lang", language, max_age=31536000, samesite="lax")
    return answer
