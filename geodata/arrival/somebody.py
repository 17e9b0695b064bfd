"""Telephone and identity numbers in a text, however they are written."""

import re
import unicodedata

_DIGITS = re.compile(r"\+?\d(?:[\s\-]?\d){6,}[\s\-]?[xX]?")
_TELEPHONE = re.compile(r"(?:(?:00)?86)?1[3-9]\d{9}|0[1-9]\d{8,10}")
_IDENTITY = re.compile(r"[1-9]\d{5}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]")
"""With the birthday inside, so that a code of an area and a number are not taken for it."""
_GROUPED = re.compile(
    r"(?<!\d)(?:\+?86[\s-]?)?(?:1[3-9]\d([.·_/—–])\d{4}\1\d{4}|[（(]1[3-9]\d[)）][\s-]?\d{4}[\s-]?\d{4})(?!\d)"
)
"""A mobile telephone in groups. A dot between two numbers may be anything; between three and four and four it is no decimal."""
MASK = "***"


def covered(text: str) -> str:
    """Return a text in which telephone and identity numbers are covered."""
    text = _GROUPED.sub(MASK, text)
    return _DIGITS.sub(lambda found: MASK if _somebodys(found.group()) else found.group(), text)


def is_grouped(text: str) -> bool:
    """Say whether a text holds a mobile telephone in groups: 138.1234.5678, (138)12345678."""
    return bool(_GROUPED.search(text))


def _somebodys(written: str) -> bool:
    number = re.sub(r"[^\dX]", "", unicodedata.normalize("NFKC", written).upper())
    return bool(_TELEPHONE.fullmatch(number) or _IDENTITY.fullmatch(number))
