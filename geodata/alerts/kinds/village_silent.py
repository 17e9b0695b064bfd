"""A village that has not reported today; the threshold is the hour of the city's day by which it should have."""

from geodata.alerts.declaration import Kind

KIND = Kind(
    id="village_silent",
    tables=frozenset({"village_report"}),
    facts=frozenset({"hour"}),
    threshold=(0, 24),
    by_level=True,
)
