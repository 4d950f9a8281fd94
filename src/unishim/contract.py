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

# In the kernel's parameter tty=, next to a bit for each stream: the terminal is the machine's own. The host's is raw.
TERMINALS_OWN = 16

# In the report of `linux`, in front of the report line: the first process wants to stop, as a job of the host's shell.
# The launcher answers with SIGCONT when it continues.
REPORT_STOP = 83

# Messages about the terminal of a virtual machine (platforms/qemu/terminal.py): requests and their answer, events.
STREAM_READ = 1  # at most this number of bytes (4 bytes); 0: look whether there is input
STREAM_WRITE = 2  # these bytes
STREAM_IOCTL = 3  # the request (4 bytes), the argument (STREAM_IOCTL_SIZE bytes)
STREAM_REPLY = 4  # the result (8 bytes), what was read or the argument
STREAM_READABLE = 5  # there is input, after a STREAM_READ that found none
STREAM_SIGNAL = 6  # the terminal has sent this signal (4 bytes)
STREAM_IOCTL_SIZE = 44
STREAM_STOP = 7  # a request: the first process wants to stop, as a job of the host's shell; answered when it continues

# virtio-mmio transports of a microvm (QEMU has 8), without the console's; a pc has at least as many slots.
SHARES_MAX = 7
