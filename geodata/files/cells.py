"""One value as a table would write it: what a program did to a code stays visible."""

import json
import math
from collections import Counter
from datetime import date, datetime, time, timedelta
from typing import Any

CODE_DIGITS = 10**8
"""Whole numbers from here on are rather codes than counts."""
EXACT = 10**15
"""Excel keeps fifteen digits; a longer code that it took for a number has lost its end."""


def text(value: Any, mended: Counter[str]) -> str | None:
    """Return a value as text, None where there is none; codes kept as numbers are counted as `float`."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return number(value, mended)
    if isinstance(value, (date, datetime, time)):
        return value.isoformat()
    return _other(value)


def number(value: float, mended: Counter[str]) -> str:
    """Return a number's digits: 411202001001.0 is `411202001001`; beyond fifteen digits it stays `4.11202001001E+17`."""
    if not math.isfinite(value) or not value.is_integer():
        return repr(value)
    if abs(value) >= EXACT:
        return f"{value:.14E}"
    if abs(value) >= CODE_DIGITS:
        mended["float"] += 1
    return str(int(value))


def _other(value: Any) -> str:
    if isinstance(value, timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    if isinstance(value, bytes):
        return value.hex()
    return str(value) if isinstance(value, int) else json.dumps(value, ensure_ascii=False, default=str)
