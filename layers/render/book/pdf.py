"""A PDF written plainly: pages of operators, fonts cut to what is used, and the table that gives the text back."""

import zlib
from dataclasses import dataclass, field
from datetime import datetime

from layers.render.book.type import Face

POINTS = 72 / 25.4
"""Points in a millimetre."""


@dataclass
class Document:
    """A file in the making: pages as they come, fonts at the end, when it is known which characters they need."""

    width: float
    height: float
    """Of every page, in millimetres."""
    letters: dict[Face, set[str]] = field(default_factory=dict)
    _pages: list[list[tuple[str, Face, str] | str]] = field(default_factory=list)

    def page(self, operators: list[tuple[str, Face, str] | str]) -> None:
        """Add a page: operators in millimetres from the upper left corner; a text is (before it, its font, itself)."""
        for operator in operators:
            if not isinstance(operator, str):
                self.letters.setdefault(operator[1], set()).update(operator[2])
        self._pages.append(operators)

    def finish(self, about: dict[str, str], made_at: datetime) -> bytes:
        """Return the file; equal pages are equal bytes."""
        objects = Objects()
        catalogue, tree, info = objects.reserve(), objects.reserve(), objects.reserve()
        fonts = {face: (f"F{n}", *_font(objects, face, used)) for n, (face, used) in enumerate(self._ordered(), 1)}
        resources = " ".join(f"/{name} {number} 0 R" for name, number, _ in fonts.values())
        frame = f"{POINTS:.5f} 0 0 {-POINTS:.5f} 0 {self.height * POINTS:.3f} cm\n"
        size = f"[0 0 {self.width * POINTS:.3f} {self.height * POINTS:.3f}]"
        kids = []
        for operators in self._pages:
            lines = [one if isinstance(one, str) else _shown(one, fonts) for one in operators]
            content = objects.stream((frame + "\n".join(lines)).encode("ascii"))
            kids.append(
                objects.add(
                    f"<< /Type /Page /Parent {tree} 0 R /MediaBox {size} /Contents {content} 0 R "
                    f"/Resources << /Font << {resources} >> >> >>"
                )
            )
        listed = " ".join(f"{kid} 0 R" for kid in kids)
        objects.put(tree, f"<< /Type /Pages /Count {len(kids)} /Kids [{listed}] >>")
        objects.put(catalogue, f"<< /Type /Catalog /Pages {tree} 0 R /ViewerPreferences << /DisplayDocTitle true >> >>")
        facts = " ".join(f"/{name} {_words(words)}" for name, words in about.items())
        objects.put(info, f"<< {facts} /CreationDate (D:{_moment(made_at)}) >>")
        return objects.file(catalogue, info)

    def _ordered(self) -> list[tuple[Face, set[str]]]:
        return sorted(self.letters.items(), key=lambda item: item[0].name)


class Objects:
    """The numbered objects of a file."""

    def __init__(self) -> None:
        """Begin with none."""
        self._bodies: list[bytes] = []

    def reserve(self) -> int:
        """Return the number of an object that is put later."""
        self._bodies.append(b"null")
        return len(self._bodies)

    def put(self, number: int, body: str | bytes) -> None:
        """Give a reserved object its body."""
        self._bodies[number - 1] = body.encode("ascii") if isinstance(body, str) else body

    def add(self, body: str | bytes) -> int:
        """Add an object and return its number."""
        number = self.reserve()
        self.put(number, body)
        return number

    def stream(self, content: bytes, facts: str = "") -> int:
        """Add a compressed stream and return its number."""
        packed = zlib.compress(content, 9)
        head = f"<< {facts} /Filter /FlateDecode /Length {len(packed)} >>\nstream\n".encode("ascii")
        return self.add(head + packed + b"\nendstream")

    def file(self, catalogue: int, info: int) -> bytes:
        """Return all of it with the table of where each object begins."""
        out = bytearray(b"%PDF-1.6\n%\xe5\x9b\xbe\xe5\x86\x8c\n")
        begins = []
        for number, body in enumerate(self._bodies, 1):
            begins.append(len(out))
            out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
        table = len(out)
        out += f"xref\n0 {len(begins) + 1}\n0000000000 65535 f \n".encode()
        out += b"".join(f"{begin:010d} 00000 n \n".encode() for begin in begins)
        out += f"trailer\n<< /Size {len(begins) + 1} /Root {catalogue} 0 R /Info {info} 0 R >>\n".encode()
        return bytes(out + f"startxref\n{table}\n%%EOF\n".encode())


def _shown(text: tuple[str, Face, str], fonts: dict[Face, tuple[str, int, dict[str, int]]]) -> str:
    """Return the operators of one text: `{font}` in what comes before it stands for the font's name."""
    before, face, letters = text
    name, _, numbers = fonts[face]
    code = "".join(f"{numbers[letter]:04x}" for letter in letters)
    return f"{before.replace('{font}', name)} <{code}> Tj ET"


def _font(objects: Objects, face: Face, letters: set[str]) -> tuple[int, dict[str, int]]:
    """Add a font with these characters; return its object and the number that stands for each character in a text."""
    content, numbers = face.part(letters)
    name = f"{_tag(letters)}+{face.name}"
    kind = "/Subtype /CIDFontType0C" if face.keyed else f"/Length1 {len(content)}"
    file = objects.stream(content, kind)
    box = " ".join(map(str, face.box))
    place = "FontFile3" if face.keyed else "FontFile2"
    descriptor = objects.add(
        f"<< /Type /FontDescriptor /FontName /{name} /Flags 4 /FontBBox [{box}] /ItalicAngle 0 /StemV 80 "
        f"/Ascent {face.ascent} /Descent {face.descent} /CapHeight {face.ascent} /{place} {file} 0 R >>"
    )
    widths = " ".join(f"{numbers[letter]} [{face.advance(letter):.0f}]" for letter in sorted(letters))
    subtype, extra = ("CIDFontType0", "") if face.keyed else ("CIDFontType2", "/CIDToGIDMap /Identity")
    system = "<< /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"
    below = objects.add(
        f"<< /Type /Font /Subtype /{subtype} /BaseFont /{name} /CIDSystemInfo {system} "
        f"/FontDescriptor {descriptor} 0 R /DW 1000 /W [{widths}] {extra} >>"
    )
    back = objects.stream(_to_unicode(numbers).encode("ascii"))
    font = objects.add(
        f"<< /Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /Identity-H "
        f"/DescendantFonts [{below} 0 R] /ToUnicode {back} 0 R >>"
    )
    return font, numbers


def _tag(letters: set[str]) -> str:
    """Return six letters that tell two parts of one font apart."""
    number = zlib.crc32("".join(sorted(letters)).encode())
    return "".join(chr(65 + number // 26**place % 26) for place in range(6))


def _to_unicode(numbers: dict[str, int]) -> str:
    """Return the table by which a reader copies and searches."""
    lines = [f"<{number:04x}> <{letter.encode('utf-16-be').hex()}>" for letter, number in sorted(numbers.items())]
    parts = [lines[n : n + 100] for n in range(0, len(lines), 100)]
    body = "\n".join(f"{len(part)} beginbfchar\n" + "\n".join(part) + "\nendbfchar" for part in parts)
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n/CMapName /Back def /CMapType 2 def\n"
        f"1 begincodespacerange <0000> <ffff> endcodespacerange\n{body}\nendcmap end end"
    )


def _words(words: str) -> str:
    return f"<feff{words.encode('utf-16-be').hex()}>"


def _moment(moment: datetime) -> str:
    off = moment.utcoffset()
    minutes = 0 if off is None else int(off.total_seconds() // 60)
    sign, minutes = "-" if minutes < 0 else "+", abs(minutes)
    return f"{moment:%Y%m%d%H%M%S}{sign}{minutes // 60:02d}'{minutes % 60:02d}'"
