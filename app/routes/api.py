"""`/api/…`: areas, numbers, households, features, search. Every answer is read in the scope of who asks."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from app.routes import asked, face_models, models
from callbacks.services import Services
from geodata import areas, faces, households, search, summaries
from layers import registry
from layers.declaration import Layer, View
from layers.render import features

REFUSALS: dict[int | str, dict[str, Any]] = {status: {"model": models.Problem} for status in (400, 401, 403, 404, 503)}
At = Annotated[str | None, Query(max_length=60, description="A past moment, ISO 8601; without an offset: city time.")]
Box = Annotated[str | None, Query(max_length=120, description="west,south,east,north in degrees")]
Code = Annotated[str, "An area's code."]
BIGGEST = 2**31 - 1


def api(services: Services) -> APIRouter:
    """Return the reading routes over these services."""
    router = APIRouter(prefix="/api", responses=REFUSALS)
    for add in (_layers, _areas, _households, _buildings, _features, _search):
        add(router, services)
    return router


def _layers(router: APIRouter, services: Services) -> None:
    @router.get("/layers", response_model=list[models.LayerInfo])
    async def layers() -> list[dict[str, Any]]:
        """List the layers that the reader's role may see, in drawing order."""
        scope = services.principal().scope
        return [described(layer, homes=scope.homes) for layer in registry.visible(scope)]


def described(layer: Layer, *, homes: bool) -> dict[str, Any]:
    """Return what a program needs to know of a layer."""
    return {
        "id": layer.id,
        "title": {"zh": layer.title.zh, "en": layer.title.en},
        "group": layer.group,
        "geometry": layer.geometry,
        "privacy": layer.privacy.value,
        "min_zoom": layer.min_zoom,
        "max_zoom": layer.max_zoom,
        "measures": [measure.id for measure in layer.measures if homes or not measure.homes],
    }


def _areas(router: APIRouter, services: Services) -> None:
    @router.get("/areas/{code}", response_model=models.Area)
    async def area(code: Code) -> dict[str, Any]:
        """Describe one area: where it lies, its leader, its children."""
        async with services.reading() as connection:
            card = await areas.area(connection, code)
        leader = {"name": card.leader, "telephone": card.telephone} if card.leader else None
        return {
            "code": card.code,
            "name": card.name,
            "level": card.level,
            "parent": card.parent,
            "bbox": card.bbox,
            "leader": leader,
            "children": [child._asdict() for child in card.children],
            "trail": [step._asdict() for step in card.trail],
        }

    @router.get("/areas/{code}/summary", response_model=models.Summary, response_model_exclude_unset=True)
    async def summary(code: Code, at: At = None) -> dict[str, Any]:
        """Count what is in an area, now or at a past moment."""
        when = asked.moment(at, services.installation.zone)
        async with services.reading() as connection:
            return await summaries.summary(connection, code, now=services.now(), at=when)

    @router.get("/areas/{code}/children", response_model=list[models.Child])
    async def children(code: Code, measure: str = "overdue", at: At = None) -> list[dict[str, Any]]:
        """Rank the areas directly below one, worst first, now or at a past moment."""
        when = asked.moment(at, services.installation.zone)
        async with services.reading() as connection:
            return await summaries.children(connection, code, now=services.now(), at=when, measure=measure[:40])


def _households(router: APIRouter, services: Services) -> None:
    @router.get("/areas/{code}/households", response_model=list[models.Household])
    async def in_area(
        code: Code,
        state: str | None = None,
        limit: Annotated[int, Query(ge=1, le=households.MOST)] = 200,
        offset: Annotated[int, Query(ge=0, le=BIGGEST)] = 0,
    ) -> list[dict[str, Any]]:
        """List the households of a grid: overdue first, then due, then by severity."""
        today = services.now().date()
        async with services.reading() as connection:
            code = await areas.current_code(connection, code)
            return await households.household_list(
                connection, code, today=today, limit=limit, offset=offset, state=state
            )

    @router.get("/households/{household_id}", response_model=models.HouseholdHistory)
    async def household(household_id: int) -> dict[str, Any]:
        """Show one household's state and its history."""
        async with services.reading() as connection:
            return await households.household(connection, household_id, now=services.now())


def _buildings(router: APIRouter, services: Services) -> None:
    @router.get("/buildings/{building_id}/face", response_model=face_models.Face)
    async def face(building_id: int, at: At = None) -> dict[str, Any]:
        """Show a building unit by floor by room, or the street of a village house, now or at a past moment."""
        when = asked.moment(at, services.installation.zone)
        async with services.reading() as connection:
            return await faces.face(connection, building_id, now=services.now(), at=when)


def _features(router: APIRouter, services: Services) -> None:
    def view(layer: Layer, box: str | None, at: str | None, measure: str | None) -> View:
        now = services.now()
        when = asked.moment(at, services.installation.zone)
        return View.of(
            now,
            (when or now).astimezone(now.tzinfo).date(),
            box=asked.box(box),
            at=when,
            measure=asked.measure(measure, layer),
        )

    @router.get("/features/{layer_id}", response_model=models.FeatureCollection)
    async def collection(
        layer_id: str,
        bbox: Box = None,
        at: At = None,
        measure: str | None = None,
        limit: Annotated[int, Query(ge=1, le=features.MOST)] = features.USUAL,
    ) -> dict[str, Any]:
        """Return a layer's features as GeoJSON."""
        layer = registry.get(layer_id, services.principal().scope)
        wanted = view(layer, bbox, at, measure)
        async with services.reading() as connection:
            return await features.features(connection, layer, wanted, limit)

    @router.get("/features/{layer_id}/{feature_id}", response_model=models.Feature)
    async def one(layer_id: str, feature_id: int, at: At = None, measure: str | None = None) -> dict[str, Any]:
        """Return one feature of a layer."""
        layer = registry.get(layer_id, services.principal().scope)
        wanted = view(layer, None, at, measure)
        async with services.reading() as connection:
            return await features.feature(connection, layer, feature_id, wanted)


def _search(router: APIRouter, services: Services) -> None:
    @router.get("/search", response_model=list[models.Found])
    async def find(
        response: Response,
        q: Annotated[str, Query(max_length=search.LONGEST)] = "",
        limit: Annotated[int, Query(ge=1, le=search.MOST)] = 20,
    ) -> list[dict[str, Any]]:
        """Find places by name, code, address or pinyin."""
        response.headers["cache-control"] = "no-store"
        async with services.reading() as connection:
            return await search.search(connection, q, limit=limit)
