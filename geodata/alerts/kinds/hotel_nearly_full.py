"""A designated hotel with hardly a room left; the threshold is the share of its rooms that are taken."""

from geodata.alerts.declaration import Kind

KIND = Kind(
    id="hotel_nearly_full",
    tables=frozenset({"hotel_day", "hotel"}),
    facts=frozenset({"occupied", "rooms", "left", "share"}),
    threshold=(0.1, 1),
)
