"""`/press` for whom it is, and every text that its scripts ask for."""

import json
import re

import pytest

from app.pages import press
from geodata.model import Role
from geodata.press.roles import MAKERS
from tests.app.running import Running

PAGE = {"accept": "text/html"}
MADE = re.compile(r"`(press_desk\.[a-z0-9_]*)\$\{")


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.DISPLAY])
async def test_the_desk_is_for_those_who_may_make_pictures(house: Running, role: Role) -> None:
    await house.sign_in(role)
    page = await house.client.get("/press", headers=PAGE)
    assert page.status_code == (200 if role in MAKERS else 403)
    start = (await house.client.get("/")).headers["location"]
    assert (start == "/press") == (role is Role.PRESS)


async def test_the_page_carries_both_languages_and_no_script_of_its_own(house: Running) -> None:
    await house.sign_in(Role.PRESS)
    page = (await house.client.get("/press?area=<script>&lang=en&theme=light", headers=PAGE)).text
    assert '<html lang="en" data-theme="light"' in page
    words = json.loads(re.search(r'id="words">(.*?)</script>', page, re.DOTALL).group(1))  # type: ignore[union-attr]
    assert set(words["zh"]) == set(words["en"])
    facts = json.loads(re.search(r'id="facts">(.*?)</script>', page, re.DOTALL).group(1))  # type: ignore[union-attr]
    assert (facts["user"], facts["role"]) == ("press", "press")
    assert not re.findall(r"<script(?![^>]*(src=|json))", page)
    for address in re.findall(r'(?:href|src)="(/assets/[^"]+)"', page):
        assert (await house.client.get(address)).status_code == 200, address


async def test_every_text_that_the_scripts_ask_for_is_there_and_none_is_idle() -> None:
    said, asked, begun = press.words()["zh"], set(), set()
    for file in press.MODULES.glob("*.js"):
        script = file.read_text(encoding="utf-8")
        asked |= set(re.findall(r'"(press_desk\.[a-z0-9_]+)"', script))
        begun |= set(MADE.findall(script))
    assert asked <= set(said)
    begins = tuple(begun - {"press_desk."})
    own = {key for key in said if key.startswith("press_desk.")}
    names = "screen paper count share width height approve release reject withdraw"
    whole = {f"press_desk.{name}" for name in names.split()}
    assert own - asked - whole - {key for key in own if key.startswith(begins)} == SAID_BY_PYTHON


SAID_BY_PYTHON = {"press_desk.picture", "press_desk.picture_hint"}
