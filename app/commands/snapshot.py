"""`python -m app snapshot`: pictures without a page, for nightly jobs; and what there is to know of releases.

Whoever runs it owns the database, and has no account: pictures are read in the whole city with the press's rights.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table
from sqlalchemy import text

from app.commands import snapshot_making
from app.commands.book import book
from app.commands.place import opened
from app.commands.snapshot_making import Asked
from app.commands.snapshot_verify import verify
from app.routes.asked import moment
from app.settings import Settings
from geodata.database import Database
from geodata.errors import BadValue, WanggeError
from geodata.installation import Installation, owner_installation
from geodata.model import Role
from geodata.press import reading, templates
from geodata.press.order import Order
from geodata.press.releases import FORMS, Form
from geodata.scope import Scope
from geodata.words import say

snapshot = typer.Typer(no_args_is_help=False)
snapshot.command(name="verify")(verify)
snapshot.command(name="book")(book)
INTERRUPTED = 130


class BadSuffix(WanggeError):
    """A file whose suffix names no form that can be made."""

    key = "press_release.bad_suffix"


class NoCity(WanggeError):
    """A database without areas."""

    key = "press_release.no_city"


@snapshot.callback(invoke_without_command=True)
def picture(
    context: typer.Context,
    area: Annotated[str | None, typer.Option(help="Code of the area in the frame.")] = None,
    at: Annotated[str | None, typer.Option(help="A past moment, ISO 8601; without an offset: city time.")] = None,
    measure: Annotated[str | None, typer.Option(help="What areas are coloured by; by default the households.")] = None,
    size: Annotated[
        str | None, typer.Option(help="fhd, uhd, cover, phone, square, a4, a3, …-landscape, 1200x800.")
    ] = None,
    lang: Annotated[str | None, typer.Option(help="zh, en or both.")] = None,
    out: Annotated[Path | None, typer.Option(help="FILE.png, .pdf, .svg, .html, .gif or .mp4.")] = None,
    title: Annotated[str | None, typer.Option(help="By default the measure's and the area's own words.")] = None,
    note: Annotated[str | None, typer.Option(help="A few words under the title.")] = None,
    layers: Annotated[str | None, typer.Option(help="Public layers over the areas: hotels,clinics.")] = None,
    parts: Annotated[str | None, typer.Option(help="Which areas are coloured: county, township, village.")] = None,
    days: Annotated[int | None, typer.Option(help="How many days a film shows.")] = None,
    review_number: Annotated[str | None, typer.Option(help="The map review number.")] = None,
    template: Annotated[
        str | None, typer.Option(help="Name of a template; other options go before what it says.")
    ] = None,
    batch: Annotated[
        Literal["counties"] | None, typer.Option(help="One of it for each county; needs --out-dir.")
    ] = None,
    out_dir: Annotated[Path | None, typer.Option(help="Where a batch is written: CODE-MEASURE.FORM.")] = None,
    form: Annotated[list[str] | None, typer.Option(help="Forms of a batch; may be given again.")] = None,
    release: Annotated[str | None, typer.Option(help="Number of a release to make again, byte for byte.")] = None,
) -> None:
    """Make a picture that may be published, as a draft; or a release's again. Exit code 0: made, 1: refused, 2: wrong call."""
    if context.invoked_subcommand is not None:
        return
    _demand_one_way(area, out, template, batch, out_dir, release)
    forms = [_form(out)] if out is not None else [_known(one) for one in form or ["png"]]
    given = _given(
        area=area, measure=measure, size=size, language=lang, title=title, note=note, parts=parts, days=days,
        review_number=review_number, layers=None if layers is None else tuple(layers.replace(",", " ").split()),
    )  # fmt: skip
    with _told_of_interruption(), opened(Settings().database) as database:
        asked = Asked(database, *_place(database), tuple(forms))
        if release is not None and out is not None:
            snapshot_making.again(asked, release, out)
            return
        order = _order(database, given, at, template, asked.installation)
        if out is not None:
            snapshot_making.one(asked, order, out)
        elif not snapshot_making.batch(asked, order, out_dir or Path()):
            raise typer.Exit(1)


def _demand_one_way(
    area: str | None,
    out: Path | None,
    template: str | None,
    batch: str | None,
    out_dir: Path | None,
    release: str | None,
) -> None:
    """Raise typer's BadParameter where it is not said, or said twice, what is to be made and where to."""
    if (batch is None) != (out_dir is None) or (out is None) == (out_dir is None):
        raise typer.BadParameter("--out FILE, or --batch counties --out-dir FOLDER")
    if sum(one is not None for one in (release, template or area)) != 1:
        raise typer.BadParameter("--area CODE, --template NAME, or --release NUMBER")
    if release is not None and out is None:
        raise typer.BadParameter("--release NUMBER --out FILE")


def _given(**said: Any) -> dict[str, Any]:
    """Return what was said of an order; the rest is the template's, or usual."""
    return {name: value for name, value in said.items() if value is not None}


@snapshot.command(name="releases")
def show(
    state: Annotated[str | None, typer.Option(help="draft, approved, released, withdrawn, …")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
) -> None:
    """List releases, the newest first."""
    with opened(Settings().database) as database:
        _, scope = _place(database)
        rows = asyncio.run(_listed(database, scope, state, limit))
    table = Table("id", "number", "state", "area", "measure", "forms", "made by", "approved by", "released", box=None)
    for row in rows:
        at = row["released_at"]
        told = (str(row["id"]), row["number"] or "", row["state"], row["area_name"], row["order"]["measure"])
        who = (row["made_by"], row["approved_by"] or "", "" if at is None else f"{at.astimezone():%Y-%m-%d %H:%M}")
        table.add_row(*told, " ".join(row["forms"]), *who)
    Console(highlight=False).print(table)


async def _listed(database: Database, scope: Scope, state: str | None, limit: int) -> list[dict[str, Any]]:
    try:
        async with database.scoped(scope) as connection:
            return await reading.listed(connection, state=state, limit=limit)
    finally:
        await database.close()


@contextmanager
def _told_of_interruption() -> Iterator[None]:
    """Say that nothing half was left, where somebody interrupts."""
    try:
        yield
    except KeyboardInterrupt:
        for language in ("zh", "en"):
            typer.echo(say("press_release.interrupted_export", language), err=True)
        raise typer.Exit(INTERRUPTED) from None


def _form(out: Path) -> Form:
    """Return the form that a file's suffix names. Raises BadSuffix."""
    suffix = out.suffix.lower().removeprefix(".")
    found = next((form for form in FORMS if form == suffix), None)
    if found is None:
        raise BadSuffix(file=out, wanted=", ".join(f".{form}" for form in FORMS))
    return found


def _known(name: str) -> Form:
    found = next((form for form in FORMS if form == name), None)
    if found is None:
        raise BadValue(name="form", value=name, wanted=", ".join(FORMS))
    return found


def _place(database: Database) -> tuple[Installation, Scope]:
    """Return what the city is, and the scope of the press in all of it. Raises NoCity."""
    with database.owner() as connection:
        paths = tuple(connection.scalars(text("SELECT path::text FROM area WHERE parent_id IS NULL ORDER BY code")))
        if not paths:
            raise NoCity
        return owner_installation(connection), Scope(Role.PRESS, paths)


def _order(
    database: Database, given: dict[str, Any], at: str | None, template: str | None, installation: Installation
) -> Order:
    """Return what is asked for: the template's order with what was given besides. Raises BadValue, UnknownTemplate."""
    base: dict[str, Any] = {}
    if template is not None:
        with database.owner() as connection:
            base = templates.named(connection, template)["order"]
    if at is not None:
        given["at"] = moment(at, installation.zone)
    try:
        found = Order.model_validate({**base, **given})
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"])) or "size"
        value = str(first.get("input"))[:40] if first["loc"] else given.get("size", "")
        raise BadValue(name=name, value=value, wanted=first["msg"].removeprefix("Value error, ")) from error
    now = datetime.now(UTC).astimezone(installation.zone)
    return found.at_moment(found.at or now.replace(minute=0, second=0, microsecond=0))
