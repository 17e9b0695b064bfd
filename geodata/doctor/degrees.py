"""Coordinates as people write them: 111°12′30″E, 111度12分30秒, 111 12 30, 111,2034. Metres of a projection pass as well."""

import re
from collections.abc import Iterable
from decimal import Decimal

from geodata.doctor.found import Found, also, each, refused

CLEAN = r"^[+-]?\d+(\.\d+)?([eE][+-]?\d{1,2})?$"
"""What needs no mending: whole columns are checked by it before their other values are given to `mend`."""
_PLAIN = re.compile(CLEAN, re.ASCII)
_COMMA = re.compile(r"([+-]?\d{1,3}),(\d+)")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_SIGNS = str.maketrans(dict(zip("º°˚′’‘＇″”“＂", "度度度分分分分秒秒秒秒", strict=True)))
_SIDES = {
    "东经": 1,
    "西经": -1,
    "北纬": 1,
    "南纬": -1,
    "e": 1,
    "w": -1,
    "n": 1,
    "s": -1,
    "东": 1,
    "西": -1,
    "北": 1,
    "南": -1,
}
_SIDE = "|".join(_SIDES)
_WITH_SIDE = re.compile(rf"(?:({_SIDE})[\s:]*)?([^a-z一-鿿\s].*?)\s*({_SIDE})?", re.IGNORECASE)
_PARTS = re.compile(
    r"([+-]?\d{1,3}(?:\.\d+)?)\s*[度d:\s-]\s*(?:(\d{1,2}(?:\.\d+)?)\s*(?:[分':\s-]\s*(?:(\d{1,2}(?:\.\d+)?)\s*(?:秒|'')?)?)?)?"
)
_METRES = re.compile(r"([\d.,]+)\s*(?:m|米)")
_FINEST = Decimal("0.000000001")


def mend(values: Iterable[str]) -> list[Found]:
    """Return each value as a decimal number (`111.208333333`), in the order of `values`; south and west are negative."""
    # Before full-width signs become narrow: ″ would turn into two ′, and a closing quote is a second here.
    values = list(values)
    prepared = [value if _PLAIN.fullmatch(value) else _prepared(value) for value in values]
    return each(prepared, _one)


def _prepared(value: str) -> str:
    text = value
    if re.search(r"[º°˚度]", text):
        text = text.translate(_SIGNS)
        text = re.sub(r"''|分分|\"", "秒", text).replace("'", "分")
    return text


def _one(text: str) -> Found:
    if _PLAIN.fullmatch(text):
        return Found(text)
    if metres := _METRES.fullmatch(text):
        return also(_one(metres[1]), ["units"])
    comma = _COMMA.fullmatch(text)
    if comma and (len(comma[2]) != 3 or abs(int(comma[1])) <= 180):
        return Found(f"{comma[1]}.{comma[2]}", "comma_decimals")
    if _THOUSANDS.fullmatch(text):
        return Found(text.replace(",", ""), "thousands")
    return _with_side(text)


def _with_side(text: str) -> Found:
    sided = _WITH_SIDE.fullmatch(text)
    if sided is None or (sided[1] and sided[3]):
        return refused("degrees_unread")
    side = _SIDES[(sided[1] or sided[3] or "e").lower()]
    body = sided[2].strip()
    if comma := _COMMA.fullmatch(body):
        body = f"{comma[1]}.{comma[2]}"
    if _PLAIN.fullmatch(body) and (sided[1] or sided[3]):
        return Found(_signed(Decimal(body), side), "degrees")
    parts = _PARTS.fullmatch(body)
    # Two bare numbers may be a longitude and a latitude in one cell.
    if parts is None or not (parts[3] or "度" in body or sided[1] or sided[3]):
        return refused("degrees_unread")
    return _summed(parts, side)


def _summed(parts: re.Match[str], side: int) -> Found:
    whole, minutes, seconds = parts[1], parts[2] or "0", parts[3] or "0"
    if Decimal(minutes) >= 60 or Decimal(seconds) >= 60:
        return refused("degrees_sixty")
    if (parts[2] and "." in whole) or (parts[3] and "." in minutes):
        return refused("degrees_unread")
    if whole.startswith("-"):
        side, whole = -side, whole[1:]
    return Found(_signed(Decimal(whole) + Decimal(minutes) / 60 + Decimal(seconds) / 3600, side), "degrees")


def _signed(degrees: Decimal, side: int) -> str:
    written = f"{(degrees * side).quantize(_FINEST):f}"
    return written.rstrip("0").rstrip(".") if "." in written else written
