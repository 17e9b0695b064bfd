"""Figures as people write them: 1,234户, １２间, 十二, 98.5%."""

import re
from collections.abc import Iterable
from decimal import Decimal

from geodata.doctor.found import Found, also, each, refused

CLEAN = r"^[+-]?(\d+(\.\d+)?|\.\d+)$"
"""What needs no mending: whole columns are checked by it before their other values are given to `mend`."""
_PLAIN = re.compile(CLEAN, re.ASCII)
_SCIENTIFIC = re.compile(r"[+-]?\d(?:\.\d+)?[eE][+-]?\d{1,2}")
_THOUSANDS = re.compile(r"([+-]?\d{1,3}(?:([, ])\d{3})(?:\2\d{3})*)(\.\d+)?")
_WHOLE_FLOAT = re.compile(r"([+-]?\d+)\.0+")
# Units that are one of what is counted. Whatever would have to be converted (分钟, 公里, 斤) is refused.
_COUNTED = (
    "人次|单元|楼|户|人|间|个|家|名|元|秒|天|日|次|件|辆|架|米|张|床|套|台|层|例|批|处|座|只|起|份|条|所|岁|度|°C|m|s"
)
_UNIT = re.compile(rf"(.*[\d十百千万零〇一二三四五六七八九两])\s*(?:{_COUNTED})")
_OTHER_UNIT = re.compile(r"[+-]?[\d.,]+\s*[^\d\s.,%+-]{1,8}")
_CURRENCY = "¥$"
_MANY = {"万": 4, "亿": 8}
_SIGNS = ("零〇", "一壹", "二贰两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖")
_DIGITS = {sign: value for value, signs in enumerate(_SIGNS) for sign in signs}
_STEPS = {"千": 1000, "仟": 1000, "百": 100, "佰": 100, "十": 10, "拾": 10}
_NUMERAL = re.compile(rf"[{''.join(_DIGITS)}{''.join(_STEPS)}万]+")


def mend(values: Iterable[str], *, whole: bool = False) -> list[Found]:
    """Return each value as a plain number (`1234`, `-12.5`), in the order of `values`.

    With `whole` a float that is a whole number loses its point, and any other is refused. A per cent stays the number
    before its sign. What can be read in two ways is refused.
    """

    def one(text: str) -> Found:
        found = _read(text)
        return _whole(found) if whole and found.value else found

    return each(values, one)


def _whole(found: Found) -> Found:
    value = found.value or ""
    if match := _WHOLE_FLOAT.fullmatch(value):
        return Found(match[1], f"{found.what} float".strip())
    return refused("whole_number") if "." in value else found


def _read(text: str) -> Found:
    if _PLAIN.fullmatch(text):
        return Found(text)
    if text.endswith("%") or text.startswith("百分之"):
        return also(_read(text.removesuffix("%").removeprefix("百分之").strip()), ["percent"])
    if text[:1] in _CURRENCY:
        return also(_read(text[1:].strip()), ["units"])
    if unit := _UNIT.fullmatch(text):
        return also(_read(unit[1]), ["units"])
    if text[-1] in _MANY and re.fullmatch(r"[\d.,]+", text[:-1].strip()):
        return _times(_read(text[:-1].strip()), _MANY[text[-1]])
    return _written_out(text)


def _written_out(text: str) -> Found:
    if thousands := _THOUSANDS.fullmatch(text):
        return Found(re.sub(r"[, ]", "", thousands[1]) + (thousands[3] or ""), "thousands")
    if _SCIENTIFIC.fullmatch(text):
        return Found(_plain(text), "scientific")
    if _NUMERAL.fullmatch(text):
        value = numeral(text)
        return refused("number_unread") if value is None else Found(str(value), "chinese_numerals")
    if "," in text and re.fullmatch(r"[+-]?[\d,.]+", text):
        return refused("number_comma")
    return refused("number_unit" if _OTHER_UNIT.fullmatch(text) else "number_unread")


def _times(found: Found, zeros: int) -> Found:
    return found if found.why else Found(_plain(f"{found.value}e{zeros}"), f"{found.what} units".strip())


def _plain(text: str) -> str:
    """Write a number out without an exponent; exact, as decimals are."""
    written = f"{Decimal(text):f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def numeral(text: str) -> int | None:
    """Return what Chinese numerals say, up to 9999万; none where they are not well formed (一百二 is 102 to some)."""
    if all(sign in _DIGITS for sign in text):
        return int("".join(str(_DIGITS[sign]) for sign in text))
    above, found, below = text.partition("万")
    upper, lower = _up_to_thousands(above), _up_to_thousands(below) if below else 0
    if not found:
        return upper
    return None if upper is None or lower is None or not upper else upper * 10_000 + lower


def _up_to_thousands(text: str) -> int | None:
    """Return what is said below 万: steps must fall, and a step that is jumped over must be filled with 零."""
    total, last, digit, filled = 0, 10_000, None, False
    for sign in text:
        if sign in _DIGITS:
            if digit not in (None, 0):
                return None
            digit, filled = _DIGITS[sign], filled or _DIGITS[sign] == 0
            continue
        step = _STEPS.get(sign)
        if step is None or step >= last or (digit == 0 and step != 10):
            return None
        total, last = total + (digit or 1) * step, step
        digit, filled = None, False
    if digit and last > 10 and total and not filled:
        return None
    return total + (digit or 0) if text else None
