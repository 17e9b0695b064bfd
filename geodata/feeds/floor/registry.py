"""Which feeds there are: every module of `geodata.feeds` that declares a `FEED`; found by file, checked at the start."""

import pkgutil
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import Any

from geodata import feeds
from geodata.errors import UnknownKind
from geodata.feeds.floor.declaration import Feed, Row


class BadFeed(Exception):
    """A declaration that must not be started with: which file, and what is wrong."""


@cache
def all_feeds() -> MappingProxyType[str, Feed[Any]]:
    """Return every feed by kind. Raises BadFeed."""
    found: dict[str, Feed[Any]] = {}
    for module in pkgutil.iter_modules(feeds.__path__):
        if module.ispkg:
            continue
        loaded = import_module(f"geodata.feeds.{module.name}")
        feed = check(module.name, loaded.__doc__, getattr(loaded, "FEED", None))
        if feed.kind in found:
            raise BadFeed(f"geodata/feeds/{module.name}.py: the kind {feed.kind!r} is taken by another file")
        found[feed.kind] = feed
    return MappingProxyType(found)


def check(name: str, docstring: str | None, feed: object) -> Feed[Any]:
    """Return the feed a module declares. Raises BadFeed with the file's name and what to mend."""
    if not docstring:
        raise BadFeed(f"geodata/feeds/{name}.py: says nothing about itself; begin it with a docstring")
    if not isinstance(feed, Feed):
        raise BadFeed(f"geodata/feeds/{name}.py: declares no FEED")
    if not (feed.title.zh and feed.title.en):
        raise BadFeed(f"geodata/feeds/{name}.py: has no title in both languages")
    if not issubclass(feed.row, Row) or feed.row.model_config.get("extra") != "forbid":
        raise BadFeed(f"geodata/feeds/{name}.py: its rows must refuse columns that they do not name")
    if not feed.key or set(feed.key) - set(feed.row.model_fields):
        raise BadFeed(f"geodata/feeds/{name}.py: its key {feed.key} does not name columns of its rows")
    return feed


def get(kind: str) -> Feed[Any]:
    """Return one feed. Raises UnknownKind."""
    feed = all_feeds().get(kind)
    if feed is None:
        raise UnknownKind(kind=kind)
    return feed
