"""What pages share that are plain HTML and ES modules: their texts, what their scripts read, their modules asked for at once."""

import json
from collections.abc import Collection, Iterable

from geodata.words import LANGUAGES, catalogue


def words(tables: Collection[str]) -> dict[str, dict[str, str]]:
    """Return language -> key -> text of everything in these tables of the catalogue."""
    known = {key: texts for key, texts in catalogue().items() if key.partition(".")[0] in tables}
    return {language: {key: texts[language] for key, texts in known.items()} for language in LANGUAGES}


def script(content: object) -> str:
    """Return JSON as it may stand inside a script element."""
    return json.dumps(content, ensure_ascii=False).replace("</", "<\\/")


def preloads(modules: Iterable[str]) -> str:
    """Return what has the browser ask for all modules (paths below /assets) at once instead of one after the other."""
    return "\n".join(f'<link rel="modulepreload" href="/assets/{name}">' for name in modules)
