"""ELF files: what can be executed here, and what a file contains."""
