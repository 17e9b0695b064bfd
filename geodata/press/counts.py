"""The true counts of a moment, out of what triggers keep: never a look at a household. Read by the owner alone."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from geodata.areas import statement
from geodata.figures import REPORT_DAYS
from geodata.press.homes import GROUPS

_AREAS = text("SELECT id, parent_id, path::text FROM area WHERE level <> 'grid'")
_STATES = text(
    "SELECT code, bool_or(follow_days IS NOT NULL) AS followed, bool_or(surveyed) AS surveyed FROM scheme_state "
    "GROUP BY code ORDER BY max(id), code"
)


@dataclass(frozen=True)
class Counts:
    """What was true at a moment. Areas are ids; those without homes, hotels or known clinics are left out of each."""

    tree: dict[int, int | None]
    paths: dict[int, str]
    groups: dict[str, list[str]]
    """Group of states -> codes of its states."""
    homes: dict[int, dict[str, int]]
    rooms: dict[int, int]
    taken: dict[int, int]
    clinics: dict[int, int]
    data_time: datetime | None


def read_counts(connection: Connection, at: datetime, now: datetime) -> Counts:
    """Return the counts of a past moment `at`."""
    areas = connection.execute(_AREAS).all()
    homes: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for row in connection.execute(statement("press_homes"), {"at": at, "now": now}):
        homes[row.area_id][row.code] = row.households
    # Of the hour that is going on, clinics are as they are now: a report of ten minutes ago replaced what was before.
    known = now if now - at < timedelta(hours=1) else at
    care = connection.execute(statement("press_care"), {"at": at, "known": known, "report_days": REPORT_DAYS}).all()
    changed = connection.execute(statement("press_times"), {"at": at}).scalar_one()
    times = [row.reported_at for row in care if row.reported_at is not None] + ([changed] if changed else [])
    return Counts(
        tree={row.id: row.parent_id for row in areas},
        paths={row.id: row.path for row in areas},
        groups=_groups(connection),
        homes=dict(homes),
        rooms={row.area_id: row.rooms for row in care if row.rooms},
        taken={row.area_id: row.taken for row in care if row.rooms},
        clinics={row.area_id: row.clinics for row in care if row.clinics is not None},
        data_time=max(times, default=None),
    )


def _groups(connection: Connection) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {group: [] for group in GROUPS}
    for row in connection.execute(_STATES):
        group = "followed" if row.followed else "settled" if row.surveyed else "unsurveyed"
        found[group].append(row.code)
    return found
