"""A fever somebody reported of themselves, until it is followed up; the threshold is for how many hours it is looked at."""

from geodata.alerts.declaration import Kind

KIND = Kind(
    id="fever_report", tables=frozenset({"fever_report"}), facts=frozenset({"at", "code"}), threshold=(1, 24 * 14)
)
