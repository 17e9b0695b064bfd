"""Numbers of persons as keyed hashes: a repeat is recognised, and nobody reads the number back without the key."""

import hmac
import re
import unicodedata
from hashlib import sha256

_NOT_SIGNS = re.compile(r"[^0-9A-Z]")
_ABROAD = re.compile(r"^(?:00)?86(?=1\d{10}$)")


def keyed(value: str, secret: str) -> str:
    """Return 64 hexadecimal digits that stand for a telephone or identity number under this installation's secret.

    The same number gives the same digits however it is written: full width, with spaces and dashes, with +86.
    """
    return hmac.new(secret.encode(), plain(value).encode(), sha256).hexdigest()


def plain(value: str) -> str:
    """Return a number without what people write into it: digits and capital letters alone."""
    return _ABROAD.sub("", _NOT_SIGNS.sub("", unicodedata.normalize("NFKC", value).upper()))
