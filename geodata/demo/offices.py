"""Offices of the demo city that deliver: who they are, what arrived of them, and rows that wait for a correction."""

import json
from datetime import UTC, datetime

from sqlalchemy import Connection, text

from geodata.demo.divisions import CITY
from geodata.demo.rules.states import Clock

OFFICES: dict[str, tuple[str, tuple[str, ...]]] = {
    "police": ("市公安局", ("survey", "return_registrations")),
    "health": ("市卫健委", ("clinic_status", "fever_report", "health_codes")),
    "transport": ("市交通局", ("passages", "checkpoints", "staffing")),
    "commerce": ("市商务局", ("shop_prices", "venue_counts")),
    "hotline": ("市长热线办", ("hotline",)),
    "civil": ("市民政局", ("village_report",)),
}
"""Code, name and the kinds that each delivers."""
SILENT = ("health_codes", "venue_counts")
"""Kinds whose office has not been heard since yesterday."""
_OFFICE = text(
    "WITH s AS (INSERT INTO sender (code, name, created_by, area_id) SELECT :code, :name, 'demo', id FROM area "
    "WHERE code = :city RETURNING id, area_id) INSERT INTO sender_area (sender_id, area_id) SELECT id, area_id FROM s"
)
_TOKEN = text(
    "INSERT INTO sender_token (digest, sender_id, kind, created_by) "
    "SELECT sha256(CAST(gen_random_uuid()::text AS bytea)), id, :kind, 'demo' FROM sender WHERE code = :code"
)
_DAY = text(
    """INSERT INTO delivery_day (kind, sender, day, slot, area_id, deliveries, rows, accepted, repeated, refused, newest_at)
       SELECT :kind, 'sender:' || :code, local_day(:at), 0, id, :deliveries, :rows, :rows - :repeated - :refused, :repeated,
              :refused, :at FROM area WHERE code = :city ON CONFLICT DO NOTHING"""
)
_FILE = text(
    """INSERT INTO delivery (kind, sender, source, file_name, rows, accepted, repeated, refused, detail, day, at, last_at,
                             area_id)
       SELECT 'shop_prices', 'sender:commerce', 'file', '商超价格_GBK.csv', 96, 94, 0, 2, '{"encoding": "gb18030"}',
              local_day(:at), :at, :at, id FROM area WHERE code = :city RETURNING id"""
)
_ROW = text(
    """INSERT INTO refused_row (delivery_id, kind, sender, nth, column_name, why, facts, fields, digest, at, last_at, area_id)
       SELECT d.id, d.kind, d.sender, :nth, :column, :why, '{}', CAST(:fields AS jsonb),
              sha256(CAST(d.id || :column AS bytea)), d.at, d.at, d.area_id FROM delivery d WHERE d.id = :delivery"""
)


def insert(connection: Connection, at: Clock) -> None:
    """Bring offices in with what arrived of them today, and a file of which two rows were refused."""
    now = datetime.fromtimestamp(at.now, UTC)
    for code, (name, kinds) in OFFICES.items():
        connection.execute(_OFFICE, {"code": code, "name": name, "city": CITY})
        for kind in kinds:
            connection.execute(_TOKEN, {"code": code, "kind": kind})
    fill(connection, at)
    delivery = connection.scalar(_FILE, {"at": now, "city": CITY})
    for nth, column, why, fields in (
        (17, "shop", "unknown_shop", {"shop": "4.11202E+11", "day": str(now.date()), "open": "true"}),
        (58, "day", "day", {"shop": "411202-S01", "day": "11/2/20", "open": "true"}),
    ):
        told = {"delivery": delivery, "nth": nth, "column": column, "why": why}
        connection.execute(_ROW, told | {"fields": json.dumps(fields)})


def fill(connection: Connection, at: Clock) -> None:
    """Let every office but the silent ones be heard today."""
    for nth, (code, (_, kinds)) in enumerate(OFFICES.items()):
        for kind in kinds:
            late = kind in SILENT
            heard = datetime.fromtimestamp(at.now - (29 * 3600 if late else 60 * (3 + 11 * nth)), UTC)
            rows = 40 + 137 * nth
            refused = 2 if kind == "shop_prices" else 0
            counts = {"deliveries": 1 + nth * 3, "rows": rows, "repeated": nth, "refused": refused}
            connection.execute(_DAY, {"kind": kind, "code": code, "at": heard, "city": CITY, **counts})
