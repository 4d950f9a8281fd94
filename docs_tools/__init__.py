"""Generates the pages of docs/ that come from the sources: `python -m docs_tools`, called by `make docs`."""
