"""What came of one value of a column, and what every mender does first: full-width signs, spaces, quotes, marks for nothing."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

NOTHING: Mapping[str, object] = MappingProxyType({})
_UNSEEN = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad\x00-\x1f\x7f]")
_QUOTES = "'\"`‘’“”＇＂「」"
_FORMULA = re.compile(r'=\s*"([^"]*)"')
_EMPTY = frozenset(
    {"-", "--", "—", "——", "/", "\\", "null", "none", "n/a", "#n/a", "(null)", "(空)", "空", "缺", "暂无", "不详"}
)


@dataclass(frozen=True, slots=True)
class Found:
    """A value as it was or mended; or none, with why it is refused; or none and no reason, where the cell says nothing.

    `what` names the mend, or several with spaces between (`mended.<name>` in the catalogue); `why` names the two
    sentences of a refusal, and `facts` fill their gaps. A refusal never carries the value.
    """

    value: str | None
    what: str = ""
    why: str = ""
    facts: Mapping[str, object] = field(default_factory=lambda: NOTHING)

    @property
    def mends(self) -> tuple[str, ...]:
        """The names of what was mended, to be counted each."""
        return tuple(self.what.split())


def refused(why: str, **facts: object) -> Found:
    """Return a value that cannot be mended."""
    return Found(None, why=why, facts=facts)


def also(found: Found, mends: Iterable[str]) -> Found:
    """Return the same with mends that were made before; a refusal mends nothing."""
    if found.why:
        return found
    return Found(found.value, " ".join(dict.fromkeys([*mends, *found.mends])))


def tidied(value: str) -> tuple[str, tuple[str, ...]]:
    """Return the text without what surrounds it, in narrow signs, and the names of what was mended."""
    mends = []
    text = _UNSEEN.sub("", value).strip()
    if text != value:
        mends.append("spaces")
    formula = _FORMULA.fullmatch(text)
    bare = formula[1] if formula else text.strip(_QUOTES)
    if bare != text:
        mends.append("quotes")
    narrow = unicodedata.normalize("NFKC", bare).replace("−", "-")
    if "".join(narrow.split()) != "".join(bare.split()):
        mends.append("full_width")
    text = " ".join(narrow.split())
    if len(text) != len(narrow):
        mends.append("spaces")
    return text, tuple(dict.fromkeys(mends))


def each(values: Iterable[str], mend: Callable[[str], Found]) -> list[Found]:
    """Mend values that were tidied first; what means nothing becomes none."""
    found = []
    for value in values:
        text, mends = tidied(value)
        if not text:
            found.append(Found(None))
        elif text.lower() in _EMPTY:
            found.append(Found(None, "empty_marks"))
        else:
            found.append(also(mend(text), mends))
    return found
