"""dBase: which encoding the texts of a shapefile are in, which its own word on it often gets wrong."""

import codecs
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from geodata.files.refusals import CutOff, Damaged, NoSuchEncoding, UnknownEncoding, WrongEncoding

LANGUAGES = {0x4D: "gb18030", 0x7A: "gb18030", 0x4F: "big5", 0x78: "big5"}
"""The language byte, as far as programs mean it: others write 0x57 or 0x03 whatever the language is."""
CHINESE = {"936": "gb18030", "950": "big5", "65001": "utf-8", "gbk": "gb18030", "gb2312": "gb18030", "cp936": "gb18030"}
KNOWN = ("utf-8", "gb18030", "big5")
FIELD, END_OF_FIELDS, TEXT = 32, 0x0D, ord("C")
STEP = 2_000


@dataclass(frozen=True, slots=True)
class Records:
    """What the head of a .dbf says: `texts` are the (start, stop) of text fields within a record of `length` bytes."""

    path: Path
    rows: int
    start: int
    length: int
    language: int
    names: tuple[bytes, ...]
    texts: tuple[tuple[int, int], ...]


def opened(path: Path) -> Records:
    """Read the head. Raises CutOff, Damaged."""
    with path.open("rb") as file:
        head = file.read(32)
        if len(head) < 32:
            raise CutOff
        rows, start = int.from_bytes(head[4:8], "little"), int.from_bytes(head[8:10], "little")
        length = int.from_bytes(head[10:12], "little")
        fields = file.read(max(0, start - 32))
    if not length or start < FIELD:
        raise Damaged(why="dBase")
    if path.stat().st_size < start + rows * length:
        raise CutOff
    names, texts = _fields(fields)
    return Records(path, rows, start, length, head[29], names, texts)


def _fields(head: bytes) -> tuple[tuple[bytes, ...], tuple[tuple[int, int], ...]]:
    names, texts, at = [], [], 1
    for start in range(0, len(head) - FIELD + 1, FIELD):
        field = head[start : start + FIELD]
        if field[0] == END_OF_FIELDS:
            break
        names.append(field[:11].partition(b"\x00")[0])
        width = field[16]
        if field[11] == TEXT:
            width += field[17] << 8
            texts.append((at, at + width))
        at += width
    return tuple(names), tuple(texts)


def encoding(records: Records, page: Path, told: str | None, mended: Counter[str]) -> str:
    """Return in what the texts are: what was told, else what the .cpg says, the language byte, or the texts themselves.

    A word of the file's that its texts do not bear out is set aside and counted as `cpg`; texts cut within a character
    by the width of their field are counted as `cut`. Raises WrongEncoding, UnknownEncoding.
    """
    if told and told.lower() != "auto":
        return _as_told(records, told, mended)
    said = _name(page.read_text("latin-1")[:40]) if page.exists() else LANGUAGES.get(records.language, "")
    tries = dict.fromkeys([*([said] if said in KNOWN else []), "utf-8", "gb18030"])
    for name in tries:
        if not _misfit(records, name, mended):
            mended["cpg"] += said in KNOWN and name != said
            return name
    raise UnknownEncoding(line=_misfit(records, "gb18030", mended))


def _as_told(records: Records, told: str, mended: Counter[str]) -> str:
    name = _name(told)
    if name not in KNOWN:
        raise NoSuchEncoding(encoding=told[:40], known=", ".join(KNOWN))
    if line := _misfit(records, name, mended):
        raise WrongEncoding(line=line, encoding=told)
    return name


def _name(said: str) -> str:
    said = said.strip().lower().removeprefix("ansi ").removeprefix("oem ")
    said = CHINESE.get(said, said)
    try:
        found = codecs.lookup(said).name
    except LookupError:
        return ""
    return CHINESE.get(found, found)


def _misfit(records: Records, name: str, mended: Counter[str]) -> int:
    """Return the number of the first record that is not in an encoding (1 also for the names), 0 where all are."""
    decoder = codecs.getincrementaldecoder(name)("strict")
    cut = 0
    for row, cell in _texts(records):
        decoder.reset()
        try:
            decoder.decode(cell)
        except UnicodeDecodeError:
            return max(1, row)
        cut += bool(decoder.getstate()[0])
    mended["cut"] = cut
    return 0


def _texts(records: Records) -> Iterator[tuple[int, bytes]]:
    """Yield names (row 0) and texts that are more than ASCII, with the number of their record."""
    yield from ((0, name) for name in records.names if not name.isascii())
    with records.path.open("rb") as file:
        file.seek(records.start)
        for first in range(0, records.rows, STEP):
            block = file.read(records.length * min(STEP, records.rows - first))
            if block.isascii():
                continue
            for row in range(len(block) // records.length):
                record = block[row * records.length : (row + 1) * records.length]
                if not record.isascii():
                    yield from ((first + row + 1, record[a:b].rstrip(b" \x00")) for a, b in records.texts)
