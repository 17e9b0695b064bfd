"""The check of a colour scheme: what would let somebody take one state for another, or lose a household.

It runs before a version comes in (import, command), over both shipped files in the tests, and at every start over the
version in force.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, product
from typing import Protocol

from geodata.colours import CLEARLY_APART, TOLD_APART, alike_in, reads_alike
from geodata.errors import WanggeError
from geodata.words import say


class Checked(Protocol):
    """A state as a file or the database holds it."""

    code: str
    severity: int
    colour: str
    letter: str
    follow_days: int | None
    clears_to: str | None
    automatic: bool
    surveyed: bool

    @property
    def hatch(self) -> str | None:
        """Name of the hatch drawn over the colour, or none."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, and what to change: a sentence of the catalogue with its facts."""

    key: str
    state: str = ""
    """The code of the state to change, if it is one."""
    column: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    views: tuple[str, ...] = ()

    def what(self, language: str) -> str:
        """Say what is wrong."""
        return say(f"scheme_fault.{self.key}", language, **self._facts(language))

    def mend(self, language: str) -> str:
        """Say what to change."""
        return say(f"scheme_mend.{self.key}", language, **self._facts(language))

    def sentence(self, language: str) -> str:
        """Say both."""
        return say("scheme.sentence", language, what=self.what(language), mend=self.mend(language))

    def _facts(self, language: str) -> dict[str, object]:
        comma = say("scheme.comma", language)
        return {**self.facts, "state": self.state, "views": comma.join(say(f"sight.{v}", language) for v in self.views)}


class Refused(WanggeError):
    """A colour scheme that may not come in; `faults` say what to change."""

    key = "error.refused_scheme"

    def __init__(self, faults: Sequence[Fault]) -> None:
        """Keep every fault, so that all can be mended at once."""
        self.faults = tuple(faults)
        super().__init__(count=len(faults), first=faults[0].sentence("en"))


def calm(state: Checked) -> bool:
    """Say whether a state means that all is well or nobody is there: asked, and nothing to follow."""
    return state.surveyed and state.follow_days is None


def faults(states: Sequence[Checked]) -> list[Fault]:
    """Return everything that is wrong with a scheme; nothing where it may be used."""
    rules: tuple[Callable[[Sequence[Checked]], Iterator[Fault]], ...] = (
        _doubles,
        _signs,
        _clearing,
        _unsurveyed,
        _safe,
    )
    return [fault for rule in rules for fault in rule(states)]


def _doubles(states: Sequence[Checked]) -> Iterator[Fault]:
    """Codes and severities stand for one state each."""
    for one, other in combinations(states, 2):
        for column in ("code", "severity"):
            if getattr(one, column) == getattr(other, column):
                facts = {"other": one.code, "value": getattr(one, column)}
                yield Fault(f"same_{column}", other.code, column, facts)


def _signs(states: Sequence[Checked]) -> Iterator[Fault]:
    """A second sign belongs to one state; one that reads like another's stands on colours that everybody tells apart."""
    for one, other in combinations(states, 2):
        if one.hatch != other.hatch or not reads_alike(one.letter, other.letter):
            continue
        near = alike_in(one.colour, other.colour)
        facts = {"other": one.code, "letter": other.letter, "others": one.letter, "least": f"{TOLD_APART:g}"}
        if one.letter == other.letter:
            yield Fault("same_sign", other.code, "letter", facts)
        elif near:
            yield Fault("alike", other.code, "letter", facts | {"apart": f"{min(near.values()):.1f}"}, tuple(near))


def _clearing(states: Sequence[Checked]) -> Iterator[Fault]:
    """Whoever is followed can be cleared, in one step or several."""
    known = {state.code: state for state in states}
    for state in states:
        facts = {"to": state.clears_to, "states": ", ".join(known)}
        if state.clears_to is not None and state.clears_to not in known:
            yield Fault("no_such_state", state.code, "clears_to", facts)
        elif state.follow_days is not None and state.clears_to is None:
            yield Fault("clears_to_nothing", state.code, "clears_to", facts)
        elif state.follow_days is not None and not _ends(state, known):
            yield Fault("never_clear", state.code, "clears_to", facts)
        if state.automatic and state.follow_days is None:
            yield Fault("automatic", state.code, "automatic")


def _ends(state: Checked, known: Mapping[str, Checked]) -> bool:
    """Whether clearing step by step leads to a state in which somebody was asked and nothing is followed."""
    passed = set[str]()
    while state.follow_days is not None and state.code not in passed:
        passed.add(state.code)
        if state.clears_to is None or state.clears_to not in known:
            return True  # which is another fault, told where it is
        state = known[state.clears_to]
    return calm(state)


def _unsurveyed(states: Sequence[Checked]) -> Iterator[Fault]:
    """Some state says that nobody has asked; it is hatched, and followed by nobody."""
    asked = [state for state in states if not state.surveyed]
    if not asked:
        yield Fault("no_unsurveyed", "", "surveyed")
    for state in asked:
        if state.hatch is None:
            yield Fault("not_hatched", state.code, "hatch")
        if state.follow_days is not None:
            yield Fault("unsurveyed_followed", state.code, "follow_days")


def _safe(states: Sequence[Checked]) -> Iterator[Fault]:
    """Where nobody has asked, nothing looks safe: by hatch and by colour, whatever the letters say."""
    for one, other in product((s for s in states if not s.surveyed), (s for s in states if calm(s))):
        facts = {"other": other.code, "colour": one.colour, "others": other.colour, "least": f"{CLEARLY_APART:g}"}
        if one.hatch is not None and one.hatch == other.hatch:
            yield Fault("hatched_alike", one.code, "hatch", facts | {"hatch": one.hatch})
        near = alike_in(one.colour, other.colour, CLEARLY_APART)
        if near:
            yield Fault("looks_safe", one.code, "colour", facts | {"apart": f"{min(near.values()):.1f}"}, tuple(near))
