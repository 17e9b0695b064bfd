"""`/api/imports`: a file is brought, looked at, tried and taken; what waits is its owner's alone."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import JSONResponse
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from app.errors import TooLarge, UnknownImport
from app.house import House
from app.import_shelf import Job
from app.routes import asked, import_models, models
from app.routes.api import REFUSALS
from geodata.accounts import Principal
from geodata.arrival.door import demand_right
from geodata.errors import BadValue, NotAllowed, TooSlow
from geodata.feeds.floor.fields import names_nobody
from geodata.feeds.floor.registry import get
from geodata.imports import Options
from geodata.model import Role
from geodata.words import say

KEEPERS = (Role.COMMAND, Role.ADMIN)
LONGEST_S = 900.0
"""Seconds in which a file must have come."""
SHOWN = 200
"""Faults that an answer tells; the report itself has all of them."""
WRONG: dict[int | str, dict[str, Any]] = {
    409: {"model": models.Problem},
    413: {"model": models.Problem},
    422: {"model": models.Problem},
    429: {"model": models.Problem},
}
UPLOAD = {
    "type": "object",
    "required": ["kind", "file"],
    "properties": {
        "kind": {"type": "string"},
        "sender": {"type": "string", "maxLength": 80, "description": "Whose file it is; without it one's own."},
        "file": {"type": "string", "format": "binary"},
    },
}
Id = Annotated[str, Path(max_length=64)]


def import_routes(house: House) -> APIRouter:
    """Return the routes over this process's house."""
    router = APIRouter(prefix="/api/imports", responses={**REFUSALS, **WRONG})
    for add in (_bringing, _looking, _taking):
        add(router, house)
    return router


def keeper(house: House) -> Principal:
    """Return who may bring files: the command centre and administrators, into their areas. Raises NotAllowed."""
    principal = house.services.principal()
    if principal.role not in KEEPERS:
        raise NotAllowed
    return principal


def _said(house: House, job: Job, language: str) -> dict[str, Any]:
    shelf = house.imports.shelf
    problem, report = job.problem, shelf.text(job, "report", language)
    if report is not None:
        report["refused"] = report["refused"][:SHOWN]
    return {
        **{name: getattr(job, name) for name in import_models.ImportInfo.model_fields if hasattr(job, name)},
        "problem": None if problem is None else say(problem[0], language, **problem[1]),
        "preview": shelf.text(job, "preview", language),
        "report": report,
    }


def _bringing(router: APIRouter, house: House) -> None:
    body = {"required": True, "content": {"multipart/form-data": {"schema": UPLOAD}}}

    @router.post("", response_model=import_models.ImportInfo, openapi_extra={"requestBody": body})
    async def bring(request: Request) -> dict[str, Any]:
        """Bring a file for a kind of delivery. It is looked at at once, and goes after an hour."""
        principal = keeper(house)
        try:
            async with asyncio.timeout(LONGEST_S):
                form = await MultiPartParser(request.headers, _bounded(request, house.imports.most_bytes)).parse()
        except TimeoutError:
            raise TooSlow from None
        except (MultiPartException, KeyError, AssertionError, UnicodeDecodeError) as error:
            raise BadValue(name="form", value="?", wanted="multipart/form-data: kind, sender, file") from error
        try:
            file = form.get("file")
            if not isinstance(file, UploadFile):
                raise BadValue(name="file", value="?", wanted="multipart/form-data: kind, sender, file")
            job = await _kept(house, principal, file, str(form.get("kind") or ""), str(form.get("sender") or ""))
        finally:
            await form.close()
        house.imports.look(principal, job, Options())
        return _said(house, job, asked.language(request.headers))


async def _bounded(request: Request, most: int) -> AsyncGenerator[bytes, None]:
    """Yield the body. Raises TooLarge before more than that has come."""
    if int(request.headers.get("content-length") or 0) > most + 10_000:
        raise TooLarge(most=f"{most >> 20} MB")
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > most + 10_000:
            raise TooLarge(most=f"{most >> 20} MB")
        yield part


async def _kept(house: House, principal: Principal, file: UploadFile, kind: str, sender: str) -> Job:
    """Put a file where it waits. Raises UnknownKind, NotAllowed, BadValue, TooBusy."""
    demand_right(get(kind), principal.scope)
    if len(sender) > 80 or not (sender or "x").isprintable() or not names_nobody(sender):
        raise BadValue(name="sender", value="…", wanted="1–80 letters, nobody's number")
    name = (file.filename or "file").replace("\\", "/").rpartition("/")[2]
    job = house.imports.add(principal, kind, sender or principal.username, name if name.isprintable() else "file")
    with house.imports.shelf.hold(job):
        job.size = await asyncio.to_thread(house.imports.shelf.fill, job, file.file)
    return job


def _looking(router: APIRouter, house: House) -> None:
    @router.get("/{import_id}", response_model=import_models.ImportInfo)
    async def one(import_id: Id, request: Request) -> dict[str, Any]:
        """Say how far a file is."""
        job = house.imports.shelf.job(import_id, keeper(house).username)
        return _said(house, job, asked.language(request.headers))

    @router.get("/{import_id}/report", response_model=dict[str, Any])
    async def report(import_id: Id, request: Request) -> JSONResponse:
        """Return what became of a file, with every fault that is told."""
        job = house.imports.shelf.job(import_id, keeper(house).username)
        found = house.imports.shelf.text(job, "report", asked.language(request.headers))
        if found is None:
            raise UnknownImport
        name = quote(f"{job.name}.report.json", safe="")
        return JSONResponse(found, headers={"content-disposition": f"attachment; filename*=UTF-8''{name}"})

    @router.post("/{import_id}/preview", response_model=import_models.ImportInfo)
    async def again(import_id: Id, wanted: import_models.Understood, request: Request) -> dict[str, Any]:
        """Look at a file anew, with what somebody says about it."""
        principal = keeper(house)
        job = house.imports.shelf.job(import_id, principal.username)
        house.imports.look(principal, job, _options(wanted))
        return _said(house, job, asked.language(request.headers))


def _taking(router: APIRouter, house: House) -> None:
    @router.post("/{import_id}/run", response_model=import_models.ImportInfo)
    async def run(import_id: Id, wanted: import_models.Wanted, request: Request) -> dict[str, Any]:
        """Take a file, whole or in part, or only try; it goes on whether or not somebody waits."""
        principal = keeper(house)
        job = house.imports.shelf.job(import_id, principal.username)
        options = _options(wanted, partial=wanted.partial, dry_run=wanted.dry_run)
        house.imports.run(principal, job, options)
        return _said(house, job, asked.language(request.headers))

    @router.delete("/{import_id}", status_code=204, response_class=Response)
    async def remove(import_id: Id) -> None:
        """Take a file away that waits; what is in the database stays there."""
        house.imports.remove(house.imports.shelf.job(import_id, keeper(house).username))


def _options(wanted: import_models.Understood, *, partial: bool = False, dry_run: bool = False) -> Options:
    crs = wanted.crs.strip() or "auto"
    options = Options(crs, wanted.encoding or None, wanted.columns, wanted.states, partial, dry_run)
    return replace(options, sheet=wanted.sheet or None)
