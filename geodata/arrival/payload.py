"""From what was sent to rows: one JSON object, an array, or one object a line; plain or gzip; never too much of it."""

import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Generic

from pydantic import BaseModel, BeforeValidator, TypeAdapter, ValidationError
from pydantic_core import from_json

from geodata.feeds.floor.declaration import Feed, R
from geodata.feeds.floor.fields import KEY
from geodata.feeds.floor.refusal import WHOLE, Refusal, Refused, explained, stop, whole

MOST_BYTES = 16_000_000
"""Of one delivery, unpacked."""
MOST_ROWS = 10_000
_GZIP = b"\x1f\x8b"
_MARK = b"\xef\xbb\xbf"
_SPACE = b" \t\r\n"
Payload = bytes | Mapping[str, object] | Iterable[object]


@dataclass(frozen=True, slots=True)
class Checked(Generic[R]):
    """A delivery after its check: the right rows by their number (1 is the first), and what is wrong with the others."""

    count: int
    """Rows that were sent."""
    rows: Mapping[int, R]
    refusals: list[Refusal]
    sent: Callable[[int], Mapping[str, Any]]
    """The columns of one row as they were sent; none where they cannot be told."""


def parse(feed: Feed[R], payload: Payload, key: str = "") -> list[R]:
    """Return the rows of a delivery in the order they were sent. Raises Refused with every fault of every row.

    Python objects (mappings, or rows that were checked before) go through the same checks as bytes.
    """
    checked = check(feed, payload, key)
    stop(checked.refusals)
    return list(checked.rows.values())


def check(feed: Feed[R], payload: Payload, key: str = "") -> Checked[R]:
    """Return the rows of a delivery that are right, and every fault of the others.

    `key` is the secret of personal numbers; without it they become hashes that mean nothing. Raises Refused where the
    delivery as a whole cannot be read.
    """
    context = {KEY: key}
    if not isinstance(payload, bytes | bytearray | memoryview):
        return _thoroughly(feed, [payload] if isinstance(payload, Mapping) else list(payload), context)
    content = unpacked(bytes(payload))
    lines = None if content.startswith(b"[") else _lines(content)
    if lines is not None:
        _refuse_many(len(lines))
        return _of_lines(feed, lines, context)
    array = content if content.startswith(b"[") else b"[" + content + b"]"
    try:
        rows = _many(feed.row, feed.cut).validate_json(array, context=context)
    except ValidationError as error:
        return _thoroughly(feed, _objects(feed, array, error), context)
    _refuse_many(len(rows))
    return Checked(len(rows), dict(enumerate(rows, 1)), [], lambda number: _columns(rows[number - 1]))


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


def _objects(feed: Feed[R], content: bytes, error: ValidationError) -> Any:
    """Return what JSON holds that was refused. Raises Refused where it cannot be read at all."""
    try:
        return from_json(content)
    except ValueError:
        raise Refused(explained(error, feed.row.model_fields)) from None


def _thoroughly(feed: Feed[R], objects: list[Any], context: dict[str, str]) -> Checked[R]:
    """Check Python objects: a column may read JSON in a swift way of its own, and here it says why or takes it all the same.

    Where a row is wrong, the others are checked again without it.
    """
    _refuse_many(len(objects))
    many, rows = _many(feed.row, feed.cut), dict[int, R]()
    refusals, right = list[Refusal](), list(range(1, len(objects) + 1))
    try:
        rows = dict(zip(right, many.validate_python(objects, context=context), strict=True))
    except ValidationError as error:
        refusals = explained(error, feed.row.model_fields)
        wrong = {refusal.row for refusal in refusals}
        if WHOLE in wrong:
            raise Refused(refusals) from None
        right = [number for number in right if number not in wrong]
        taken = many.validate_python([objects[number - 1] for number in right], context=context)
        rows = dict(zip(right, taken, strict=True))
    return Checked(
        len(objects), rows, refusals, lambda number: _columns(rows[number] if number in rows else objects[number - 1])
    )


def _of_lines(feed: Feed[R], lines: list[bytes], context: dict[str, str]) -> Checked[R]:
    rows, refusals, one = dict[int, R](), list[Refusal](), _one(feed.row, feed.cut)
    for number, line in enumerate(lines, 1):
        try:
            rows[number] = _of_line(one, line, context)
        except ValidationError as error:
            refusals += explained(error, feed.row.model_fields, number)
    return Checked(
        len(lines),
        rows,
        refusals,
        lambda number: _columns(rows[number] if number in rows else _read(lines[number - 1])),
    )


def _of_line(one: TypeAdapter[R], line: bytes, context: dict[str, str]) -> R:
    """Return the row of one line. Raises ValidationError."""
    try:
        return one.validate_json(line, context=context)
    except ValidationError as error:
        try:
            sent = from_json(line)
        except ValueError:
            raise error from None
    return one.validate_python(sent, context=context)


def _read(line: bytes) -> Any:
    try:
        return from_json(line)
    except ValueError:
        return None


def _columns(row: Any) -> Mapping[str, Any]:
    if isinstance(row, BaseModel):
        return row.model_dump(mode="json", exclude_unset=True)
    return row if isinstance(row, Mapping) else {}


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


def _refuse_many(count: int) -> None:
    if count > MOST_ROWS:
        raise whole("too_many_rows", limit=MOST_ROWS)


@cache
def _one(row: type[R], cut: tuple[str, ...]) -> TypeAdapter[R]:
    return TypeAdapter(_cut(row, cut))


@cache
def _many(row: type[R], cut: tuple[str, ...]) -> TypeAdapter[list[R]]:
    return TypeAdapter(list[_cut(row, cut)])  # type: ignore[arg-type, misc]


def _cut(row: type[R], cut: tuple[str, ...]) -> Any:
    """Return the type of a row from which columns are taken away before anything looks at them."""
    if not cut:
        return row

    def without(sent: Any) -> Any:
        return {name: value for name, value in sent.items() if name not in cut} if isinstance(sent, dict) else sent

    return Annotated[row, BeforeValidator(without)]
