"""Sheets into a book: one grid after another, plan, faces, list and code, as one vector PDF with its fonts inside."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial

from geodata.words import say
from layers.render.book import facade, plan, qr, ticks
from layers.render.book.content import Book, Leaf
from layers.render.book.paper import ALARM, HAIR, HEIGHT, INK, QUIET, WIDTH, Box, Paper
from layers.render.book.pdf import Document
from layers.render.face_sheet import Signs

LEFT, RIGHT, BOTTOM = 10.0, WIDTH - 10.0, HEIGHT - 13.0
PLAN: Box = (LEFT, 55, 108, 153)
PLAN_ALONE: Box = (LEFT, 55, RIGHT, 153)
FACES: Box = (112, 55, RIGHT, 153)
LIST: Box = (LEFT, 160, RIGHT, BOTTOM)
LATER: Box = (LEFT, 34, RIGHT, BOTTOM)
"""The region of lists and faces on the pages after the first."""
CODE: Box = (RIGHT - 27, 8, RIGHT, 35)
ROOM_FOR_LIST = 50
"""Millimetres under the faces from which on the list goes on there."""
Draw = Callable[[Paper], None]
Columns = Sequence[Sequence[ticks.Row]]


def bind(book: Book, progress: Callable[[int, int], None] | None = None) -> bytes:
    """Return a book as PDF; equal books are equal bytes. `progress` is told the grids done, and of how many."""
    document = Document(WIDTH, HEIGHT)
    for done, leaf in enumerate(book.leaves, 1):
        for paper in sheets(book, leaf):
            document.page(paper.operators())
        if progress is not None:
            progress(done, len(book.leaves))
    about = {
        "Title": say("book.title", book.language, name=book.name),
        "Author": book.made_by,
        "Subject": say("book.internal", book.language),
        "Creator": say("product.name", "en"),
    }
    return document.finish(about, book.made_at)


def sheets(book: Book, leaf: Leaf) -> Iterator[Paper]:
    """Yield the sheets of one grid, the first with its plan and its code."""
    signs = Signs(book.states, book.language)
    pages = _pages(book, leaf, signs)
    for nth, draw in enumerate(pages, 1):
        paper = Paper()
        draw(paper)
        _foot(paper, book, leaf, nth, len(pages))
        yield paper


def _pages(book: Book, leaf: Leaf, signs: Signs) -> list[Draw]:
    """Return what draws each sheet of a grid: how many there are must be known before the first is drawn."""
    beside = facade.packed(leaf.faces, FACES, book.language)
    apart: list[facade.Set] = []
    if beside is None:
        wanted = facade.blocks(leaf.faces, LATER[2] - LATER[0], LATER[3] - LATER[1], 1, book.language)
        apart = facade.shelves(wanted, LATER)
    regions = [LIST, LATER]
    room = bool(apart) and BOTTOM - apart[-1].bottom > ROOM_FOR_LIST
    if room:
        regions.insert(1, (LEFT, apart[-1].bottom + 12, RIGHT, BOTTOM))
    surveyed = {state.code: state.surveyed for state in book.states}
    lists = ticks.pages(list(ticks.rows(ticks.grouped(leaf.doors, surveyed))), regions)
    first = partial(_first, book, leaf, signs, beside, lists[:1])
    under = lists[1:2] if room else []
    with_faces = [partial(_further, book, leaf, signs, shown, []) for shown in apart[:-1]]
    with_faces += [partial(_further, book, leaf, signs, shown, under) for shown in apart[-1:]]
    return [
        first,
        *with_faces,
        *(partial(_further, book, leaf, signs, None, [page]) for page in lists[1 + len(under) :]),
    ]


def _first(
    book: Book, leaf: Leaf, signs: Signs, beside: facade.Set | None, lists: Sequence[Columns], paper: Paper
) -> None:
    """Draw the sheet that a grid begins with: what and whose it is, its plan, its faces where they fit, its list."""
    language = book.language
    _head(paper, book, leaf, signs)
    plan.draw(paper, leaf, signs, PLAN if beside and beside.blocks else PLAN_ALONE, language)
    if beside is not None:
        facade.draw_set(paper, beside, FACES[2] - FACES[0])
    else:
        paper.text(RIGHT, LIST[1] - 1.8, say("book.faces_next", language), 7, colour=QUIET, align="right")
    if not lists:
        paper.text(LEFT, LIST[1] + 6, say("book.no_homes", language), 9, bold=True, most=RIGHT - LEFT)
        return
    paper.text(LEFT, LIST[1] - 1.8, say("book.list", language), 8.5, bold=True)
    ticks.draw(paper, lists[0], LIST, signs, language)


def _further(
    book: Book, leaf: Leaf, signs: Signs, shown: facade.Set | None, lists: Sequence[Columns], paper: Paper
) -> None:
    """Draw a further sheet: faces, and under them or alone the list as it goes on."""
    _small_head(paper, book, leaf, "book.list_next" if shown is None else "book.faces")
    top = LATER[1]
    if shown is not None:
        facade.draw_set(paper, shown, RIGHT - LEFT)
        top = shown.bottom + 12
        if lists:
            paper.text(LEFT, top - 1.8, say("book.list_next", book.language), 9, bold=True)
    if lists:
        ticks.draw(paper, lists[0], (LEFT, top, RIGHT, BOTTOM), signs, book.language)


def _head(paper: Paper, book: Book, leaf: Leaf, signs: Signs) -> None:
    """Draw what grid it is, whose, as of when; the code; the count of every state, which is the legend too."""
    language = book.language
    _internal(paper, book, CODE[0] - 4)
    above = " · ".join(part for part in (book.trail, book.name if book.name != leaf.name else "") if part)
    paper.text(LEFT, 14, above, 8.5, colour=QUIET, most=110)
    paper.text(LEFT, 23, leaf.name, 17, bold=True, most=112)
    leader = say("book.leader", language, name=leaf.leader) if leaf.leader else say("book.no_leader", language)
    paper.text(LEFT, 30, f"{leader}   {leaf.telephone}   {leaf.code}", 8.5, most=140)
    paper.text(LEFT, 35.3, when(leaf.data_time, book), 8.5, most=140)
    qr.draw(paper, qr.address(book, leaf.code), CODE)
    paper.text((CODE[0] + CODE[2]) / 2, CODE[3] + 2.7, say("book.scan", language), 6, colour=QUIET, align="center")
    _counts(paper, leaf, signs, language)


def when(moment: datetime | None, book: Book) -> str:
    """Return the words for how old a grid's data are."""
    if moment is None:
        return say("book.no_data_time", book.language)
    local = moment.astimezone(book.made_at.tzinfo)
    return say("book.data_time", book.language, moment=f"{local:%Y-%m-%d %H:%M}")


def _counts(paper: Paper, leaf: Leaf, signs: Signs, language: str) -> None:
    counts = Counter(signs.place(door.state) for door in leaf.doors)
    top, bottom = 40.0, 50.0
    wide = (RIGHT - LEFT) / (len(signs.rows) + 2)
    for place, sign in enumerate(signs.rows):
        left = LEFT + place * wide
        paper.badge((left, top + 1, left + 7, bottom - 1.6), sign, size=11, wide=0.2)
        paper.text(left + 8.2, top + 5, str(counts[place]), 11, bold=True)
        paper.text(left + 8.2, top + 8.6, sign[1], 6, colour=QUIET, most=wide - 9)
    terms = [door.days_left for door in leaf.doors if door.days_left is not None]
    said = {"overdue": sum(days < 0 for days in terms), "due": sum(days == 0 for days in terms)}
    for nth, (name, count) in enumerate(said.items()):
        left = LEFT + (len(signs.rows) + nth) * wide + 2
        paper.text(left, top + 5, str(count), 11, bold=True, colour=ALARM if count else INK)
        paper.text(left, top + 8.6, say(f"book.{name}", language), 6, colour=QUIET, most=wide - 3)
    paper.line([(LEFT, bottom + 1.2), (RIGHT, bottom + 1.2)], colour=HAIR, wide=0.25)


def _small_head(paper: Paper, book: Book, leaf: Leaf, key: str) -> None:
    _internal(paper, book, RIGHT)
    paper.text(
        LEFT, 14, f"{book.name} · {leaf.code}" if book.name != leaf.name else leaf.code, 8, colour=QUIET, most=110
    )
    paper.text(LEFT, 22, leaf.name, 13, bold=True, most=100)
    paper.text(LEFT, 28.5, say(key, book.language), 9, bold=True)
    paper.text(LEFT + 48, 22, when(leaf.data_time, book), 8, colour=QUIET)


def _internal(paper: Paper, book: Book, right: float) -> None:
    """Draw the mark that this paper stays inside, and of a demonstration that it is one."""
    wide = 30
    paper.box((right - wide, 9, right, 17), edge=ALARM, wide=0.6)
    paper.text(
        right - wide / 2,
        13,
        say("book.internal", book.language),
        12,
        bold=True,
        colour=ALARM,
        align="center",
        middle=True,
    )
    paper.text(
        right - wide / 2,
        20.2,
        say("book.internal_more", book.language),
        5.8,
        colour=ALARM,
        align="center",
        most=wide + 4,
    )
    if book.demo:
        paper.text(
            right - wide / 2, 24.4, say("product.demo", book.language), 8, bold=True, colour=QUIET, align="center"
        )


def _foot(paper: Paper, book: Book, leaf: Leaf, nth: int, total: int) -> None:
    y = HEIGHT - 7.0
    paper.line([(LEFT, y - 4), (RIGHT, y - 4)], colour=HAIR, wide=0.2)
    made = say("book.made", book.language, who=book.made_by, moment=f"{book.made_at:%Y-%m-%d %H:%M}")
    internal = say("book.internal", book.language)
    paper.text(LEFT, y, f"{internal} · {made}", 7, colour=QUIET, most=85)
    paper.text(WIDTH / 2 + 8, y, when(leaf.data_time, book), 7, colour=QUIET, align="center", most=50)
    paper.text(
        RIGHT,
        y,
        say("book.page", book.language, name=leaf.name, n=nth, total=total),
        7.5,
        bold=True,
        align="right",
        most=60,
    )
