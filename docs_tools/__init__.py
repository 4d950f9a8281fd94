"""The pages of docs/ that are made from the sources: `python -m docs_tools` writes them, `make docs` calls it."""
