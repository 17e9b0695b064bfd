"""`python -m app snapshot verify`: is this file what was released; with the database, or against a manifest without it."""

from pathlib import Path
from typing import Annotated

import typer

from app.commands.place import opened
from app.settings import Settings
from geodata.errors import WanggeError
from geodata.installation import owner_installation
from geodata.press import manifest
from geodata.press import verify as verifying
from geodata.words import say


class BadFile(WanggeError):
    """A file that cannot be read."""

    key = "press_release.bad_file"


class BadManifest(WanggeError):
    """A file that is no manifest of a release."""

    key = "press_release.bad_manifest"


def verify(
    file: Annotated[Path | None, typer.Argument(help="A picture, or a manifest.")] = None,
    number: Annotated[str | None, typer.Option(help="A number that was read off a picture, instead of a file.")] = None,
    manifest_file: Annotated[
        Path | None, typer.Option("--manifest", help="Compare with this manifest, without the database.")
    ] = None,
) -> None:
    """Say genuine, withdrawn, altered or unknown. Exit code 0: genuine, 1: anything else, 2: wrong call."""
    if (file is None) == (number is None) or (number is not None and manifest_file is not None):
        raise typer.BadParameter("FILE [--manifest FILE.json], or --number NUMBER")
    if manifest_file is not None:
        said = manifest.read(_bytes(manifest_file))
        if said is None:
            raise BadManifest(file=manifest_file, why=manifest.FORMAT)
        _tell(verifying.by_manifest(_bytes(file), said), "")
        return
    content = None if file is None else _bytes(file)
    with opened(Settings().database) as database, database.owner() as connection:
        zone = owner_installation(connection).zone
        if content is not None:
            found = verifying.of_file_as_owner(connection, content)
        else:
            found = verifying.of_number_as_owner(connection, number or "")
    at = found.withdrawn_at or found.released_at
    _tell(found, "" if at is None else f"{at.astimezone(zone):%Y-%m-%d %H:%M}")


def _tell(found: verifying.Finding, at: str) -> None:
    for language in ("zh", "en"):
        typer.echo(say(found.key, language, number=found.number, area=found.area_name, at=at))
    if found.verdict != "genuine":
        raise typer.Exit(1)


def _bytes(file: Path | None) -> bytes:
    """Return what a file holds. Raises BadFile."""
    assert file is not None
    try:
        return file.read_bytes()
    except OSError as error:
        raise BadFile(file=file, why=error.strerror or error) from error
