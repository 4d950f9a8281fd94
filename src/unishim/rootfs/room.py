"""What reading an archive may cost: a small compressed file can describe more than any host has.

The limits of names are Linux's (limits.h). Everything else is measured by the guest's memory, which has to hold the
result: no kernel needs less than ENTRY_SIZE bytes for a file without content.
"""

from __future__ import annotations

from unishim.errors import BinaryError

PATH_MAX = 4096  # including the NUL after the name
NAME_MAX = 255
ENTRY_SIZE = 512  # bytes: a file's node and name in the kernel, about as much as an entry here
SEGMENT_SIZE = 256  # bytes: a part of a sparse file
STEPS_MAX = 20_000_000  # components of names and links that are followed; a million files 20 directories deep
HEADERS_MAX = 8 << 20  # bytes of the headers of one member: long names, extended headers, maps of sparse files


class Room:
    """Counts what an archive has used. `memory` is the guest's, in bytes; `archive` names the file in messages."""

    def __init__(self, memory: int, archive: str) -> None:
        self._memory = memory
        self._archive = archive
        self._used = 0
        self._steps = 0

    def take(self, size: int) -> None:
        """Counts bytes. Raises BinaryError if there are more than the guest has."""
        self._used += size
        if self._used > self._memory:
            raise BinaryError(
                f"{self._archive}: its files alone, without their contents, do not fit into the guest's memory "
                f"({self._memory >> 20} MiB); set a larger --memory"
            )

    def take_entry(self, name: bytes, target: bytes) -> None:
        """Counts a file with its name and, of a symbolic link, the target."""
        self.take(ENTRY_SIZE + len(name) + len(target))

    def take_step(self) -> None:
        """Counts a component of a path. Raises BinaryError after too many."""
        self._steps += 1
        if self._steps > STEPS_MAX:
            raise BinaryError(
                f"{self._archive}: its names lead through too many directories and symbolic links "
                f"({STEPS_MAX:,}); unpack it and use the directory"
            )
