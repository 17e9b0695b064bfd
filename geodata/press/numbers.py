"""Numbers of releases 发布编号: `WG-2026-000123-4`, gapless in each year, with a character that notices a slip of the pen.

The database gives them (`release_number` in migration 0016), inside the transaction in which a release is approved.
"""

import re

_NUMBER = re.compile(r"WG-(\d{4})-(\d{6,9})-([0-9X])")


def check_character(digits: str) -> str:
    """Return the check character of digits, after ISO 7064 MOD 11-2: it notices a wrong digit and two that changed places."""
    rest = 0
    for digit in digits:
        rest = (rest + int(digit)) * 2 % 11
    found = (12 - rest) % 11
    return "X" if found == 10 else str(found)


def number_of(year: int, serial: int) -> str:
    """Return the number of the n-th release of a year."""
    digits = f"{year:04}{serial:06}"
    return f"WG-{digits[:4]}-{digits[4:]}-{check_character(digits)}"


def tidy(typed: str) -> str | None:
    """Return a number as it is kept, whatever dashes, spaces and case somebody typed; none where it cannot be one."""
    plain = re.sub(r"[\s‐‑‒–—−－_-]+", "-", typed.strip()).upper()
    found = _NUMBER.fullmatch(plain)
    if found is None or check_character(found[1] + found[2]) != found[3]:
        return None
    return plain
