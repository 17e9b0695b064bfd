"""Names and telephone numbers that are plainly invented: the same for the same code, in the words of `names.toml`."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from geodata.demo.chance import seed


@cache
def vocabulary() -> dict[str, Any]:
    """The words of the demo city, by section."""
    return tomllib.loads((Path(__file__).parent / "names.toml").read_text(encoding="utf-8"))


def pick(words: list[str] | str, *names: str) -> str:
    """The one of the words that falls to these names."""
    return words[seed(*names) % len(words)]


@dataclass(frozen=True)
class Leader:
    """Who answers for an area: a surname marked as a demonstration, and a number that is not in service."""

    name: str
    telephone: str


def leader(code: str) -> Leader:
    """The leader of an area of any level."""
    words = vocabulary()["leader"]
    name = words["name"].format(surname=pick(words["surnames"], code, "leader"))
    return Leader(name, telephone(code))


def telephone(code: str) -> str:
    """A number of the exchange that is not in service."""
    return str(vocabulary()["leader"]["telephone"].format(number=seed(code, "telephone") % 10_000))


def street(code: str, turn: int = 0) -> str:
    """A street in the area of this code."""
    words = vocabulary()["place"]
    return pick(words["street"], code, "street", str(turn)) + pick(words["street_end"], code, "end", str(turn))


def lane(code: str, turn: int = 0) -> str:
    """A lane in the grid of this code; the first sixty turns are different lanes."""
    words = vocabulary()["place"]
    again, first = divmod(turn, len(words["lane"]))
    name = words["lane"][(seed(code, "lane") + 7 * first) % len(words["lane"])]
    return str(name + words["lane_end"][(seed(code, name) + again) % len(words["lane_end"])])


def compound(code: str, turn: int = 0) -> str:
    """A housing compound 小区 in the grid of this code."""
    words = vocabulary()["place"]
    first = (seed(code, "compound") + 11 * turn) % len(words["compound"])
    return str(words["compound"][first]) + pick(words["compound_end"], code, "compound end", str(turn))
