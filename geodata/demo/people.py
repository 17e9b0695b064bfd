"""The five people who sign in to the demo city. Their passwords are printed and protect nothing but a demonstration."""

from typing import TypedDict

from argon2 import PasswordHasher
from sqlalchemy import Connection, text

from geodata.demo import divisions
from geodata.demo.divisions import CITY
from geodata.model.people import Role

OFFICER_COUNTY = "411202"
"""The county of the demo's officer: 湖滨区."""
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_INSERT = text(
    "INSERT INTO account (username, password_hash, role, demo) VALUES (:username, :hashed, :role, true) "
    "ON CONFLICT (username) DO NOTHING"
)
_ASSIGN = text(
    "INSERT INTO account_area SELECT a.id, r.id FROM account a, area r "
    "WHERE a.username = :username AND a.demo AND r.code = :area ON CONFLICT DO NOTHING"
)


class DemoAccount(TypedDict):
    """What somebody needs to sign in, and what they answer for (the code of an area)."""

    username: str
    password: str
    role: str
    area: str


def officer_grid() -> str:
    """The code of the grid leader's grid: the first of the officer's county, which has homes at every size."""
    tree = divisions.read()
    township = tree.children[OFFICER_COUNTY][0]
    return f"{tree.children[township.code][0].code}001"


def accounts() -> list[DemoAccount]:
    """The five accounts of the demo."""
    where = {
        "command": (Role.COMMAND, CITY),
        "county": (Role.OFFICER, OFFICER_COUNTY),
        "grid": (Role.GRID, officer_grid()),
        "press": (Role.PRESS, CITY),
        "admin": (Role.ADMIN, CITY),
    }
    return [
        DemoAccount(username=name, password=f"wangge-{name}-demo", role=role.value, area=area)
        for name, (role, area) in where.items()
    ]


def insert(connection: Connection) -> None:
    """Let the five sign in; an account of the same name that is there already keeps its password."""
    for row in accounts():
        connection.execute(_INSERT, {**row, "hashed": _HASHER.hash(row["password"])})
        connection.execute(_ASSIGN, dict(row))
