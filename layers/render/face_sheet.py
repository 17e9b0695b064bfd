"""A building's face as compact data: which door stands where, and in words what each looks like. `assets/face.js` draws it."""

from collections.abc import Iterable, Sequence
from typing import Any

from geodata.model import SchemeState
from geodata.words import say
from layers.tokens import ink

Door = dict[str, Any]
Key = tuple[int, int, str, int]
"""Where in its unit a door stands: numbered ones first, then named ones, then a second one of the same name."""
MOST_PLACES = 6_000
"""A building that says of itself that it has more is drawn from its doors alone."""


def sheet(found: dict[str, Any], states: Sequence[SchemeState], language: str) -> dict[str, Any]:
    """Return what the browser draws of a face (`geodata.faces.face`) in one language.

    `columns` are [title, titles of rooms], `rows` are [title, cells]; a cell is [household, room, state, days left, own],
    [0, name] for a house without a door, or 0 where nobody can live.
    """
    signs = Signs(states, language)
    street = found["street"]
    columns, rows = _facade(found, signs, language) if street is None else _lane(found, signs, language)
    return {
        "id": found["id"],
        "kind": "flats" if street is None else "street",
        "label": say("face.grid", language, name=title(found)),
        "columns": columns,
        "rows": rows,
        "states": signs.rows,
        "lefts": signs.lefts,
        "nobody": say("face.nobody", language),
    }


def title(found: dict[str, Any]) -> str:
    """Return what a face is called: the block, or the street without the house's number."""
    name, address = str(found["name"]), str(found["address"])
    return address.removesuffix(name) or name if found["street"] is not None else name


def doors_of(found: dict[str, Any]) -> list[Door]:
    """Return every door that a face shows."""
    if found["street"] is None:
        return list(found["doors"])
    return [door for house in found["street"] for door in house["doors"]]


class Signs:
    """What states and days look like: states by their place in `rows`, days left by their number in `lefts`."""

    def __init__(self, states: Sequence[SchemeState], language: str) -> None:
        """Begin with the states of the scheme; others join as doors show them."""
        self.language = language
        self.lefts: dict[str, tuple[str, str, str]] = {}
        self.rows = [_sign(state, language) for state in states]
        self._places = {state.code: place for place, state in enumerate(states)}

    def cell(self, door: Door, name: str, *, own: bool = False) -> list[Any]:
        """Return the cell of a door."""
        left = door["days_left"]
        if left is not None and str(left) not in self.lefts:
            self.lefts[str(left)] = self._left(left)
        cell = [door["id"], name, self.place(door["state"]), left]
        return [*cell, 1] if own else cell

    def place(self, code: str) -> int:
        """Return where in `rows` a state stands; one of an older scheme stands for itself, and never looks safe."""
        if code not in self._places:
            self._places[code] = len(self.rows)
            self.rows.append(("·", code, "#6B7A8C", ink("#6B7A8C"), "diagonal", 1))
        return self._places[code]

    def _left(self, left: int) -> tuple[str, str, str]:
        kind = "left" if left > 0 else "over" if left < 0 else "due"
        said = (say(f"face.{kind}_{size}", self.language, n=abs(left)) for size in ("short", "long"))
        short, long = said
        return short, long, kind


def _sign(state: SchemeState, language: str) -> tuple[str, str, str, str, str, int]:
    name = state.en if language == "en" else state.zh
    matters = int(state.follow_days is not None or not state.surveyed)
    return state.letter, name, state.colour, ink(state.colour), state.hatch or "", matters


def slot(door: Door) -> str:
    """Return a room's name without its floor: 03 of 1203 on floor 12."""
    room, floor = str(door["room"]), str(door["floor"])
    return room.removeprefix(floor) or room


def _keys(doors: Iterable[Door]) -> dict[Key, Door]:
    """Return the doors of one floor of one unit by where they stand; none is lost, whatever it is called."""
    placed: dict[Key, Door] = {}
    for door in doors:
        name = slot(door)
        numbered = name.isascii() and name.isdigit() and 0 < int(name) < 100
        key = (0, int(name), "", 0) if numbered else (1, 0, name, 0)
        while key in placed:
            key = (2, 0, name, key[3] + 1)
        placed[key] = door
    return placed


def _facade(found: dict[str, Any], signs: Signs, language: str) -> tuple[list[Any], list[Any]]:
    by_floor: dict[tuple[int, int], list[Door]] = {}
    for door in found["doors"]:
        by_floor.setdefault((door["unit"], door["floor"]), []).append(door)
    placed = {where: _keys(doors) for where, doors in by_floor.items()}
    units, floors, rooms = _extent(found)
    units, floors = units | {unit for unit, _ in placed}, floors | {floor for _, floor in placed}
    keys: dict[int, list[Key]] = {}
    for unit in sorted(units):
        own = {key for (there, _), doors in placed.items() if there == unit for key in doors}
        keys[unit] = sorted(own | {(0, n, "", 0) for n in rooms} if not own or min(own)[0] == 0 else own)
    columns = [[say("face.unit", language, n=unit), [_name(key) for key in own]] for unit, own in keys.items()]
    rows = []
    for floor in sorted(floors, reverse=True):
        cells: list[Any] = []
        for unit, own_keys in keys.items():
            here = placed.get((unit, floor), {})
            cells += [signs.cell(here[key], str(here[key]["room"])) if key in here else 0 for key in own_keys]
        rows.append([say("face.floor", language, n=floor), cells])
    return columns, rows


def _extent(found: dict[str, Any]) -> tuple[set[int], set[int], range]:
    """Return units, floors and rooms as the building says of itself, as far as that can be drawn."""
    units, floors, rooms = (max(0, found[name]) for name in ("units", "floors", "rooms_per_floor"))
    if units * floors * rooms > MOST_PLACES:
        return set(), set(), range(0)
    return set(range(1, units + 1)), set(range(1, floors + 1)), range(1, rooms + 1)


def _name(key: Key) -> str:
    return f"{key[1]:02d}" if key[0] == 0 else key[2]


def _lane(found: dict[str, Any], signs: Signs, language: str) -> tuple[list[Any], list[Any]]:
    """Return the two sides of a street: odd numbers, even numbers."""
    sides: tuple[list[Any], list[Any]] = ([], [])
    for house in found["street"]:
        number = "".join(letter for letter in house["name"] if letter in "0123456789")[:9]
        side = sides[int(number) % 2 == 0] if number else min(sides, key=len)
        side += _house(house, signs, own=house["building_id"] == found["id"])
    shown = [(say(f"face.{name}", language), side) for name, side in zip(("odd", "even"), sides, strict=True) if side]
    longest = max((len(side) for _, side in shown), default=0)
    rows = [["", [side[n] if n < len(side) else 0 for _, side in shown]] for n in range(longest)]
    return [[words, [""]] for words, _ in shown], rows


def _house(house: dict[str, Any], signs: Signs, *, own: bool) -> list[list[Any]]:
    doors = house["doors"]
    if not doors:
        return [[0, house["name"]]]
    if len(doors) == 1:
        return [signs.cell(doors[0], house["name"], own=own)]
    return [signs.cell(door, f"{house['name']} {door['unit']}-{door['room']}", own=own) for door in doors]
