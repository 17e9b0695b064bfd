"""How a picture's regions are composed: head, map, legend, locator and foot, each as large as its content asks for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from geodata.press.sheet import Sheet
from layers.render.picture.board import Box
from layers.render.picture.key import FlatKey, Group, Key
from layers.render.picture.plan import SMALLEST_TYPE, TINY, Plan
from layers.render.picture.texts import Foot, Head

SMALLER = (0.93, 0.87, 0.81, 0.75, 0.7, 0.65)
LEAST_MAP = 0.25
"""Share of the picture that the map takes at least."""
STEPS = (1.0, 0.95, 0.9, 0.85, 0.8, 0.75)
"""Sizes of a legend's type that are tried until it fits its region."""


@dataclass(frozen=True, slots=True)
class Column:
    """A part of the legend in its place."""

    key: Key | FlatKey
    x: float
    y: float

    @property
    def box(self) -> Box:
        """Return the room it takes."""
        return Box(self.x, self.y, self.key.width, self.key.height)


@dataclass(frozen=True, slots=True)
class Page:
    """Every region of one picture, in pixels; no locator where there is nothing or no room to show."""

    plan: Plan
    head: Head
    head_at: Box
    foot: Foot
    foot_at: Box
    map: Box
    keys: tuple[Column, ...]
    locator: Box | None


def compose(sheet: Sheet, plan: Plan, groups: Sequence[Group]) -> Page:
    """Return the regions of a sheet in its format, apart from each other.

    Where much is said in little room, all type becomes smaller until everything fits.
    """
    shape = {"cover": _cover, "landscape": _landscape}.get(plan.shape, _upright)
    page = shape(sheet, plan, groups)
    for step in SMALLER:
        if _fits_together(page):
            break
        page = shape(sheet, plan.smaller(step), groups)
    return page


def _fits_together(page: Page) -> bool:
    regions = [page.head_at, page.foot_at, page.map, *(column.box for column in page.keys)]
    regions += [page.locator] if page.locator else []
    apart = not any(one.inset(0.5).overlaps(other.inset(0.5)) for one, other in combinations(regions, 2))
    whole = Box(-0.5, -0.5, page.plan.width + 1, page.plan.height + 1)
    share = page.map.width * page.map.height / (page.plan.width * page.plan.height)
    return apart and page.head.title.whole and share >= LEAST_MAP and all(whole.holds(region) for region in regions)


def _landscape(sheet: Sheet, plan: Plan, groups: Sequence[Group]) -> Page:
    page = Box(0, 0, plan.width, plan.height).inset(plan.margin)
    head, foot, body = _ends(sheet, plan, page)
    width = min(page.width * 0.27, max(page.width * 0.19, plan.type.text * 13))
    column = Box(page.right - width, body.y, width, body.height)
    map_ = Box(page.x, body.y, page.width - width - plan.gap * 1.3, body.height)
    keys = flow(sheet, groups, column, plan, most=2)
    used = max(key.y + key.key.height for key in keys) - column.y
    room = column.height - used - plan.gap * 1.5
    height = min(room, width * 0.86)
    locator = Box(column.x, column.bottom - height, width, height) if _fits(sheet, height, plan) else None
    return Page(plan, head, Box(page.x, page.y, page.width, head.height), foot, _below(page, foot), map_, keys, locator)


def _upright(sheet: Sheet, plan: Plan, groups: Sequence[Group]) -> Page:
    page = Box(0, 0, plan.width, plan.height).inset(plan.margin)
    head, foot, body = _ends(sheet, plan, page)
    wide = page.width * 0.3 if sheet.locator and min(plan.width, plan.height) >= TINY else 0.0
    tallest = body.height * (0.4 if plan.shape == "portrait" else 0.36)
    band = Box(page.x, body.y, page.width - wide - (plan.gap * 1.5 if wide else 0.0), tallest)
    flat = FlatKey(sheet, groups[0], plan.type.text)
    if len(groups) == 1 and not sheet.locator and flat.width <= band.width:
        keys: tuple[Column, ...] = (Column(flat, band.x, band.y),)
    else:
        keys = flow(sheet, groups, band, plan, most=3, spread=True)
    height = max(key.key.height for key in keys)
    height = min(tallest, max(height, wide * 0.72))
    top = body.bottom - height
    map_ = Box(page.x, body.y, page.width, body.height - height - plan.gap)
    keys = tuple(replace(key, y=top + key.y - band.y) for key in keys)
    locator = Box(page.right - wide, top, wide, height) if wide and _fits(sheet, height, plan) else None
    return Page(plan, head, Box(page.x, page.y, page.width, head.height), foot, _below(page, foot), map_, keys, locator)


def _cover(sheet: Sheet, plan: Plan, groups: Sequence[Group]) -> Page:
    width = plan.width * (0.385 if len(groups) == 1 else 0.46)
    side = Box(plan.margin, plan.margin, width - plan.margin, plan.height - 2 * plan.margin)
    foot = Foot.of(sheet, plan, side.width, side.height * 0.15)
    head = Head.of(sheet, plan, side.width, side.height * 0.36)
    left = side.height - head.height - foot.height - plan.gap * 1.2
    band = Box(side.x, side.y + head.height + plan.gap * 0.6, side.width, left)
    keys = flow(sheet, groups, band, plan, most=3)
    map_ = Box(width + plan.gap, 0, plan.width - width - plan.gap, plan.height)
    return Page(plan, head, Box(side.x, side.y, side.width, head.height), foot, _below(side, foot), map_, keys, None)


def _ends(sheet: Sheet, plan: Plan, page: Box) -> tuple[Head, Foot, Box]:
    """Return head, foot, and what is left between them."""
    head = Head.of(sheet, plan, page.width, page.height * 0.2)
    foot = Foot.of(sheet, plan, page.width, page.height * 0.12)
    top = page.y + head.height + plan.gap * 0.8
    return head, foot, Box(page.x, top, page.width, page.bottom - foot.height - plan.gap * 0.8 - top)


def _below(page: Box, foot: Foot) -> Box:
    return Box(page.x, page.bottom - foot.height, page.width, foot.height)


def _fits(sheet: Sheet, height: float, plan: Plan) -> bool:
    return bool(sheet.locator) and height > plan.type.fine * 6


def flow(
    sheet: Sheet, groups: Sequence[Group], box: Box, plan: Plan, *, most: int, spread: bool = False
) -> tuple[Column, ...]:
    """Return the legend in as few columns as fit the box, at the largest type that does; `spread`: as many as groups.

    No line is broken where any size can keep it whole. What fits at no size keeps the smallest one: nothing of a legend
    is left out.
    """
    most = min(most, len(groups))
    counts = range(most if spread else 1, most + 1)
    sizes = [max(plan.type.text * step, min(SMALLEST_TYPE, plan.type.fine)) for step in STEPS]
    found: tuple[Column, ...] = ()
    for unbroken, tried in ((True, sizes[:3]), (False, sizes[:3]), (True, sizes[3:]), (False, sizes[3:])):
        for size in tried:
            for count in counts:
                found = _columns(sheet, groups, box, size, count, unbroken=unbroken)
                if found and max(column.key.height for column in found) <= box.height:
                    return found
    return found


def _columns(
    sheet: Sheet, groups: Sequence[Group], box: Box, size: float, count: int, *, unbroken: bool
) -> tuple[Column, ...]:
    """Return the groups in some columns; none where `unbroken` lines are too wide for the box."""
    gap = size * 1.6
    columns = _dealt(Key(sheet, tuple(groups), box.width / count, size), count)
    equal = (box.width - gap * (len(columns) - 1)) / len(columns)
    widths = [equal] * len(columns)
    if unbroken:
        whole = Key(sheet, tuple(groups), box.width, size)
        widths = [max(whole.natural_width(group) for group in column) for column in columns]
        spare = box.width - gap * (len(columns) - 1) - sum(widths)
        if spare < 0:
            return ()
        gap += min(spare / len(columns), size * 3)
    found, x = [], box.x
    for column, width in zip(columns, widths, strict=True):
        found.append(Column(Key(sheet, tuple(column), width, size), x, box.y))
        x += width + gap
    return tuple(found)


def _dealt(key: Key, count: int) -> list[list[Group]]:
    """Return the groups dealt out to columns in their order, about equally high."""
    columns: list[list[Group]] = [[] for _ in range(count)]
    share, filled, nth = key.height / count, 0.0, 0
    for place, group in enumerate(key.groups):
        left = len(key.groups) - place
        full = filled + key.height_of(group) / 2 > share
        if columns[nth] and nth < count - 1 and (full or left <= count - 1 - nth):
            nth, filled = nth + 1, 0.0
        columns[nth].append(group)
        filled += key.height_of(group)
    return [column for column in columns if column]
