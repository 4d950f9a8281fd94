"""Numbers that both halves know; the kernel's header uk/bits/contract.h is generated from them."""

from __future__ import annotations

# Exit statuses that are not the program's (docs/reference/exit-statuses.md); the last three as a shell has them.
STATUS_TIMEOUT = 124  # as timeout(1)
STATUS_KERNEL = 125  # unishim, QEMU or the kernel failed or refused: as `docker run`
STATUS_NOT_EXECUTABLE = 126
STATUS_NOT_FOUND = 127
STATUS_SIGNAL = 128  # plus the signal that ended the program

# The virtio-mmio transports of a microvm (QEMU has 8), less the console's; a pc has no fewer slots.
SHARES_MAX = 7
