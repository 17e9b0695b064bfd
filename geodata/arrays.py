"""Columns of many rows as PostgreSQL reads arrays, so that hundreds of values are one and no driver looks at each."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import numpy as np
import psycopg
from psycopg.adapt import Buffer, Dumper
from psycopg.pq import Format

_MOMENT, _MOMENTS = 1184, 1185
"""PostgreSQL's numbers of the types `timestamptz` and `timestamptz[]`."""
_ELEMENT = np.dtype([("bytes", ">i4"), ("microseconds", ">i8")])
_EPOCH_S = 946_684_800
"""Seconds from 1970 to 2000 (UTC), from where PostgreSQL counts."""


class Moments:
    """Moments with their time zones as an array `timestamptz[]`, in PostgreSQL's own form: nobody writes or reads a text."""

    def __init__(self, moments: Sequence[datetime]) -> None:
        """Take them to the microsecond."""
        seconds = np.array([moment.timestamp() for moment in moments], dtype=np.float64)
        elements = np.empty(len(seconds), _ELEMENT)
        elements["bytes"] = 8
        # Exact until the year 2250: a double holds so many microseconds.
        elements["microseconds"] = np.rint((seconds - _EPOCH_S) * 1e6)
        head = np.array([1, 0, _MOMENT, len(seconds), 1], dtype=">i4")
        self.array = head.tobytes() + elements.tobytes()


class _Dumper(Dumper):
    format = Format.BINARY
    oid = _MOMENTS

    def dump(self, obj: Moments) -> Buffer:
        return obj.array


psycopg.adapters.register_dumper(Moments, _Dumper)


def plain(values: Iterable[str]) -> str:
    """Return values that need no quotes (numbers, words of ours, NULL) as the text of an array."""
    return "{" + ",".join(values) + "}"


def texts(values: Iterable[str]) -> str:
    """Return texts as the text of an array; none of them holds a line end."""
    joined = "\n".join(values)
    if '"' in joined or "\\" in joined:
        joined = joined.replace("\\", "\\\\").replace('"', '\\"')
    return '{"' + joined.replace("\n", '","') + '"}'
