"""From what was sent to rows: one JSON object, an array, or one object a line; plain or gzip; never too much of it."""

import zlib
from collections.abc import Iterable, Mapping
from functools import cache

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from geodata.feeds.declaration import Feed, R
from geodata.feeds.refusal import Refusal, Refused, explained, stop, whole

MOST_BYTES = 16_000_000
"""Of one delivery, unpacked."""
MOST_ROWS = 10_000
_GZIP = b"\x1f\x8b"
_MARK = b"\xef\xbb\xbf"
_SPACE = b" \t\r\n"


def parse(feed: Feed[R], payload: bytes | Mapping[str, object] | Iterable[object]) -> list[R]:
    """Return the rows of a delivery in the order they were sent. Raises Refused with every fault of every row.

    Python objects (mappings, or rows that were checked before) go through the same checks as bytes.
    """
    if isinstance(payload, bytes | bytearray | memoryview):
        return _from_bytes(feed, unpacked(bytes(payload)))
    objects = [payload] if isinstance(payload, Mapping) else list(payload)
    _refuse_many(len(objects))
    try:
        return _rows(feed.row).validate_python(objects)
    except ValidationError as error:
        raise Refused(explained(error, feed.row.model_fields)) from None


def unpacked(payload: bytes) -> bytes:
    """Return the bytes without gzip and without a byte-order mark. Raises Refused, at the latest at MOST_BYTES."""
    if payload.startswith(_GZIP):
        payload = _inflated(payload)
    if len(payload) > MOST_BYTES:
        raise whole("too_long", limit=MOST_BYTES // 1_000_000)
    payload = payload.removeprefix(_MARK).strip(_SPACE)
    if not payload:
        raise whole("empty")
    return payload


def _inflated(payload: bytes) -> bytes:
    parts, room = list[bytes](), MOST_BYTES + 1
    while payload and room > 0:
        stream = zlib.decompressobj(wbits=31)
        try:
            parts.append(stream.decompress(payload, room))
        except zlib.error:
            raise whole("not_gzip") from None
        room -= len(parts[-1])
        if room > 0 and not stream.eof:
            raise whole("not_gzip")
        payload = stream.unused_data
    return b"".join(parts)


def _from_bytes(feed: Feed[R], payload: bytes) -> list[R]:
    lines = None if payload.startswith(b"[") else _lines(payload)
    if lines is not None:
        _refuse_many(len(lines))
        return _from_lines(feed, lines)
    array = payload if payload.startswith(b"[") else b"[" + payload + b"]"
    try:
        rows = _rows(feed.row).validate_json(array)
    except ValidationError as error:
        raise Refused(explained(error, feed.row.model_fields)) from None
    _refuse_many(len(rows))
    return rows


def _lines(payload: bytes) -> list[bytes] | None:
    """Return the lines where each is meant to be an object of its own; none where it is one object over many lines."""
    first, _, rest = payload.partition(b"\n")
    if not rest:
        return None
    try:
        from_json(first)
    except ValueError:
        # Either one object over several lines, or a first line that is broken: then the second begins an object too.
        if not rest.lstrip(_SPACE).startswith(b"{"):
            return None
    return [line for line in payload.splitlines() if line.strip(_SPACE)]


def _from_lines(feed: Feed[R], lines: list[bytes]) -> list[R]:
    rows, refusals = list[R](), list[Refusal]()
    for number, line in enumerate(lines, 1):
        try:
            rows.append(feed.row.model_validate_json(line))
        except ValidationError as error:
            refusals += explained(error, feed.row.model_fields, number)
    stop(refusals)
    return rows


def _refuse_many(count: int) -> None:
    if count > MOST_ROWS:
        raise whole("too_many_rows", limit=MOST_ROWS)


@cache
def _rows(row: type[R]) -> TypeAdapter[list[R]]:
    return TypeAdapter(list[row])  # type: ignore[valid-type]
