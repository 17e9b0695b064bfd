"""How far a long piece of work has come, said in both languages."""

from collections.abc import Callable

from geodata.words import say

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""


def silent(_label: str, _done: int, _total: int) -> None:
    """Tell nobody."""


def label(name: str) -> str:
    """What is being done: a text of the table `demo` of the catalogue."""
    return f"{say(f'demo.{name}', 'zh')} {say(f'demo.{name}', 'en')}"
