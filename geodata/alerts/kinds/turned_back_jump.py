"""Many more people are turned back at an area's posts today than in the week before; the threshold says how many times."""

from geodata.alerts.declaration import Kind

KIND = Kind(
    id="turned_back_jump",
    tables=frozenset(),
    facts=frozenset({"share", "usual", "people"}),
    threshold=(1.1, 100),
    by_level=True,
)
