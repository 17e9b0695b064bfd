"""Schema versions, from an empty database to head and back."""
