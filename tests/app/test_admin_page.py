"""`/admin` for whom it is, and every text that its scripts ask for."""

import json
import re

import pytest

from app.pages import admin
from geodata.model import Role
from tests.app.running import Running

PAGE = {"accept": "text/html"}
MADE = re.compile(r"`(admin\.[a-z0-9_]*)\$\{")
KEEPERS = (Role.COMMAND, Role.ADMIN)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.DISPLAY])
async def test_the_desk_is_for_those_who_look_after_deliveries(house: Running, role: Role) -> None:
    await house.sign_in(role)
    page = await house.client.get("/admin", headers=PAGE)
    assert page.status_code == (200 if role in KEEPERS else 403)


async def test_the_page_carries_both_languages_and_no_script_of_its_own(house: Running) -> None:
    await house.sign_in(Role.ADMIN)
    page = (await house.client.get("/admin?view=<script>&lang=en&theme=light", headers=PAGE)).text
    assert '<html lang="en" data-theme="light"' in page
    words = json.loads(re.search(r'id="words">(.*?)</script>', page, re.DOTALL).group(1))  # type: ignore[union-attr]
    assert set(words["zh"]) == set(words["en"])
    facts = json.loads(re.search(r'id="facts">(.*?)</script>', page, re.DOTALL).group(1))  # type: ignore[union-attr]
    assert (facts["user"], facts["founds"]) == ("admin", True)
    assert not re.findall(r"<script(?![^>]*(src=|json))", page)
    for address in re.findall(r'(?:href|src)="(/assets/[^"]+)"', page):
        assert (await house.client.get(address)).status_code == 200, address


SAID_OTHERWISE = {"admin.data", "admin.data_hint"}


async def test_every_text_that_the_scripts_ask_for_is_there_and_none_is_idle() -> None:
    said, asked, begun = admin.words()["zh"], set(), set()
    for file in admin.MODULES.glob("*.js"):
        script = file.read_text(encoding="utf-8")
        asked |= set(re.findall(r'"(admin\.[a-z0-9_]+)"', script))
        begun |= set(MADE.findall(script))
        # Heads of columns are listed by name.
        for listed in re.findall(r'\[((?:"[a-z_]+", )+"[a-z_]+")\]', script):
            asked |= {f"admin.{name}" for name in re.findall(r'"([a-z_]+)"', listed)} & set(said)
    assert asked <= set(said)
    begins = tuple(begun - {"admin."})
    own = {key for key in said if key.startswith("admin.")}
    assert own - asked - {key for key in own if key.startswith(begins)} == SAID_OTHERWISE
