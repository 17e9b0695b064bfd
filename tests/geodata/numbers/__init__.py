"""Numbers that feeds bring."""
