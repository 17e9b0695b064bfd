"""`python -m app`: the product's command line."""

import sys

import typer

from app.commands.alerts import alerts
from app.commands.backup import backup, restore
from app.commands.demo import demo
from app.commands.display import display
from app.commands.feeds import feeds
from app.commands.importing import importing
from app.commands.migrate import migrate
from app.commands.patrols import patrols
from app.commands.programme import programme
from app.commands.retain import retain
from app.commands.scheme import scheme
from app.commands.sender import sender
from app.commands.serve import serve
from app.commands.snapshot import snapshot
from app.commands.user import user
from geodata.errors import WanggeError
from geodata.postgres import ClusterError
from geodata.words import say

command_line = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
command_line.command()(serve)
command_line.command()(demo)
command_line.command()(migrate)
command_line.command(name="import")(importing)
command_line.command()(feeds)
command_line.command()(backup)
command_line.command()(restore)
command_line.command()(retain)
command_line.add_typer(display, name="display", help="Display links of screens: create, list, revoke.")
command_line.add_typer(patrols, name="patrols", help="Patrols: the cells that they are to see.")
command_line.add_typer(scheme, name="scheme", help="Colour schemes: list, check, add.")
command_line.add_typer(alerts, name="alerts", help="Alert rules: list, set, check, load.")
command_line.add_typer(programme, name="programme", help="Duty programmes of walls: list, check, add, remove.")
command_line.add_typer(sender, name="sender", help="Offices that deliver: add, token, list, disable.")
command_line.add_typer(snapshot, name="snapshot", help="Pictures that may be published; verify, list releases.")
command_line.add_typer(user, name="user", help="Accounts: add, list, disable, password, areas, token.")


def main() -> int:
    """Run one command; a refusal of ours is one sentence and exit code 1."""
    try:
        command_line(standalone_mode=True)
    except ClusterError as refusal:
        sys.stderr.write(f"{refusal}\n")
    except WanggeError as refusal:
        sys.stderr.write(f"{say(refusal.key, 'zh', **refusal.facts)}\n{say(refusal.key, 'en', **refusal.facts)}\n")
    else:
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
