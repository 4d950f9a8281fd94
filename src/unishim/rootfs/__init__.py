"""Initial ramdisks: whatever the user names becomes one archive that the kernel unpacks into its root file system."""

from __future__ import annotations

# Whether the kernel unpacks archives and starts programs by their path in them. While it does not, archives, scripts
# and dynamically linked programs are refused as before; this is the one place that decides it.
KERNEL_TAKES_ARCHIVES = False
