"""The manifest 清单 of a release: what was shown, who answered for it, the hash of each file; signed by the installation.

Canonical JSON (sorted keys, no spaces, UTF-8), and over it HMAC-SHA256 with a key derived from the installation's secret:
whoever holds the database can tell whether a manifest is as it was made; nobody else can, and nobody else can make one.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from geodata.press.sheet import Sheet

FORMAT = "wangge-release/1"
_PURPOSE = b"wangge press manifest 1"


@dataclass(frozen=True, slots=True)
class Approved:
    """Who answers for a release, and its number."""

    number: str
    made_by: str
    made_at: datetime
    approved_by: str
    approved_at: datetime


def sha256(content: bytes) -> str:
    """Return the SHA-256 of a file's bytes in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def manifest(sheets: Sequence[Sheet], files: Mapping[str, bytes], approved: Approved, version: str) -> dict[str, Any]:
    """Return what is to be signed: the first sheet is the picture's, the others the days before it; form -> bytes."""
    sheet = sheets[0]
    return {
        "format": FORMAT,
        "number": approved.number,
        "product": {"name": "Wangge", "version": version},
        "area": {"code": sheet.area.code, "name": sheet.area.name, "level": sheet.area.level},
        "city": sheet.city,
        "order": sheet.order.model_dump(mode="json"),
        "measure": sheet.order.measure,
        "layers": list(sheet.spots),
        "time_zone": sheet.zone,
        "demonstration": sheet.demo,
        "source": sheet.source,
        **_shown(sheet),
        "days": [_shown(one) for one in sheets[1:]],
        "made": {"by": approved.made_by, "at": approved.made_at.isoformat()},
        "approved": {"by": approved.approved_by, "at": approved.approved_at.isoformat()},
        "files": [
            {"form": form, "bytes": len(content), "sha256": sha256(content)} for form, content in sorted(files.items())
        ],
    }


def _shown(sheet: Sheet) -> dict[str, Any]:
    """Return which figures one picture shows and which it does not; never a value, which the picture itself has."""
    return {
        "vintage": None if sheet.vintage is None else sheet.vintage.isoformat(),
        "data_time": None if sheet.data_time is None else sheet.data_time.isoformat(),
        "cells": len(sheet.cells),
        "suppressed": sorted(cell.code for cell in sheet.cells if cell.shown == "suppressed"),
        "no_data": sorted(cell.code for cell in sheet.cells if cell.shown == "no_data"),
    }


def signed(said: Mapping[str, Any], secret: str) -> str:
    """Return a manifest as it is kept: canonical JSON with its signature."""
    return _canonical({**said, "signature": _signature(said, secret)})


def bears_signature(said: Mapping[str, Any], secret: str) -> bool:
    """Say whether a manifest is as this installation signed it."""
    rest = {name: value for name, value in said.items() if name != "signature"}
    return hmac.compare_digest(str(said.get("signature", "")).encode(), _signature(rest, secret).encode())


def read(content: bytes) -> dict[str, Any] | None:
    """Return a manifest, or none where the bytes are something else."""
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) and said.get("format") == FORMAT else None


def lists(said: Mapping[str, Any], digest: str) -> bool:
    """Say whether a manifest lists a file with this SHA-256."""
    files = said.get("files")
    return isinstance(files, list) and any(isinstance(one, dict) and one.get("sha256") == digest for one in files)


def _signature(said: Mapping[str, Any], secret: str) -> str:
    key = hmac.digest(secret.encode(), _PURPOSE, "sha256")
    return "hmac-sha256:" + hmac.new(key, _canonical(said).encode(), "sha256").hexdigest()


def _canonical(said: Mapping[str, Any]) -> str:
    return json.dumps(said, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
