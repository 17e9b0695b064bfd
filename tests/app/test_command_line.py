from typer.main import get_command
from typer.testing import CliRunner

from app.__main__ import COMMANDS, GROUPS, command_line


def test_help_lists_every_command() -> None:
    said = CliRunner().invoke(command_line(["--help"]), ["--help"])
    assert said.exit_code == 0
    assert [name for name in (*COMMANDS, *GROUPS) if f" {name} " not in said.output] == []


def test_only_what_is_asked_is_brought_in() -> None:
    """A command of its own stays below its name; what nobody knows is answered out of all of them."""
    assert list(get_command(command_line(["migrate", "--help"])).commands) == ["migrate"]  # type: ignore[attr-defined]
    assert list(get_command(command_line(["user", "list"])).commands) == ["user"]  # type: ignore[attr-defined]
    said = CliRunner().invoke(command_line(["usr"]), ["usr"])
    assert said.exit_code == 2
    assert "Did you mean 'user'" in said.output
