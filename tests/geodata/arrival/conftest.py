"""The city of the feeds' tests, for what comes through the door into it."""

from tests.geodata.feeds.conftest import city, east, everywhere, scope

__all__ = ["city", "east", "everywhere", "scope"]
