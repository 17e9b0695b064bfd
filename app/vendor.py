"""pydeck's browser bundle, from our own origin: its address carries a hash of its content, so it never grows old."""

import hashlib
from functools import cache
from pathlib import Path

import pydeck

FILE = Path(pydeck.__file__).parent / "nbextension" / "static" / "index.js"


@cache
def bundle() -> bytes:
    """Return the bundle, without the hint at a map of its sources that is not shipped."""
    return FILE.read_bytes().rpartition(b"//# sourceMappingURL=")[0]


@cache
def address() -> str:
    """Return where pages find the bundle."""
    return f"/vendor/deck.{hashlib.blake2b(bundle(), digest_size=6).hexdigest()}.js"
