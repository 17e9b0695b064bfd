"""Which column of a file holds which field: as somebody said, as is remembered of the sender, by name, or not at all."""

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from geodata.errors import BadValue
from geodata.feeds.floor.declaration import Feed
from geodata.feeds.floor.refusal import WHOLE, Refusal

PLACED = ("lon", "lat")


def fields_of(
    feed: Feed[Any], heads: Iterable[str], said: Mapping[str, str], remembered: Mapping[str, str]
) -> dict[str, str]:
    """Return the field by column. What `said` names goes before what is remembered, and both before names.

    Raises BadValue where `said` names a column or a field that does not exist, or one field twice.
    """
    heads = list(heads)
    _demand_sense(feed, heads, said)
    told = {head: field for head, field in {**remembered, **said}.items() if head in heads}
    taken = {field for field in told.values() if field}
    names = _names(feed)
    for head in heads:
        field = names.get(_plain(head))
        if head not in told and field is not None and field not in taken:
            told[head] = field
            taken.add(field)
    return {head: field for head, field in told.items() if field}


def missing(feed: Feed[Any], fields: Mapping[str, str], heads: Iterable[str], *, placed: bool) -> list[Refusal]:
    """Return what is wrong where a needed field has no column; `placed` files bring their places beside the columns."""
    given = set(fields.values())
    if placed:
        given |= {*PLACED, "place"}
    facts = {"heads": ", ".join(heads)}
    return [
        Refusal(WHOLE, name, "no_column", facts)
        for name, field in feed.row.model_fields.items()
        if field.is_required() and name not in given
    ]


def _names(feed: Feed[Any]) -> dict[str, str]:
    own = {_plain(name): name for name in feed.row.model_fields}
    more = {_plain(name): field for field, names in feed.paper.names.items() for name in names}
    return more | own


def _plain(head: str) -> str:
    return "".join(unicodedata.normalize("NFKC", head).lower().split()).replace("_", "")


def _demand_sense(feed: Feed[Any], heads: list[str], said: Mapping[str, str]) -> None:
    for head, field in said.items():
        if head not in heads:
            raise BadValue(name="map", value=head, wanted=", ".join(heads))
        if field and field not in feed.row.model_fields:
            raise BadValue(name="map", value=field, wanted=", ".join(feed.row.model_fields))
    fields = [field for field in said.values() if field]
    for field in fields:
        if fields.count(field) > 1:
            raise BadValue(name="map", value=field, wanted=", ".join(feed.row.model_fields))
