"""The one table from what can go wrong to a status, and from there to a sentence in the reader's language."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import psycopg
from fastapi.encoders import jsonable_encoder
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from geodata import errors
from geodata.files.refusals import UnreadableFile
from geodata.press.refusals import NotDrawn
from geodata.schemes.check import Refused
from geodata.words import say
from layers.render.book import content as book

LOG = logging.getLogger(__name__)


class UnknownPage(errors.WanggeError):
    """No such address."""

    key = "error.unknown_page"


class WrongMethod(errors.WanggeError):
    """An address that does not take this kind of request."""

    key = "error.wrong_method"


class TooLarge(errors.WanggeError):
    """More was sent than one request may bring."""

    key = "error.too_large"


class UnknownImport(errors.WanggeError):
    """No such brought file, or somebody else's, or one that nobody touched for an hour."""

    key = "error.unknown_import"


class ImportBusy(errors.WanggeError):
    """A brought file that is being worked on, or that is in the database already."""

    key = "error.import_busy"


class UnknownDisplay(errors.WanggeError):
    """A display link that is not in force."""

    key = "error.unknown_display"


class BaseMapAway(errors.WanggeError):
    """The server of the city's base map does not answer."""

    key = "error.base_map_away"


class OldSchema(errors.WanggeError):
    """The database was not brought to the version that this program needs."""

    key = "error.old_schema"


STATUS: dict[type[errors.WanggeError], HTTPStatus] = {
    errors.BadValue: HTTPStatus.BAD_REQUEST,
    errors.RefusedRows: HTTPStatus.UNPROCESSABLE_ENTITY,
    UnreadableFile: HTTPStatus.UNPROCESSABLE_ENTITY,
    book.NotABookArea: HTTPStatus.BAD_REQUEST,
    book.NoGrids: HTTPStatus.BAD_REQUEST,
    book.TooManyGrids: HTTPStatus.BAD_REQUEST,
    errors.BadScheme: HTTPStatus.UNPROCESSABLE_ENTITY,
    Refused: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.BadShape: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.ChangedMeanwhile: HTTPStatus.CONFLICT,
    errors.RoundsOverlap: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.UndrawableText: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.FontsMissing: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.AreaWithoutBoundary: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.NotSignedIn: HTTPStatus.UNAUTHORIZED,
    errors.WrongPassword: HTTPStatus.UNAUTHORIZED,
    errors.NotAllowed: HTTPStatus.FORBIDDEN,
    errors.CrossSite: HTTPStatus.FORBIDDEN,
    errors.UnknownArea: HTTPStatus.NOT_FOUND,
    errors.UnknownLayer: HTTPStatus.NOT_FOUND,
    errors.UnknownFeature: HTTPStatus.NOT_FOUND,
    errors.UnknownKind: HTTPStatus.NOT_FOUND,
    errors.UnknownProgramme: HTTPStatus.NOT_FOUND,
    errors.BadTile: HTTPStatus.NOT_FOUND,
    errors.UnknownSender: HTTPStatus.NOT_FOUND,
    errors.UnknownRefusedRow: HTTPStatus.NOT_FOUND,
    errors.Settled: HTTPStatus.CONFLICT,
    errors.TooBusy: HTTPStatus.TOO_MANY_REQUESTS,
    UnknownPage: HTTPStatus.NOT_FOUND,
    WrongMethod: HTTPStatus.METHOD_NOT_ALLOWED,
    UnknownImport: HTTPStatus.NOT_FOUND,
    ImportBusy: HTTPStatus.CONFLICT,
    TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.TooManyAttempts: HTTPStatus.TOO_MANY_REQUESTS,
    errors.DatabaseAway: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.TooSlow: HTTPStatus.SERVICE_UNAVAILABLE,
    UnknownDisplay: HTTPStatus.NOT_FOUND,
    BaseMapAway: HTTPStatus.BAD_GATEWAY,
    OldSchema: HTTPStatus.SERVICE_UNAVAILABLE,
    NotDrawn: HTTPStatus.SERVICE_UNAVAILABLE,
}
RETRY_AFTER_S = 2


def understood(error: Exception) -> errors.WanggeError:
    """Return one of our own errors for any error: what we did not foresee is recorded and called unexpected."""
    if isinstance(error, errors.WanggeError):
        return error
    if isinstance(error, DBAPIError) and isinstance(error.orig, psycopg.DataError):
        return errors.BadValue(name="?", value="?", wanted=str(error.orig).partition("\n")[0])
    if isinstance(error, PoolExhausted):
        return errors.TooSlow()
    LOG.error("unexpected", exc_info=error)
    return errors.WanggeError()


_WANTED = {
    "bool": "true, false",
    "int": "0, 1, 2 …",
    "float": "0.5",
    "date": "2020-02-11",
    "datetime": "2020-02-11T08:00:00+08:00",
    "greater_than_equal": "≥ {ge}",
    "greater_than": "> {gt}",
    "less_than_equal": "≤ {le}",
    "less_than": "< {lt}",
    "literal_error": "{expected}",
    "enum": "{expected}",
}
"""What FastAPI's kinds of refusal want, in signs that every language has."""


def wanted(detail: Mapping[str, Any]) -> str:
    """Return what a parameter should be that FastAPI refused."""
    kind = str(detail["type"])
    told = _WANTED.get(kind) or _WANTED.get(kind.partition("_")[0]) or str(detail["msg"])
    return told.format(**detail.get("ctx", {})).replace(" or ", ", ") if kind in _WANTED else told


def status_of(error: errors.WanggeError) -> HTTPStatus:
    """Return the status of the nearest class in the table."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), HTTPStatus.INTERNAL_SERVER_ERROR)


def problem(error: errors.WanggeError, language: str) -> dict[str, Any]:
    """Return the body of a refusal: {error, message, facts}; the rows of a refused delivery, both versions of a conflict."""
    said: dict[str, Any] = {
        "error": error.key.partition(".")[2],
        "message": say(error.key, language, **error.facts),
        "facts": error.facts,
    }
    if isinstance(error, errors.ChangedMeanwhile):
        return {**said, "now": jsonable_encoder(error.now), "yours": jsonable_encoder(error.yours)}
    return {**said, "rows": error.rows} if isinstance(error, errors.RefusedRows) else said


def extra_headers(error: errors.WanggeError) -> dict[str, str]:
    """Return the headers that tell a program when to come back, or how to sign in."""
    if isinstance(error, errors.TooManyAttempts | errors.TooBusy):
        return {"retry-after": error.facts["seconds"]}
    if status_of(error) is HTTPStatus.SERVICE_UNAVAILABLE:
        return {"retry-after": str(RETRY_AFTER_S)}
    return {"www-authenticate": "Bearer"} if isinstance(error, errors.NotSignedIn) else {}
