"""Rules as data: shipped, changed, refused where they could never be judged or said."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from app.__main__ import command_line
from geodata.alerts import rules
from geodata.alerts.registry import all_kinds
from geodata.database import Database
from geodata.errors import BadValue

HOTEL: dict[str, Any] = {
    "code": "hotel_nearly_full",
    "kind": "hotel_nearly_full",
    "severity": "warning",
    "threshold": 0.9,
    "title_zh": "满",
    "title_en": "Full",
    "one_zh": "{name} {left}",
    "one_en": "{name} {left}",
    "many_zh": "{area} {n}",
    "many_en": "{area} {n}",
}


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"kind": "weather"}, "one of"),
        ({"severity": "loud"}, "severity"),
        ({"threshold": 90}, "from 0.1 to 1"),
        ({"threshold": None}, "from 0.1 to 1"),
        ({"level": "village"}, "means nothing"),
        ({"kind": "overdue_households", "threshold": 5, "one_zh": "x", "one_en": "x"}, "must be given"),
        ({"kind": "silent_checkpoint", "one_zh": "x", "one_en": "x"}, "means nothing"),
        ({"minutes": -1}, "minutes"),
        ({"one_en": "{telephone}"}, "gaps can be"),
        ({"one_en": "{name.__class__}"}, "gaps can be"),
        ({"one_en": "{left:>9999999}"}, "gaps can be"),
        ({"many_zh": "{name}"}, "gaps can be"),
        ({"one_en": "{name"}, "rule"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_rule_that_could_not_be_judged_or_said_is_refused(changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(BadValue, match=complaint):
        rules.checked(HOTEL | changes)


def test_shipped_rules_never_overwrite_what_a_city_has_changed(tiny_city: Database) -> None:
    with tiny_city.owner() as connection:
        assert rules.ensure(connection) == len(all_kinds())
        rules.change(connection, "gathering", severity="information", threshold=2)
        assert rules.ensure(connection) == 0
        held = {row["code"]: row for row in rules.known(connection)}
        assert (held["gathering"]["severity"], held["gathering"]["threshold"]) == ("information", 2)
        assert [row["severity"] for row in rules.known(connection)][:1] == ["severe"]
        with pytest.raises(BadValue, match="nonsense"):
            rules.change(connection, "nonsense", minutes=3)


def test_rules_from_the_command_line(tiny_city: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """List, change, check a file, bring it in; what is wrong is said and nothing is written."""
    monkeypatch.setenv("DATABASE_URL", tiny_city.url)
    run, own = CliRunner(), tmp_path / "own.toml"
    own.write_text(rules.SHIPPED.read_text(encoding="utf-8").replace("threshold = 0.9", "threshold = 0.8"))
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(own.read_text().replace("threshold = 0.8", "threshold = 8"))
    for words in (["list"], ["set", "gathering", "--off", "--minutes", "5"], ["check", str(own)], ["load", str(own)]):
        result = run.invoke(command_line(["alerts"]), ["alerts", *words])
        assert result.exit_code == 0, result.output
    for words in (
        ["check", str(wrong)],
        ["load", str(tmp_path / "none.toml")],
        ["set", "gathering", "--level", "city"],
    ):
        assert isinstance(run.invoke(command_line(["alerts"]), ["alerts", *words]).exception, BadValue)
    with tiny_city.owner() as connection:
        held = {row["code"]: row for row in rules.known(connection)}
        assert held["hotel_nearly_full"]["threshold"] == 0.8
        assert held["gathering"]["active"], "the file says that it is on"
        assert connection.scalar(text("SELECT count(*) FROM alert_rule")) == len(all_kinds()) + 1
