"""An area with many overdue households; the threshold is their number."""

from geodata.alerts.declaration import Kind

KIND = Kind(
    id="overdue_households",
    tables=frozenset(),
    facts=frozenset({"households"}),
    threshold=(1, 1_000_000),
    by_level=True,
)
