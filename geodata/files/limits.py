"""How much one file may bring. Whatever goes beyond is refused with a sentence before it costs memory."""

FILE_BYTES = 2 * 1024**3
COLUMNS = 500
CELL_CHARACTERS = 10_000
HEAD_CHARACTERS = 200
LINE_BYTES = 64 * 1024**2
"""A line of text, and with it a JSON object."""
FIRST_BYTES = 2 * 1024**2
"""In so much the head of a table must end."""
TITLE_ROWS = 20
"""The head is looked for in so many rows."""
ZIP_ENTRIES = 1_000
ZIP_BYTES = 2 * 1024**3
ZIP_RATIO = 200
"""Unpacked bytes for each packed one, looked at from ZIP_RATIO_FROM on: Deflate reaches 1,032 with nothing but noughts."""
ZIP_RATIO_FROM = 64 * 1024**2
SHEET_MEMORY = 3 * 1024**3
"""Address space of the process that reads a spreadsheet."""
SHEET_SECONDS = 300
