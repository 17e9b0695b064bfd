"""`python -m app feeds`: what can be delivered, as the documents say it."""

from pathlib import Path
from typing import Annotated

import typer

from geodata.arrival import paper


def feeds(
    into: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Replace the section of kinds in this document.")
    ] = None,
) -> None:
    """Print each kind of delivery with its key, how old is late, and an example; or write it into a document."""
    if into is None:
        typer.echo(paper.section())
    else:
        into.write_text(paper.replaced(into.read_text(encoding="utf-8")), encoding="utf-8")
