"""Codes of areas and things, after a spreadsheet has taken them for numbers."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping

from geodata.doctor.found import Found, also, each, refused

_FLOAT = re.compile(r"(\d+)\.0+")
_SCIENTIFIC = re.compile(r"(?=\d[.,]|\d[eE]\+)(\d)(?:[.,](\d+))?[eE]\+?(\d{1,2})")
"""With a point or a plus, as programs write it: 3E5 is a code."""
_LONG, _LEVELS = 12, (6, 9)
"""Statistical codes of counties and townships are often written with zeros up to the length of a village's."""


def mend(values: Iterable[str], known: Collection[str], aliases: Mapping[str, str]) -> list[Found]:
    """Return each value as a known code, mended where it must be, in the order of `values`.

    `known` are the codes there are, none where the column brings new ones; `aliases` take old codes to those in force.
    A code that stays unknown comes back tidied: whoever knows the areas says what is wrong with it. One in scientific
    notation that has lost digits is refused.
    """
    # Most values are clean, and must cost nothing: a million rows have a million codes of their own.
    codes = known if isinstance(known, (set, frozenset, dict)) else frozenset(known)
    lengths = sorted({len(code) for code in codes})
    values = list(values)
    clean = {value for value in values if value in codes}
    doubtful = list(dict.fromkeys(value for value in values if value not in clean))
    mended = dict(zip(doubtful, each(doubtful, _mender(codes, lengths, aliases)), strict=True))
    return [Found(value) if value in clean else mended[value] for value in values]


def _mender(codes: Collection[str], lengths: list[int], aliases: Mapping[str, str]) -> Callable[[str], Found]:
    def one(text: str) -> Found:
        joined = text.replace(" ", "")
        if text != joined:
            return also(one(joined), ["spaces"])
        if text in codes:
            return Found(text)
        if text in aliases:
            return Found(aliases[text], "alias")
        whole = _unfloated(text)
        if whole.why or not whole.what:
            return whole if whole.why else _known(text, codes, lengths)
        return also(one(whole.value or ""), whole.mends)

    return one


def _unfloated(text: str) -> Found:
    """Undo what makes a number of a code, where all of its digits are still there."""
    if found := _FLOAT.fullmatch(text):
        return Found(found[1], "float")
    if not (found := _SCIENTIFIC.fullmatch(text)):
        return Found(text)
    digits = found[1] + (found[2] or "")
    if len(digits) != int(found[3]) + 1:
        return refused("code_lost_digits", held=len(digits), wanted=int(found[3]) + 1)
    return Found(digits, "scientific")


def _known(text: str, codes: Collection[str], lengths: list[int]) -> Found:
    """Find a code by giving back zeros that a number loses, or taking away those that fill a statistical code up."""
    if not text.isdecimal():
        return Found(text)
    padded = {text.zfill(length) for length in lengths if length > len(text) and text.zfill(length) in codes}
    if len(padded) == 1:
        return Found(padded.pop(), "leading_zeros")
    for length in _LEVELS if len(text) == _LONG else ():
        if not text[length:].strip("0") and text[:length] in codes:
            return Found(text[:length], "trailing_zeros")
    return Found(text)
