"""What documents say of each feed, out of its declaration: title, key, how old is late, an example that works."""

import json
from datetime import timedelta
from typing import Any

from geodata.arrival.secret import keyed_columns
from geodata.feeds.floor.declaration import Feed
from geodata.feeds.floor.registry import all_feeds

BEGIN = "<!-- kinds: written by `python -m app feeds`; what is in between is replaced -->"
END = "<!-- /kinds -->"


def section() -> str:
    """Return the part of the document that lists every feed, in Markdown."""
    return "\n".join([BEGIN, *(_one(feed) for _, feed in sorted(all_feeds().items())), END])


def replaced(document: str) -> str:
    """Return a document with that part as it should be today. Raises ValueError where the document has no place for it."""
    before, found, rest = document.partition(BEGIN)
    _, ended, after = rest.partition(END)
    if not found or not ended:
        raise ValueError(f"the document lacks {BEGIN} or {END}")
    return before + section() + after


def _one(feed: Feed[Any]) -> str:
    keyed, notes = sorted(keyed_columns(feed)), list[str]()
    if feed.cut:
        notes.append(f"Taken away at the door: {', '.join(f'`{column}`' for column in feed.cut)}.")
    if keyed:
        notes.append(f"Kept as a keyed hash alone: {', '.join(f'`{column}`' for column in keyed)}.")
    if feed.foundation:
        notes.append("Taken from an administrator of the whole city alone.")
    key = ", ".join(f"`{column}`" for column in feed.key)
    head = f"### `{feed.kind}` {feed.title.zh}"
    says = f"{feed.title.en}. Key: {key}. Late after {_length(feed.late_after)}. Privacy: {feed.privacy.value}."
    example = json.dumps(dict(feed.example), ensure_ascii=False, default=str)
    return "\n".join(["", head, "", " ".join([says, *notes]), "", "```json", example, "```"])


def _length(time: timedelta) -> str:
    hours, minutes = divmod(int(time.total_seconds()) // 60, 60)
    return " ".join(f"{n} {unit}" for n, unit in ((hours, "h"), (minutes, "min")) if n) or f"{time.total_seconds():g} s"
