"""Numbers that the kernel and the launcher share; the kernel's header uk/bits/contract.h is generated from them."""

from __future__ import annotations

# Exit statuses that do not come from the program (docs/reference/exit-statuses.md); the last three as in a shell.
STATUS_TIMEOUT = 124  # as in timeout(1)
STATUS_KERNEL = 125  # unishim, QEMU or the kernel failed or refused; as in `docker run`
STATUS_NOT_EXECUTABLE = 126
STATUS_NOT_FOUND = 127
STATUS_SIGNAL = 128  # plus the number of the signal that ended the program

# To the image of `linux`, the launcher sends a terminal's signals with this added: a real-time signal is not merged
# with the one that the terminal itself has sent to the image.
SIGNAL_FORWARDED = 34

# virtio-mmio transports of a microvm (QEMU has 8), without the console's; a pc has at least as many slots.
SHARES_MAX = 7
