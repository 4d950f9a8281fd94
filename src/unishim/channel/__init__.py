"""The channel between the kernel and Python: shared memory, a bell, and the layout that both sides use."""
