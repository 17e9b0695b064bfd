"""Files of departments, whatever program wrote them: read as text, checked as files, judged elsewhere."""

from geodata.files.book import Book, Chunk, Places
from geodata.files.opening import opened
from geodata.files.refusals import UnreadableFile

__all__ = ["Book", "Chunk", "Places", "UnreadableFile", "opened"]
