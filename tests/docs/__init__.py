"""The documentation is run: every command on every page, and what the pages show is what comes out."""
