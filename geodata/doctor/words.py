"""Departments' own words for a state of the colour scheme or another choice: 武汉返回, 红, 满员, and what was mapped once."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from coloraide import Color

from geodata.doctor.found import Found, each, refused

_SUFFIXES = ("人员", "住户", "家庭", "户", "色", "者", "人")
_HUES = ((20, ("红", "red")), (50, ("橙", "orange")), (70, ("黄", "yellow")), (170, ("绿", "green")), (260, ("蓝", "blue")),
         (330, ("紫", "purple")), (361, ("红", "red")))  # fmt: skip
"""Hues of HSL in degrees up to which a colour is called so."""
Names = Mapping[str, Sequence[str]]
_GREYISH, _DARK, _LIGHT = 0.25, 0.15, 0.88


class State(Protocol):
    """A state as the colour scheme has it."""

    code: str
    colour: str
    zh: str
    en: str


def mend(values: Iterable[str], known: Sequence[State], remembered: Mapping[str, str]) -> list[Found]:
    """Return each value as the code of a known state, in the order of `values`.

    `remembered` takes words of this sender to codes and comes first. A colour counts where one state alone has it. What
    stays unknown is refused with the list of states, so that somebody can map it once.
    """
    names = {state.code: (state.zh, state.en, *colour_names(state.colour)) for state in known}
    return choose(values, names, remembered)


def choose(values: Iterable[str], names: Names, remembered: Mapping[str, str]) -> list[Found]:
    """Return each value as one of the codes that `names` has, each with what it is called, in the order of `values`.

    Words of a person come first, and those that two codes share mean neither.
    """
    ways = _ways(names)
    told = {_plain(word): code for word, code in remembered.items()}
    states = "、".join(f"{called[0]}({code})" for code, called in names.items())

    def one(text: str) -> Found:
        if told.get(_plain(text)) in names:
            code = told[_plain(text)]
            return Found(code, "" if text == code else "remembered")
        if text in names:
            return Found(text)
        found = ways.get(_plain(text)) or ways.get(_short(_plain(text)))
        return Found(found, "state_words") if found else refused("unknown_word", states=states)

    return each(values, one)


def _ways(names: Names) -> dict[str, str]:
    """Return what codes are called, without the names that two of them share."""
    found: dict[str, set[str]] = {}
    for code, called in names.items():
        for name in (code, *called):
            for form in (_plain(name), _short(_plain(name))):
                found.setdefault(form, set()).add(code)
    return {name: next(iter(codes)) for name, codes in found.items() if len(codes) == 1}


def _plain(word: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKC", word).casefold() if sign.isalnum())


def _short(word: str) -> str:
    """Return a word without the endings that say no more than that somebody is meant."""
    for suffix in _SUFFIXES:
        if len(word) > len(suffix) and word.endswith(suffix):
            return _short(word.removesuffix(suffix))
    return word


def colour_names(colour: str) -> tuple[str, ...]:
    """Return what people call a colour `#rrggbb`, in Chinese and English."""
    hue, saturation, lightness = Color(colour).convert("hsl").coords(nans=False)
    if lightness >= _LIGHT:
        return "白", "white"
    if lightness <= _DARK:
        return "黑", "black"
    if saturation <= _GREYISH:
        return "灰", "grey", "gray"
    return next(names for limit, names in _HUES if hue <= limit)
