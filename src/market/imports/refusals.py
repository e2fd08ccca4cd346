"""The file of refused rows."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO

import msgspec


class Refusals:
    """Refused rows beside the file they came from: one JSON object a line, in the order of the rows.

    What is written before a commit counts from `settle` on; written again, or found by a run that goes on before it,
    it is replaced. So the file holds what was refused of the rows dealt with, after a kill too.
    """

    def __init__(self, path: Path, *, from_line: int) -> None:
        """Open the file; of an earlier run it keeps the rows before `from_line`.

        Raises:
            OSError: it cannot be written.
        """
        self.path = path
        path.touch()
        self._file: BinaryIO = path.open("r+b")
        self._settled = _end_before(self._file, from_line)
        self._file.truncate(self._settled)

    def write(self, refused: Iterable[Any]) -> None:
        """Write down refused rows, in place of those that did not settle."""
        self._file.seek(self._settled)
        self._file.truncate()
        self._file.writelines(msgspec.json.encode(row) + b"\n" for row in refused)
        self._file.flush()

    def settle(self) -> None:
        """What was written last is so."""
        self._settled = self._file.tell()

    def close(self) -> None:
        """Close the file; none is left when nothing was refused."""
        self._file.close()
        if self.path.stat().st_size == 0:
            self.path.unlink()


def _end_before(file: BinaryIO, line: int) -> int:
    """Where the entries of rows before a line end."""
    end = 0
    decoder = msgspec.json.Decoder(dict[str, Any])
    for entry in file if line > 1 else ():
        try:
            number = decoder.decode(entry)["line"]
        except (msgspec.DecodeError, KeyError):
            break  # a kill in the middle of it
        if number >= line:
            break
        end += len(entry)
    return end
