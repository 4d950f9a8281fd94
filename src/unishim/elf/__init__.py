"""ELF files: what can be executed here, and what a file says about itself."""
