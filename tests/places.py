"""A city small enough to count by hand: two counties side by side, each with one township, village and two grids."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, text

from geodata.alerts import rules
from geodata.alerts.judging import judge_here
from geodata.schemes import shipped

CITY, EAST, WEST = "990000", "990100", "990200"
GRIDS = {EAST: ("990100001001001", "990100001001002"), WEST: ("990200001001001", "990200001001002")}
LOOKS = shipped("five_colours").by_code()
STATES = ("wuhan", "hubei", "other_city", "unsurveyed", "vacant", "normal")
BEGAN = datetime.now(UTC).replace(microsecond=0) - timedelta(days=20)

SILENT = rules.Rule(
    code="silent",
    kind="silent_checkpoint",
    severity="warning",
    title_zh="失联",
    title_en="Silent",
    one_zh="{name} 应报 {due}",
    one_en="{name} due {due}",
    many_zh="{area} {n} 个失联",
    many_en="{n} silent in {area}",
)
"""The one rule of the tiny city; each of its posts is silent, and so there is an alert a grid."""


def build(connection: Connection, doors: int = 6) -> None:
    """Fill an empty database: one building and `doors` households a grid, all normal since twenty days."""
    connection.execute(
        text("INSERT INTO setting VALUES ('time_zone', 'Asia/Shanghai'), ('city', '990000'), ('test', 'true')")
    )
    connection.execute(text("INSERT INTO colour_scheme VALUES (1, '990000', '2020-01-01', '五色', 'Five colours')"))
    for place, code in enumerate(STATES, 1):
        connection.execute(
            text(
                "INSERT INTO scheme_state (id, scheme_id, code, severity, colour, letter, hatch, follow_days, clears_to, "
                "automatic, surveyed, zh, en) VALUES (:id, 1, :code, :id, :colour, :letter, :hatch, :days, "
                "'normal', false, :asked, "
                ":code, :code)"
            ),
            {
                "id": place,
                "code": code,
                "letter": code[0].upper(),
                "colour": LOOKS[code].colour,
                "hatch": LOOKS[code].hatch,
                "days": 14 if place < 4 else None,
                "asked": code != "unsurveyed",
            },
        )
    for table in ("colour_scheme", "scheme_state"):
        connection.execute(text(f"SELECT setval('{table}_id_seq', 100)"))
    area(connection, CITY, "city", None, (0, 0, 4, 1))
    for west, county in ((0, EAST), (2, WEST)):
        area(connection, county, "county", CITY, (west, 0, west + 2, 1))
        area(connection, county + "001", "township", county, (west, 0, west + 2, 1))
        area(connection, county + "001001", "village", county + "001", (west, 0, west + 2, 1))
        for nth, grid in enumerate(GRIDS[county]):
            area(connection, grid, "grid", county + "001001", (west + nth, 0, west + nth + 1, 1))
            homes(connection, grid, west + nth, doors)
            work(connection, grid, west + nth)
    rounds(connection)
    connection.execute(text(_REPORTS))
    rules.bring(connection, [SILENT], over=True)
    judge_here(connection, datetime.now(UTC))


def area(
    connection: Connection, code: str, level: str, parent: str | None, box: tuple[float, float, float, float]
) -> None:
    """Insert one area with a rectangle in hundredths of a degree from 111° E, 34° N."""
    connection.execute(
        text(
            "INSERT INTO area (code, name, level, parent_id, pinyin, place) SELECT :code, :name, :level, "
            "(SELECT id FROM area WHERE code = :parent), '', ST_Multi(ST_MakeEnvelope(:w, :s, :e, :n, 4326))"
        ),
        {"code": code, "name": f"{level} {code}", "level": level, "parent": parent}
        | dict(
            zip("wsen", (111 + box[0] / 100, 34 + box[1] / 100, 111 + box[2] / 100, 34 + box[3] / 100), strict=True)
        ),
    )


def homes(connection: Connection, grid: str, west: float, doors: int) -> None:
    """Insert one building in a grid, and its doors."""
    building = connection.scalar(
        text(
            "INSERT INTO building (area_id, kind, name, address, units, floors, rooms_per_floor, place) "
            "SELECT id, 'slab', '1号楼', name || ' 1号楼', 1, 3, 2, "
            "ST_MakeEnvelope(:w, 34.004, :w + 0.001, 34.005, 4326) FROM area WHERE code = :grid RETURNING id"
        ),
        {"grid": grid, "w": 111 + west / 100 + 0.004},
    )
    connection.execute(
        text(
            "INSERT INTO household (building_id, area_id, unit, floor, room, state_id, since, place) "
            "SELECT :building, a.id, 1, 1 + i / 2, (100 * (1 + i / 2) + i % 2 + 1)::text, 6, :began, "
            "ST_SetSRID(ST_MakePoint(:w + i * 0.0001, 34.0045), 4326) "
            "FROM area a, generate_series(0, :doors - 1) i WHERE a.code = :grid"
        ),
        {"building": building, "grid": grid, "doors": doors, "began": BEGAN, "w": 111 + west / 100 + 0.004},
    )
    connection.execute(
        text(
            "INSERT INTO household_finding (household_id, area_id, state_id, began, reason, source, entered_by) "
            "SELECT h.id, h.area_id, h.state_id, h.since, 'survey', 'test', 'test' "
            "FROM household h JOIN area a ON a.id = h.area_id WHERE a.code = :grid"
        ),
        {"grid": grid},
    )


def work(connection: Connection, grid: str, west: float) -> None:
    """Insert one of everything else in a grid: post with an hour and its staff, hotel with a day, clinic, shop with prices,
    drone, flight, point, event, gate with its state, closure.

    Every code and name carries the grid's code, so that a row seen by the wrong reader can be told by it.
    """
    facts = {"grid": grid, "at": BEGAN, "w": 111 + west / 100 + 0.006}
    connection.execute(text("SELECT ensure_partitions(:at - 1, :at + 1)"), {"at": BEGAN.date()})
    for statement in _WORK:
        connection.execute(text(statement), facts)


def rounds(connection: Connection) -> None:
    """Insert a round under way of the city, and a finished one a county; in each grid one door was asked in each."""
    for number, (code, begin) in enumerate(((CITY, 3), (EAST, 12), (WEST, 12)), 1):
        facts = {"code": code, "begin": begin, "number": number}
        connection.execute(
            text(
                "INSERT INTO sweep (number, name, starts_on, ends_on, target, created_by, area_id) SELECT :number, code, "
                "local_day(now()) - :begin, local_day(now()) - :begin + 6, 0.9, code, id FROM area WHERE code = :code"
            ),
            facts,
        )
    connection.execute(
        text(
            "INSERT INTO sweep_answer (sweep_id, household_id, at, entered_by, area_id) "
            "SELECT s.id, h.id, now() - interval '1 hour', a.code, a.id FROM sweep s JOIN area a ON a.path <@ s.path "
            "JOIN household h ON h.area_id = a.id WHERE h.room = '101'"
        )
    )


def reported(connection: Connection) -> None:
    """Insert in each grid a place and a trip of a case, a venue, an enterprise and an indicator, and links of its clinic."""
    for statement in _REPORTED:
        connection.execute(text(statement))


_REPORTS = (
    "INSERT INTO village_report (area_id, day, returned_outside, returned_wuhan, close_contact, fever_unexplained, "
    "first_reported_at, reported_at) SELECT id, local_day(now()), 3, 1, 0, 0, now(), now() FROM area WHERE level = 'village'"
)
_PLACE = "ST_SetSRID(ST_MakePoint(:w, 34.006), 4326) FROM area a WHERE a.code = :grid"
_WORK = (
    "INSERT INTO checkpoint (code, name, kind, area_id, staffed_from, staffed_to, place) "
    f"SELECT 'P' || a.code, a.name || ' 卡口', 'community_gate', a.id, '06:00', '22:00', {_PLACE}",
    "INSERT INTO checkpoint_hour SELECT c.id, date_trunc('hour', CAST(:at AS timestamptz)), 100, 3, 2, 1, 1500, :at, c.area_id "
    "FROM checkpoint c WHERE c.code = 'P' || :grid",
    "INSERT INTO hotel (code, name, address, telephone, rooms, area_id, place) "
    f"SELECT 'H' || a.code, a.name || ' 宾馆', a.name, a.code, 50, a.id, {_PLACE}",
    "INSERT INTO hotel_day (hotel_id, day, occupied, reported_at, area_id) "
    "SELECT h.id, local_day(:at), 20, :at, h.area_id FROM hotel h WHERE h.code = 'H' || :grid",
    "INSERT INTO clinic (code, kind, name, address, telephone, hours, status, reported_at, area_id, place) "
    f"SELECT 'C' || a.code, 'fever_clinic', a.name || ' 门诊', a.name, a.code, '00:00-24:00', 'open', :at, a.id, {_PLACE}",
    "INSERT INTO drone (code, name, camera_degrees, area_id) SELECT 'D' || code, name, 80, id FROM area WHERE code = :grid",
    "INSERT INTO flight (code, drone_id, started_at, area_id) "
    "SELECT 'F' || d.code, d.id, now() - interval '5 minutes', d.area_id FROM drone d WHERE d.code = 'D' || :grid",
    "INSERT INTO track_point (flight_id, at, height_m, area_id, place) "
    "SELECT f.id, now() - make_interval(secs => i * 10), 80, f.area_id, ST_SetSRID(ST_MakePoint(:w + i / 10000.0, 34.006), 4326) "
    "FROM flight f, generate_series(0, 5) i WHERE f.code = 'FD' || :grid",
    "INSERT INTO patrol_event (code, flight_id, kind, at, area_id, place) "
    "SELECT 'E' || f.code, f.id, 'gathering', now() - interval '3 minutes', f.area_id, "
    "ST_SetSRID(ST_MakePoint(:w, 34.006), 4326) FROM flight f WHERE f.code = 'FD' || :grid",
    "INSERT INTO gate (code, name, kind, state, since, area_id, place) "
    f"SELECT 'G' || a.code, a.name || ' 大门', 'gate', 'closed', :at, a.id, {_PLACE}",
    "INSERT INTO gate_state (gate_id, state, valid, reason, entered_by, area_id) "
    "SELECT g.id, g.state, tstzrange(g.since, NULL), 'control', g.code, g.area_id FROM gate g WHERE g.code = 'G' || :grid",
    "INSERT INTO closure (kind, valid, reason, entered_by, area_id, place) "
    "SELECT 'blocked_street', tstzrange(:at, NULL), 'control', 'K' || code, id, "
    "ST_SetSRID(ST_MakeLine(ST_MakePoint(:w, 34.0065), ST_MakePoint(:w + 0.001, 34.0065)), 4326) "
    "FROM area WHERE code = :grid",
    "INSERT INTO shop (code, name, kind, address, telephone, hours, area_id, place) "
    f"SELECT 'S' || a.code, a.name || ' 超市', 'supermarket', a.name, a.code, '', a.id, {_PLACE}",
    "INSERT INTO shop_day (shop_id, day, is_open, reported_at, area_id) "
    "SELECT s.id, local_day(now() - make_interval(days => n)), true, now() - make_interval(days => n, mins => 5), s.area_id "
    "FROM shop s, generate_series(0, 1) n WHERE s.code = 'S' || :grid",
    "INSERT INTO shop_price (shop_id, day, nth, good, unit, price, area_id) "
    "SELECT d.shop_id, d.day, 0, s.code, '斤', 3, d.area_id FROM shop_day d JOIN shop s ON s.id = d.shop_id "
    "WHERE s.code = 'S' || :grid",
    "INSERT INTO checkpoint_staffing (checkpoint_id, day, shift_from, shift_to, on_duty, reported_at, area_id) "
    "SELECT c.id, local_day(now()), '00:00', '00:00', 2, now() - interval '5 minutes', c.area_id "
    "FROM checkpoint c WHERE c.code = 'P' || :grid",
    "INSERT INTO fever_report (code, status, at, reported_at, area_id) "
    "SELECT 'V' || code, 'open', now() - interval '5 minutes', now() - interval '5 minutes', id FROM area WHERE code = :grid",
    "INSERT INTO sender (code, name, created_by, area_id) SELECT 'S' || code, name || ' 科室', 'test', id "
    "FROM area WHERE code = :grid",
    "INSERT INTO sender_area (sender_id, area_id) SELECT id, area_id FROM sender WHERE code = 'S' || :grid",
    "INSERT INTO sender_token (digest, sender_id, kind, created_by) "
    "SELECT sha256(CAST(code AS bytea)), id, 'passages', 'test' FROM sender WHERE code = 'S' || :grid",
    "INSERT INTO delivery (kind, sender, source, file_name, rows, accepted, repeated, refused, detail, day, area_id) "
    "SELECT 'passages', 'sender:S' || code, 'http', '', 3, 1, 1, 1, '{}', local_day(now()), id FROM area WHERE code = :grid",
    "INSERT INTO delivery_day (kind, sender, day, slot, area_id, deliveries, rows, accepted, repeated, refused, newest_at) "
    "SELECT 'passages', 'sender:S' || code, local_day(now()), 0, id, 1, 3, 1, 1, 1, now() FROM area WHERE code = :grid",
    "INSERT INTO refused_row (delivery_id, kind, sender, nth, column_name, why, facts, fields, digest, area_id) "
    "SELECT id, kind, sender, 2, 'checkpoint', 'unknown_checkpoint', '{}', json_build_object('checkpoint', sender), "
    "sha256(CAST(sender AS bytea)), area_id FROM delivery WHERE sender = 'sender:S' || :grid",
    "INSERT INTO return_registration (code, origin, arrives_on, status, at, reported_at, area_id) SELECT 'R' || code, '420100', "
    "local_day(now()), 'registered', now() - interval '4 minutes', now() - interval '4 minutes', id FROM area WHERE code = :grid",
    "INSERT INTO tip_off (code, kind, status, at, reported_at, area_id) SELECT 'T' || code, 'gathering', 'open', "
    "now() - interval '4 minutes', now() - interval '4 minutes', id FROM area WHERE code = :grid",
    "INSERT INTO health_code_day (area_id, day, green, yellow, red, registered, population, first_reported_at, reported_at) "
    "SELECT id, local_day(now()), 90, 4, 1, 95, 100, now(), now() FROM area WHERE code = :grid",
    "INSERT INTO hotline_day (area_id, day, received, closed, first_reported_at, reported_at) "
    "SELECT id, local_day(now()), 20, 19, now(), now() FROM area WHERE code = :grid",
)
_SPOT = "ST_PointOnSurface(place), id FROM area WHERE level = 'grid'"
_REPORTED = (
    "INSERT INTO case_place (code, kind, began, ended, published, first_reported_at, reported_at, place, area_id) "
    "SELECT 'CP' || code, 'venue', now() - interval '2 days', now() - interval '1 day', true, now() - interval '9 hours', "
    f"now() - interval '9 hours', {_SPOT}",
    "INSERT INTO case_trip (code, means, number, day, reported_at, area_id) "
    "SELECT 'CT' || code, 'train', 'G1234', '2026-01-01', now(), id FROM area WHERE level = 'grid'",
    "INSERT INTO venue (code, name, kind, capacity, reported_at, place, area_id) "
    f"SELECT 'V' || code, 'V' || code, 'mall', 10, now(), {_SPOT}",
    "INSERT INTO venue_hour (venue_id, hour, at, headcount, area_id) "
    "SELECT id, date_trunc('hour', now()), now() - interval '1 minute', 12, area_id FROM venue",
    "INSERT INTO enterprise (code, name, industry, reported_at, place, area_id) "
    f"SELECT 'E' || code, 'E' || code, '', now(), {_SPOT}",
    "INSERT INTO enterprise_day (enterprise_id, day, whitelisted, resumed_on, staff, staff_back, reported_at, area_id) "
    "SELECT id, local_day(now()), true, NULL, 9, 3, now() - interval '1 minute', area_id FROM enterprise",
    "INSERT INTO consultation (asks_id, answers_id, kind, since, reported_at, area_id) "
    "SELECT c.id, d.id, 'video', '2020-02-03', now(), v.id FROM clinic c JOIN clinic d ON d.id <> c.id "
    "JOIN area v ON v.level = 'village' AND c.path <@ v.path AND d.path <@ v.path",
    "INSERT INTO consultation_day (consultation_id, day, cases, reported_at, area_id) "
    "SELECT id, local_day(now()), 3, now() - interval '1 minute', area_id FROM consultation",
    "INSERT INTO indicator (code, name_zh, name_en, unit, better, reported_at, area_id) "
    "SELECT 'I' || code, 'I' || code, 'I' || code, '', 'higher', now(), id FROM area WHERE level <> 'township'",
    "INSERT INTO indicator_day (indicator_id, day, value, target, reported_at, area_id) "
    "SELECT id, local_day(now()), 1, 2, now() - interval '1 minute', area_id FROM indicator",
)
