"""A checkpoint that should have reported and has not: silent 失联, from the moment at which its report was due."""

from geodata.alerts.declaration import Kind

KIND = Kind(
    id="silent_checkpoint", tables=frozenset({"checkpoint", "checkpoint_hour"}), facts=frozenset({"due", "last"})
)
