"""An area of which no patrol has seen much for a day; the threshold is the share of its cells."""

from geodata.alerts.declaration import Kind

KIND = Kind(
    id="cells_unseen",
    tables=frozenset({"patrol_cell"}),
    facts=frozenset({"cells", "unseen", "share"}),
    threshold=(0.01, 1),
    by_level=True,
)
