"""What is wrong with a file as a whole, each with its sentence; `app/errors.py` knows the status by the class on top."""

from collections.abc import Sequence

from geodata.errors import BadValue, WanggeError

MOST_TOLD = 20


class UnreadableFile(WanggeError):
    """A file that cannot be taken as it is; nothing of it was."""

    key = "file.unreadable"


class NoFile(UnreadableFile):
    """There is no such file, or it is a folder."""

    key = "file.missing"


class EmptyFile(UnreadableFile):
    """Not a byte, or nothing but blanks."""

    key = "file.empty"


class NoHead(UnreadableFile):
    """A table without a row that could be its head."""

    key = "file.no_head"


class NoRows(UnreadableFile):
    """A head, and nothing below."""

    key = "file.no_rows"


class TooLargeFile(UnreadableFile):
    """More bytes than one file may have: `megabytes` is the limit."""

    key = "file.too_large"


class TooManyColumns(UnreadableFile):
    """More columns than `limit`."""

    key = "file.too_many_columns"


class TooLongHead(UnreadableFile):
    """A column's name of more than `limit` characters."""

    key = "file.too_long_head"


class TooLongCell(UnreadableFile):
    """A cell of more than `limit` characters, in `row` and `column`: mostly a quotation mark that is never closed."""

    key = "file.too_long_cell"


class TooLongLine(UnreadableFile):
    """A line of text that does not end: `line`."""

    key = "file.too_long_line"


class Ragged(UnreadableFile):
    """`row` has `found` cells where the head has `wanted`."""

    key = "file.ragged"


class BadQuotes(UnreadableFile):
    """After `row` a quotation mark is not closed, so that nobody can say where a row ends."""

    key = "file.bad_quotes"


class UnknownForm(UnreadableFile):
    """Nothing that we read: a picture, a document, another program's file."""

    key = "file.unknown_form"


class WebPage(UnreadableFile):
    """A web page that some program called .xls."""

    key = "file.web_page"


class UnknownEncoding(UnreadableFile):
    """`line` is text in no encoding that we know."""

    key = "file.unknown_encoding"


class WrongEncoding(UnreadableFile):
    """The `encoding` that was given does not fit: `line` is something else."""

    key = "file.wrong_encoding"


class NoSuchEncoding(UnreadableFile):
    """An `encoding` that we do not read; `known` are those that we do."""

    key = "file.no_such_encoding"


class MixedEncodings(UnreadableFile):
    """`line` is written in another encoding than the lines before it."""

    key = "file.mixed_encodings"


class CutOff(UnreadableFile):
    """The file ends before its end: the copy or download broke off."""

    key = "file.cut_off"


class Damaged(UnreadableFile):
    """The program that reads this form cannot: `why` in its own words."""

    key = "file.damaged"


class Locked(UnreadableFile):
    """A password lies on it."""

    key = "file.locked"


class TooLargeSheet(UnreadableFile):
    """A spreadsheet that would take more memory or time than it may, mostly by a single cell far away."""

    key = "file.too_large_sheet"


class NotAnObject(UnreadableFile):
    """`line` is no JSON object."""

    key = "file.not_an_object"


class Entities(UnreadableFile):
    """XML that declares entities or a document type: a way to read other files or to fill the memory."""

    key = "file.entities"


class Several(UnreadableFile):
    """A file with more than one table in it, where nobody said which: `names`, of which a sentence tells the first."""

    def __init__(self, names: Sequence[str]) -> None:
        """Take the names of all that have rows."""
        super().__init__(names=told(names))
        self.names = tuple(names)


class SeveralLayers(Several):
    """More than one layer has features."""

    key = "file.several_layers"


class NoAttributes(UnreadableFile):
    """A shapefile without its .dbf."""

    key = "file.no_attributes"


class PartOfShapefile(UnreadableFile):
    """The .dbf, .shx or .prj of a shapefile alone."""

    key = "file.part_of_shapefile"


class Uneven(UnreadableFile):
    """A shapefile whose parts do not belong together: `shapes` and `records` differ."""

    key = "file.uneven"


class ZipBomb(UnreadableFile):
    """An archive that unpacks to more than `megabytes`, or to many times its size."""

    key = "file.zip_bomb"


class ZipPath(UnreadableFile):
    """An archive with a name that leads out of its folder."""

    key = "file.zip_path"


class ZipInZip(UnreadableFile):
    """An archive in an archive."""

    key = "file.zip_in_zip"


class ZipEntries(UnreadableFile):
    """An archive of more than `limit` files."""

    key = "file.zip_entries"


class ZipEmpty(UnreadableFile):
    """An archive in which nothing is that we read."""

    key = "file.zip_empty"


class ZipSeveral(Several):
    """An archive of several files that we read."""

    key = "file.zip_several"


class NoSuchSheet(BadValue):
    """A sheet, layer, folder or packed file `value` that is not there; `wanted` are those with rows."""

    key = "file.no_such_sheet"


class UnknownEncodingSaid(BadValue):
    """An `encoding` that somebody named and that we do not read, which is no fault of the file; `known` are those that we do."""

    key = "file.no_such_encoding"


class NoSheets(BadValue):
    """A sheet `value` of a file that has no such thing."""

    key = "file.no_sheets"


def told(names: Sequence[str]) -> str:
    """Return names as a sentence lists them, the first of many."""
    return ", ".join(names[:MOST_TOLD]) + (" …" if len(names) > MOST_TOLD else "")


def demand_one_of(names: Sequence[str], said: str | None) -> None:
    """Raise NoSuchSheet where somebody named a sheet that is not there."""
    if said and said not in names:
        raise NoSuchSheet(name="sheet", value=said, wanted=told(names))
