"""Excel of 1997 (.xls) by hand, as far as a table needs it: no program at hand writes it any more."""

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

SECTOR, FREE, END, FAT = 512, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
SMALLEST = 4096
"""Shorter streams would have to go into another part of the file."""


def write(path: Path, rows: Sequence[Mapping[str, str]]) -> None:
    """Write rows below their head into the first sheet."""
    lines = [list(rows[0]), *([row[name] for name in rows[0]] for row in rows)]
    cells = b"".join(_label(y, x, text) for y, line in enumerate(lines) for x, text in enumerate(line) if text)
    size = _record(0x0200, struct.pack("<IIHHH", 0, len(lines), 0, len(lines[0]), 0))
    sheet = _begin(0x0010) + size + cells + _record(0x000A, b"")
    path.write_bytes(_compound(_globals("检测点") + sheet))


def _globals(name: str) -> bytes:
    text = bytes([len(name), 1]) + name.encode("utf-16-le")
    begin, end = _begin(0x0005), _record(0x000A, b"")
    start = len(begin) + 4 + 6 + len(text) + len(end)
    return begin + _record(0x0085, struct.pack("<IBB", start, 0, 0) + text) + end


def _begin(kind: int) -> bytes:
    return _record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 1996, 0, 0x0600))


def _label(row: int, column: int, text: str) -> bytes:
    return _record(0x0204, struct.pack("<HHHHB", row, column, 0, len(text), 1) + text.encode("utf-16-le"))


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _compound(stream: bytes) -> bytes:
    """Wrap the one stream: head, allocation table, directory, then the stream itself."""
    stream = stream.ljust(max(SMALLEST, -(-len(stream) // SECTOR) * SECTOR), b"\x00")
    count = len(stream) // SECTOR
    table = [FAT, END, *range(3, count + 2), END]
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, SMALLEST, END, 0, END, 0) + struct.pack("<I", 0)
    entries = _entry("Root Entry", 5, child=1, start=END, size=0) + _entry("Workbook", 2, FREE, 2, len(stream))
    allocation = struct.pack(f"<{len(table)}I", *table).ljust(SECTOR, b"\xff")
    return head.ljust(SECTOR, b"\xff") + allocation + entries.ljust(SECTOR, b"\x00") + stream


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    text = (name + "\x00").encode("utf-16-le")
    links = struct.pack("<HBBIII", len(text), kind, 1, FREE, FREE, child)
    return text.ljust(64, b"\x00") + links + bytes(36) + struct.pack("<IQ", start, size)
