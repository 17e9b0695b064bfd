"""Rows that the tests of layers and numbers of reports put in: as the owner, in the tiny city."""

from datetime import date, datetime, timedelta

from geodata.database import Database
from tests.layers.looking import NOW, run

AREA = "FROM area WHERE code = :area"
POINT = "ST_PointOnSurface(place), id"


def case_place(
    city: Database, area: str, code: str, days: float, kind: str = "venue", *, published: bool = False
) -> None:
    """Insert a place where a case was for an hour, so many days ago, told of an hour later."""
    at = NOW - timedelta(days=days)
    run(
        city,
        "INSERT INTO case_place (code, kind, began, ended, published, first_reported_at, reported_at, place, area_id) "
        f"SELECT :code, :kind, :began, :at, :published, :told, :told, {POINT} {AREA}",
        area=area, code=code, kind=kind, began=at - timedelta(hours=1), at=at, told=at + timedelta(hours=1), published=published,
    )  # fmt: skip


def venue(city: Database, area: str, code: str, capacity: int, counts: dict[float, int]) -> None:
    """Insert a venue and its counts by hours ago."""
    run(
        city,
        "INSERT INTO venue (code, name, kind, capacity, reported_at, place, area_id) "
        f"SELECT :code, :code, 'mall', :capacity, '2020-01-01', {POINT} {AREA}",
        area=area, code=code, capacity=capacity,
    )  # fmt: skip
    for hours, headcount in counts.items():
        run(
            city,
            "INSERT INTO venue_hour (venue_id, hour, at, headcount, area_id) "
            "SELECT id, date_trunc('hour', CAST(:at AS timestamptz)), :at, :headcount, area_id FROM venue WHERE code = :code",
            code=code, at=NOW - timedelta(hours=hours), headcount=headcount,
        )  # fmt: skip


def enterprise(
    city: Database, area: str, code: str, told: dict[float, tuple[bool, date | None, int]], staff: int = 100
) -> None:
    """Insert an enterprise and its reports by days ago: on the whitelist, resumed on, staff back."""
    run(
        city,
        "INSERT INTO enterprise (code, name, industry, reported_at, place, area_id) "
        f"SELECT :code, :code, '制造业', '2020-01-01', {POINT} {AREA}",
        area=area, code=code,
    )  # fmt: skip
    for days, (listed, resumed_on, back) in told.items():
        run(
            city,
            "INSERT INTO enterprise_day (enterprise_id, day, whitelisted, resumed_on, staff, staff_back, reported_at, area_id) "
            "SELECT id, local_day(:at), :listed, :resumed_on, :staff, :back, :at, area_id FROM enterprise WHERE code = :code",
            code=code, at=NOW - timedelta(days=days), listed=listed, resumed_on=resumed_on, staff=staff, back=back,
        )  # fmt: skip


def link(city: Database, asks: str, answers: str, told: dict[int, int]) -> None:
    """Insert a link between the clinics of two grids of one village, and cases by days ago."""
    run(
        city,
        "INSERT INTO consultation (asks_id, answers_id, kind, since, reported_at, area_id) "
        "SELECT c.id, d.id, 'video', '2020-02-03', '2020-02-03', g.parent_id "
        "FROM clinic c, clinic d JOIN area g ON g.id = d.area_id WHERE c.code = 'C' || :asks AND d.code = 'C' || :answers",
        asks=asks, answers=answers,
    )  # fmt: skip
    for days, cases in told.items():
        at = NOW - timedelta(days=days)
        run(
            city,
            "INSERT INTO consultation_day (consultation_id, day, cases, reported_at, area_id) "
            "SELECT o.id, local_day(:at), :cases, :at, o.area_id FROM consultation o JOIN clinic c ON c.id = o.asks_id "
            "WHERE c.code = 'C' || :asks",
            asks=asks, at=at, cases=cases,
        )  # fmt: skip


def indicator(
    city: Database, area: str, code: str, told: dict[float, float], target: float | None = None, better: str = "higher"
) -> None:
    """Insert an indicator of an area and its values by days ago."""
    run(
        city,
        "INSERT INTO indicator (code, name_zh, name_en, unit, better, reported_at, area_id) "
        f"SELECT :code, :code, :code, '件', :better, '2020-01-01', id {AREA}",
        area=area, code=code, better=better,
    )  # fmt: skip
    for days, value in told.items():
        at: datetime = NOW - timedelta(days=days)
        run(
            city,
            "INSERT INTO indicator_day (indicator_id, day, value, target, reported_at, area_id) "
            "SELECT i.id, local_day(:at), :value, :target, :at, i.area_id FROM indicator i JOIN area a ON a.id = i.area_id "
            "WHERE i.code = :code AND a.code = :area",
            area=area, code=code, at=at, value=value, target=target,
        )  # fmt: skip
