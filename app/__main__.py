"""`python -m app`: the product's command line."""

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import typer

from geodata.errors import WanggeError
from geodata.postgres import ClusterError
from geodata.words import say

COMMANDS = {
    "serve": "serve",
    "demo": "demo",
    "migrate": "migrate",
    "import": "importing",
    "feeds": "feeds",
    "backup": "backup",
    "restore": "backup",
    "retain": "retain",
}
"""Which module of `app.commands` has which command."""
FUNCTIONS = {"import": "importing"}
"""Commands whose function is called otherwise, for Python has another use of the word."""
GROUPS = {
    "display": "Display links of screens: create, list, revoke.",
    "patrols": "Patrols: the cells that they are to see.",
    "scheme": "Colour schemes: list, check, add.",
    "alerts": "Alert rules: list, set, check, load.",
    "programme": "Duty programmes of walls: list, check, add, remove.",
    "sender": "Offices that deliver: add, token, list, disable.",
    "snapshot": "Pictures that may be published; verify, list releases.",
    "user": "Accounts: add, list, disable, password, areas, token.",
}
"""Commands with commands of their own, each a module of its name."""


def command_line(words: Sequence[str]) -> typer.Typer:
    """Return the command that these words begin with, or every command where they begin with none.

    Each imports what it works with: all of them together took three times as long to start as most of them alone.
    """
    found = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
    # With this one, Typer wants a command's name also where there is one command.
    found.callback()(lambda: None)
    every = (*COMMANDS, *GROUPS)
    for name in words[:1] if set(words[:1]) & set(every) else every:
        if name in GROUPS:
            found.add_typer(_of(name, name), name=name, help=GROUPS[name])
        else:
            found.command(name=name)(_of(COMMANDS[name], FUNCTIONS.get(name, name)))
    return found


def _of(module: str, name: str) -> Any:
    return getattr(import_module(f"app.commands.{module}"), name)


def main() -> int:
    """Run one command; a refusal of ours is one sentence and exit code 1."""
    try:
        command_line(sys.argv[1:])(standalone_mode=True)
    except ClusterError as refusal:
        sys.stderr.write(f"{refusal}\n")
    except WanggeError as refusal:
        sys.stderr.write(f"{say(refusal.key, 'zh', **refusal.facts)}\n{say(refusal.key, 'en', **refusal.facts)}\n")
    else:
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
