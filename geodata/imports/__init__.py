"""Files that departments bring: read, mended, put where they belong, and taken by their feed, whole or not at all."""

from geodata.imports.options import Options
from geodata.imports.preview import Preview, preview
from geodata.imports.report import Report
from geodata.imports.taking import import_file

__all__ = ["Options", "Preview", "Report", "import_file", "preview"]
