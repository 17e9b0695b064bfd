"""In which encoding a text is written: looked at over the whole file, and transcoded to UTF-8 a block at a time."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from geodata.files import fits
from geodata.files.limits import LINE_BYTES
from geodata.files.refusals import (
    CutOff,
    EmptyFile,
    MixedEncodings,
    NoSuchEncoding,
    TooLongLine,
    UnknownEncoding,
    UnknownEncodingSaid,
    UnknownForm,
    WrongEncoding,
)

BLOCK = 4 * 1024**2
MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
KNOWN = ("utf-8", "gb18030", "gbk", "gb2312", "big5", "utf-16", "utf-16-le", "utf-16-be")
_WIDER = {"gbk": "gb18030", "gb2312": "gb18030", "cp936": "gb18030", "utf-8-sig": "utf-8"}
"""GB18030 holds all of GBK and GB2312, and whoever says one of these has often more."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text in UTF-8: in `path` from byte `start` on. `encoding` is what it came in."""

    path: Path
    start: int
    encoding: str
    lines: int
    quoted: bool
    """Whether there is any quotation mark, so that a line may go on in the next."""


@dataclass(frozen=True, slots=True)
class Misfit:
    """Where a text stops to be in an encoding: in `line`, after `before` (anything but ASCII in front of it)."""

    line: int
    before: bool
    at_end: bool
    as_utf8: bool = False
    """Whether that line would be good UTF-8."""


def text(path: Path, folder: Path, encoding: str | None = None) -> Text:
    """Return a file as UTF-8; what is not UTF-8 is written anew into `folder`. `encoding` wins over what is found.

    Raises EmptyFile, CutOff, MixedEncodings, UnknownEncoding, WrongEncoding, NoSuchEncoding, TooLongLine, UnknownForm.
    """
    wanted, mark = _wanted(encoding), _mark(path)
    if wanted is not None:
        return _as_told(path, folder, wanted, mark)
    if mark == "utf-16":
        return _told(_transcoded(path, folder, mark), mark)
    _demand_text(path)
    found = _surveyed(path, mark)
    if isinstance(found, Text):
        return found
    return _not_utf8(path, folder, found, mark)


def demand_known(encoding: str | None) -> None:
    """Raise UnknownEncodingSaid where somebody names an encoding that is not read."""
    try:
        _wanted(encoding)
    except NoSuchEncoding as unknown:
        raise UnknownEncodingSaid(**unknown.facts) from None


def _wanted(encoding: str | None) -> str | None:
    if encoding is None or encoding.strip().lower() in {"", "auto"}:
        return None
    try:
        name = codecs.lookup(encoding.strip()).name
    except LookupError:
        name = ""
    name = _WIDER.get(name, name)
    if name not in KNOWN:
        raise NoSuchEncoding(encoding=encoding[:40], known=", ".join(KNOWN))
    return name


def _mark(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(4)
    if not head:
        raise EmptyFile
    return next((name for mark, name in MARKS.items() if head.startswith(mark)), "")


def _demand_text(path: Path) -> None:
    """Look at the beginning, before a wrong encoding is blamed for what is no text at all. Raises UnknownForm."""
    with path.open("rb") as file:
        _no_noughts(file.read(4096))


def _as_told(path: Path, folder: Path, wanted: str, mark: str) -> Text:
    if mark and mark.partition("-sig")[0] not in {wanted, wanted.rpartition("-")[0]}:
        raise WrongEncoding(line=1, encoding=wanted)
    if wanted == "utf-8":
        found = _surveyed(path, mark)
        return found if isinstance(found, Text) else _told(found, wanted)
    made = _transcoded(path, folder, mark or wanted)
    if isinstance(made, Text) and wanted == "gb18030" and (line := fits.utf8_line(path)):
        raise WrongEncoding(line=line, encoding=wanted)
    return _told(made, wanted)


def _told(made: "Text | Misfit", encoding: str) -> Text:
    if isinstance(made, Text):
        return made
    raise CutOff if made.at_end else WrongEncoding(line=made.line, encoding=encoding)


def _not_utf8(path: Path, folder: Path, misfit: Misfit, mark: str) -> Text:
    """Return a text that is no UTF-8 as GB18030, or refuse it with the first line that differs from those before it."""
    made, line = _transcoded(path, folder, "gb18030"), fits.utf8_line(path)
    if mark and not misfit.at_end:
        raise MixedEncodings(line=misfit.line)
    if isinstance(made, Text) and not line and not mark:
        return made
    if misfit.at_end or (isinstance(made, Misfit) and made.at_end and not line):
        raise CutOff
    if line:
        raise MixedEncodings(line=max(line, misfit.line))
    if isinstance(made, Misfit) and (made.as_utf8 or misfit.before):
        raise MixedEncodings(line=made.line if made.as_utf8 else misfit.line)
    raise UnknownEncoding(line=misfit.line)


def blocks(path: Path) -> Iterator[tuple[bytes, int]]:
    """Yield a file in blocks that end with a line, each with the number of its first line. Raises TooLongLine."""
    line, rest = 1, b""
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            end = max(block.rfind(b"\n"), -1 if b"\n" in block else block.rfind(b"\r")) + 1
            if not end:
                rest += block
                if len(rest) > LINE_BYTES:
                    raise TooLongLine(line=line)
                continue
            whole, rest = rest + block[:end], block[end:]
            yield whole, line
            line += whole.count(b"\n")
    if rest:
        yield rest, line


def _surveyed(path: Path, mark: str) -> "Text | Misfit":
    """Return a file as it is where all of it is UTF-8."""
    lines, before, quoted = 0, False, False
    for block, line in blocks(path):
        try:
            block.decode()
        except UnicodeDecodeError as error:
            return _misfit(error, block, line, before=before or not block[: error.start].isascii())
        _no_noughts(block)
        before = before or not block.isascii()
        lines, quoted = line - 1 + _lines(block), quoted or b'"' in block
    start = len(codecs.BOM_UTF8) if mark == "utf-8-sig" else 0
    return Text(path, start, mark or "utf-8", lines, quoted)


def _transcoded(path: Path, folder: Path, encoding: str) -> "Text | Misfit":
    """Write a file anew in UTF-8."""
    made = folder / "text.utf8"
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    lines, quoted, ended = 0, False, True
    with path.open("rb") as file, made.open("wb") as out:
        while True:
            block = file.read(BLOCK)
            try:
                clear = decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                line = lines + 1 + _signs(error, encoding)
                return Misfit(line, lines > 0, at_end=not block, as_utf8=fits.is_utf8_line(path, line))
            done = clear.encode()
            _no_noughts(done)
            out.write(done)
            lines, quoted = lines + done.count(b"\n"), quoted or b'"' in done
            ended = done.endswith(b"\n") if done else ended
            if not block:
                return Text(made, 0, encoding, lines + (not ended), quoted)


def _signs(error: UnicodeDecodeError, encoding: str) -> int:
    """Return how many lines end before the fault; in UTF-16 a byte of 10 alone ends none."""
    good = bytes(error.object[: error.start])
    return good.decode(encoding, "ignore").count("\n") if encoding.startswith("utf-16") else good.count(b"\n")


def _misfit(error: UnicodeDecodeError, block: bytes, line: int, *, before: bool) -> Misfit:
    at_end = error.reason == "unexpected end of data" and error.end >= len(block) and not block.endswith(b"\n")
    return Misfit(line + block.count(b"\n", 0, error.start), before, at_end)


def _lines(block: bytes) -> int:
    if b"\n" not in block:
        return block.count(b"\r") + (not block.endswith(b"\r"))
    return block.count(b"\n") + (not block.endswith(b"\n"))


def _no_noughts(block: bytes) -> None:
    """Text has no bytes of nought, and PostgreSQL takes none: this is something else. Raises UnknownForm."""
    if b"\x00" in block:
        raise UnknownForm
