"""Which colours can be told apart, by whom: ordinary sight, three colour blindnesses, and a black-and-white print.

Colour blindness is simulated after Brettel, Viénot and Mollon (1997), which holds for tritanopia too; differences are
CIEDE2000, in which 1 is what a trained eye just notices side by side.
"""

from functools import cache

from coloraide import Color

BLINDNESSES = ("deutan", "protan", "tritan")
VIEWS = ("ordinary", *BLINDNESSES, "grey")
TOLD_APART = 8.0
"""The least difference of two colours that somebody tells apart in discs of nine pixels, a quarter of a degree wide.

Stone, Szafir and Setlur (2014) measured how difference grows dearer as marks grow smaller: about 8 units of lightness are
seen by half of the people at that size, where large patches need 5. The map's doors are that small.
"""
CLEARLY_APART = 10.0
"""The same where a mistake is dangerous and nobody may have to look twice: nobody was asked, and it looks safe."""


@cache
def seen(colour: str, view: str) -> Color:
    """Return what a colour `#rrggbb` looks like in one of VIEWS."""
    found = Color(colour)
    if view in BLINDNESSES:
        return found.filter(view, method="brettel")
    if view == "grey":
        return Color("lab-d65", [found.convert("lab-d65")["lightness"], 0, 0])
    return found


@cache
def difference(one: str, other: str, view: str) -> float:
    """Return how far two colours lie apart in a view, as CIEDE2000."""
    first, second = sorted((one.lower(), other.lower()))
    return float(seen(first, view).delta_e(seen(second, view), method="2000"))


def alike_in(one: str, other: str, least: float = TOLD_APART) -> dict[str, float]:
    """Return the views in which two colours lie closer than `least`, each with their difference."""
    found = {view: difference(one, other, view) for view in VIEWS}
    return {view: apart for view, apart in found.items() if apart < least}


TWINS = ("O0QD", "I1L|", "S5", "B8", "Z2", "G6", "UV")
"""Signs that are taken for each other where they are small."""


def reads_alike(one: str, other: str) -> bool:
    """Say whether two letters are taken for each other at the size of a door: `O` for `0`, `l` for `I`."""
    return _plain(one) == _plain(other)


def _plain(letters: str) -> str:
    return "".join(next((group[0] for group in TWINS if letter in group), letter) for letter in letters.upper())
