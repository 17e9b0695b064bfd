"""STAND-IN for helper moving's module of this name."""

from geodata.press.sheet import Sheet


def page(sheet: Sheet) -> str:
    """Return a page with nothing but its name."""
    state = "WITHDRAWN " if sheet.withdrawn else ""
    return f"<!DOCTYPE html><html><head><meta charset=utf-8></head><body>{state}{sheet.number or 'DRAFT'}</body></html>"
