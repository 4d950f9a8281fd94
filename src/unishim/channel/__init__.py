"""The channel between the kernel and Python: shared memory, a bell, and what both sides read in it."""
