"""A file that is there whole or not at all: written beside, and put in place in one step; what stood there stays until then."""

import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from geodata.errors import WanggeError


class NotWritten(WanggeError):
    """A file that cannot be written; what was there is unchanged."""

    key = "press_release.not_written"


class WholeFile:
    """The place of a file to come. Entering it finds out whether it can be written, before any work is done.

    Where the file system can (`O_TMPFILE`), the new bytes have no name before they are whole, so that even a program that
    is killed leaves nothing behind; elsewhere it leaves a hidden `.part`, which the next one takes away.
    """

    def __init__(self, path: Path) -> None:
        """Take the place. Nothing happens yet."""
        self.path = path
        self._part = path.with_name(f".{path.name}.{os.getpid()}.part")
        self._file = -1

    def __enter__(self) -> Self:
        """Open the new file. Raises NotWritten."""
        if self.path.is_dir():
            raise NotWritten(file=self.path, why="it is a folder")
        try:
            self._sweep()
            self._file = self._opened()
        except OSError as error:
            raise NotWritten(file=self.path, why=error.strerror or error) from error
        return self

    def write(self, content: bytes) -> None:
        """Write all of it and put it in place. Raises NotWritten."""
        try:
            with os.fdopen(os.dup(self._file), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            if not self._part.exists():
                # The descriptor makes Python follow the link; the path is whole, so it means nothing else.
                os.link(f"/proc/self/fd/{self._file}", self._part, src_dir_fd=self._file, follow_symlinks=True)
            self._part.replace(self.path)
        except OSError as error:
            raise NotWritten(file=self.path, why=error.strerror or error) from error

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Leave nothing but what was put in place."""
        if self._file >= 0:
            os.close(self._file)
        self._part.unlink(missing_ok=True)

    def _opened(self) -> int:
        with suppress(OSError, AttributeError):
            return os.open(self.path.parent, os.O_TMPFILE | os.O_RDWR, 0o666)
        return os.open(self._part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o666)

    def _sweep(self) -> None:
        """Take away what programs that were killed have left for this place."""
        for left in self.path.parent.glob(f".{_plain(self.path.name)}.*.part"):
            number = left.name.split(".")[-2]
            if number.isdigit() and not Path(f"/proc/{number}").exists():
                left.unlink(missing_ok=True)


def _plain(name: str) -> str:
    """Return a name in which `*`, `?` and `[` stand for themselves in a pattern."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)
