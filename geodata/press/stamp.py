"""The number of a release inside its files, where programs find it: the same bytes in, the same bytes out."""

import re
import struct
import zlib
from html import escape, unescape

from geodata.press.numbers import tidy

KEYWORD = "Wangge-Release"
PNG = b"\x89PNG\r\n\x1a\n"
_BOX = b"wggr"
"""Type of the box at the end of an MP4 file; players pass over boxes that they do not know."""
_IN_TEXT = re.compile(rb'wangge-release["\'](?: content=["\']|>)(WG-[0-9X-]{10,20})', re.IGNORECASE)
_TRAILER = re.compile(rb"trailer\s*<<(.*?)>>\s*startxref\s*(\d+)\s*%%EOF\s*$", re.DOTALL)
_KEYWORDS = re.compile(rb"/Keywords\s*\(([^()]*)\)")


def stamp(content: bytes, form: str, number: str) -> bytes:
    """Return a file of a form (`png`, `pdf`, `svg`, `html`, `gif`, `mp4`) with the number in its metadata.

    What carries the number already comes back as it is. Raises ValueError where the file is not of its form.
    """
    if number_in(content) == number:
        return content
    return _STAMPS[form](content, number)


def number_in(content: bytes) -> str | None:
    """Return the release's number that a file of any form carries in its metadata, none where there is none."""
    if content.startswith(PNG):
        found = _of_png(content)
    elif content.startswith(b"%PDF"):
        # The last entry counts: it is the one that readers show.
        said = _KEYWORDS.findall(content)
        found = next((word for word in reversed(said) if word.startswith(b"WG-")), None)
    elif content[:3] == b"GIF":
        found = _after(content, b"\x21\xfe", 2, b"\x00")
    elif content[4:8] == b"ftyp":
        found = _after(content, _BOX, 0, b"\x00")
    else:
        match = _IN_TEXT.search(content)
        found = unescape(match[1].decode("ascii")).encode() if match else None
    return None if found is None else tidy(found.decode("latin-1"))


def _png(content: bytes, number: str) -> bytes:
    head = len(PNG) + 25
    if not content.startswith(PNG) or content[12:16] != b"IHDR":
        raise ValueError("not a PNG file")
    body = b"tEXt" + KEYWORD.encode("latin-1") + b"\x00" + number.encode("ascii")
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return content[:head] + chunk + content[head:]


def _of_png(content: bytes) -> bytes | None:
    """Walk the chunks, for the picture's own bytes may hold anything."""
    at = len(PNG)
    while at + 8 <= len(content):
        length, kind = struct.unpack(">I4s", content[at : at + 8])
        body = content[at + 8 : at + 8 + length]
        if kind == b"tEXt" and body.startswith(KEYWORD.encode("latin-1") + b"\x00"):
            return body[len(KEYWORD) + 1 :]
        at += 12 + length
    return None


def _pdf(content: bytes, number: str) -> bytes:
    """Append an update that replaces the document's information by the same with keywords: nothing before it changes."""
    end = _TRAILER.match(content, max(0, content.rfind(b"trailer")))
    if not content.startswith(b"%PDF") or end is None:
        raise ValueError("not a PDF file with a plain trailer")
    trailer, before = re.sub(rb"/Prev\s+\d+", b"", end[1]), end[2]
    info = re.search(rb"/Info\s+(\d+)\s+0\s+R", trailer)
    size = re.search(rb"/Size\s+(\d+)", trailer)
    if size is None:
        raise ValueError("not a PDF file with a plain trailer")
    number_of_info = int(info[1]) if info else int(size[1])
    entries = _entries(content, number_of_info) if info else b""
    start = len(content) + (0 if content.endswith(b"\n") else 1)
    body = b"%d 0 obj\n<< %s /Keywords (%s) >>\nendobj\n" % (number_of_info, entries, number.encode("ascii"))
    table = b"xref\n%d 1\n%010d 00000 n \n" % (number_of_info, start)
    rest = (
        trailer
        if info
        else trailer.replace(size[0], b"/Size %d" % (int(size[1]) + 1)) + b"/Info %d 0 R " % number_of_info
    )
    closing = b"trailer\n<<%s/Prev %s >>\nstartxref\n%d\n%%%%EOF\n" % (rest, before, start + len(body))
    return content + b"\n" * (start - len(content)) + body + table + closing


def _entries(content: bytes, number: int) -> bytes:
    """Return what the information of a document says already, but its keywords."""
    # The object may have been written more than once; the last one counts.
    found = re.findall(rb"(?:^|\n)%d 0 obj\s*<<(.*?)>>\s*endobj" % number, content, re.DOTALL)
    return _KEYWORDS.sub(b"", found[-1]).strip() if found else b""


def _svg(content: bytes, number: str) -> bytes:
    tag = re.search(rb"<svg\b[^>]*>", content)
    if tag is None:
        raise ValueError("not an SVG file")
    said = f'\n <metadata id="wangge-release">{escape(number)}</metadata>'.encode()
    return content[: tag.end()] + said + content[tag.end() :]


def _html(content: bytes, number: str) -> bytes:
    tag = re.search(rb"<head\b[^>]*>", content, re.IGNORECASE)
    if tag is None:
        raise ValueError("not an HTML page with a head")
    said = f'\n<meta name="wangge-release" content="{escape(number)}">'.encode()
    return content[: tag.end()] + said + content[tag.end() :]


def _gif(content: bytes, number: str) -> bytes:
    """Put a comment before the end of the file."""
    if content[:3] != b"GIF" or not content.endswith(b"\x3b"):
        raise ValueError("not a GIF file")
    said = f"{KEYWORD}={number}".encode("ascii")
    return content[:-1] + b"\x21\xfe" + bytes([len(said)]) + said + b"\x00\x3b"


def _mp4(content: bytes, number: str) -> bytes:
    if content[4:8] != b"ftyp":
        raise ValueError("not an MP4 file")
    body = _BOX + f"{KEYWORD}={number}".encode("ascii") + b"\x00"
    return content + struct.pack(">I", len(body) + 4) + body


def _after(content: bytes, mark: bytes, skipped: int, end: bytes) -> bytes | None:
    """Return what stands after our keyword behind the last such mark."""
    said = f"{KEYWORD}=".encode("ascii")
    at = content.rfind(said)
    if at < 0 or mark not in content[max(0, at - len(mark) - skipped) : at]:
        return None
    return content[at + len(said) :].partition(end)[0][:40]


_STAMPS = {"png": _png, "pdf": _pdf, "svg": _svg, "html": _html, "gif": _gif, "mp4": _mp4}
