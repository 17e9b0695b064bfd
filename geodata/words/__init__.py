"""The one catalogue of what the product says, in Chinese and English: `*.toml` beside this file, merged."""

import tomllib
from functools import cache
from pathlib import Path
from types import MappingProxyType

LANGUAGES = ("zh", "en")


class BadCatalogue(Exception):
    """A text that is missing in one language, or said twice."""


@cache
def catalogue() -> MappingProxyType[str, MappingProxyType[str, str]]:
    """Return key -> {zh, en}. A key is `table.name` of any of the files. Raises BadCatalogue."""
    found: dict[str, MappingProxyType[str, str]] = {}
    for file in sorted(Path(__file__).parent.glob("*.toml")):
        for table, entries in tomllib.loads(file.read_text(encoding="utf-8")).items():
            for name, texts in entries.items():
                key = f"{table}.{name}"
                if key in found or set(texts) != set(LANGUAGES):
                    raise BadCatalogue(f"{file.name}: {key} is said twice, or not in both languages")
                found[key] = MappingProxyType(texts)
    return MappingProxyType(found)


def say(key: str, language: str, **facts: object) -> str:
    """Return one text with its gaps filled; an unknown key is an error of ours and raises KeyError."""
    text = catalogue()[key]["en" if language == "en" else "zh"]
    return text.format_map({name: str(value) for name, value in facts.items()}) if facts else text
