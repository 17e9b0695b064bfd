"""A gathering that a patrol saw; the threshold is for how many hours it stands, unless somebody closes it before."""

from geodata.alerts.declaration import Kind

KIND = Kind(id="gathering", tables=frozenset({"patrol_event"}), facts=frozenset({"at", "flight"}), threshold=(0.1, 48))
