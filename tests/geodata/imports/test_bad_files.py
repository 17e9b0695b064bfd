"""Every bad file of the corpus, brought to the door: a clear sentence each, and nothing changes."""

from contextlib import suppress
from pathlib import Path

from sqlalchemy import text

from geodata.database import Database
from geodata.feeds.floor.refusal import WHOLE
from geodata.files import UnreadableFile
from geodata.words import LANGUAGES, say
from tests.bad_files import BAD
from tests.geodata.imports.conftest import Bring
from tests.good_files import ROWS

COUNTS = "SELECT (SELECT count(*) FROM household) + (SELECT count(*) FROM building) + (SELECT count(*) FROM area)"


async def test_every_bad_file(city: Database, bring: Bring, tmp_path: Path) -> None:
    """As a register and as buildings: a sentence in both languages, or columns that are missing, before any row is written."""
    with city.owner() as connection:
        before = connection.scalar(text(COUNTS))
    for name, bad in BAD.items():
        file = tmp_path / f"{name}{bad.suffix}"
        bad.make(file, ROWS)
        for kind in ("households", "buildings"):
            with suppress(UnreadableFile):
                # A file whose fault lies further down is at first a file without the columns that are needed.
                report = await bring(kind, file)
                assert [refusal.why for refusal in report.refused if refusal.row == WHOLE], name
                assert all(
                    say(f"refusal.{refusal.why}", language) for refusal in report.refused for language in LANGUAGES
                )
    with city.owner() as connection:
        assert connection.scalar(text(COUNTS)) == before
