"""The moment that somebody asks about: live, in the past, or ahead."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Moment:
    """When somebody asks (`now`) and what about: `at` is none for live, in the past or future otherwise."""

    now: datetime
    at: datetime | None = None

    @property
    def past(self) -> bool:
        """Say whether the moment lies behind the present one."""
        return self.at is not None and self.at < self.now

    @property
    def known(self) -> datetime:
        """Return the moment whose knowledge is asked for: nobody knows more of a future one than is known now."""
        return self.at if self.at is not None and self.at < self.now else self.now
