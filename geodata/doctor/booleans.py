"""Yes and no as people tick them."""

from collections.abc import Iterable

from geodata.doctor.found import Found, also, refused, tidied

_YES = frozenset({"true", "t", "yes", "y", "1", "1.0", "是", "有", "对", "真", "√", "✓", "✔", "☑", "开", "开放", "已"})
_NO = frozenset(
    {
        "false",
        "f",
        "no",
        "n",
        "0",
        "0.0",
        "否",
        "无",
        "不是",
        "没有",
        "错",
        "假",
        "×",
        "✗",
        "✘",
        "☒",
        "关",
        "关闭",
        "未",
    }
)


def mend(values: Iterable[str]) -> list[Found]:
    """Return each value as `true` or `false`, in the order of `values`; an empty one as none."""
    return [_one(value) for value in values]


def _one(value: str) -> Found:
    if value in ("true", "false"):
        return Found(value)
    text, mends = tidied(value)
    if not text:
        return Found(None)
    word = text.casefold()
    if word in _YES or word in _NO:
        written = "true" if word in _YES else "false"
        return also(Found(written, "" if text == written else "yes_no"), mends)
    return refused("yes_no")
